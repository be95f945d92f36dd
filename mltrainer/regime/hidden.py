"""A Gaussian hidden Markov model of [market return, log realised volatility], and its filter.

hmmlearn estimates the parameters. Its ``predict_proba`` smooths, which looks ahead, so the probabilities come from the
forward filter here: at t they depend on observations up to t and nothing later.
"""

from dataclasses import dataclass

import numpy as np
from hmmlearn.base import ConvergenceMonitor
from hmmlearn.hmm import GaussianHMM

from mltrainer.data.panel import FloatArray

ITERATIONS = 100
TOLERANCE = 1e-2


@dataclass(frozen=True, eq=False)
class HiddenStates:
    """Parameters of a fitted model; the states are in the order of their variance of the return, calmest first.

    Parameters
    ----------
    start
        (k,) probabilities of the first state.
    transition
        (k, k); row i holds the probabilities of the next state after state i.
    means, variances
        (k, 2) of the standardised observations.
    centre, scale
        (2,) with which the observations are standardised, from the sessions of the fit.
    log_likelihood
        Of the sessions of the fit.
    """

    start: FloatArray
    transition: FloatArray
    means: FloatArray
    variances: FloatArray
    centre: FloatArray
    scale: FloatArray
    log_likelihood: float


class _QuietMonitor(ConvergenceMonitor):
    """Stops at the same point as hmmlearn's own monitor, and logs nothing.

    The prior on the transitions lets the likelihood fall a trifle near the end, which is no failure.
    """

    def report(self, log_prob: float) -> None:
        self.history.append(log_prob)
        self.iter += 1


def fit_states(
    observed: FloatArray, states: int, seed: int, restarts: int, previous: HiddenStates | None = None
) -> HiddenStates:
    """Fit the model by expectation maximisation and keep the best of several starts.

    Parameters
    ----------
    observed
        (n, 2) without NaN: market return, log realised volatility. Nothing else is looked at.
    states
        How many hidden states.
    seed
        Of the random starts.
    restarts
        Starts from random sessions; one more divides the sessions evenly by volatility.
    previous
        An earlier fit, which is one more start.
    """
    centre, scale = observed.mean(axis=0), observed.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    x = (observed - centre) / scale
    rng = np.random.default_rng(seed)
    by_volatility = np.array_split(x[np.argsort(x[:, 1], kind="stable")], states)
    starts = [np.array([part.mean(axis=0) for part in by_volatility])]
    starts += [x[rng.choice(len(x), states, replace=False)] for _ in range(restarts)]
    if previous is not None:
        starts.append((previous.means * previous.scale + previous.centre - centre) / scale)
    fits = [_one_fit(x, means) for means in starts]
    best = max(fits, key=lambda fit: fit[1])
    return _ordered(best[0], centre, scale, best[1])


def _one_fit(x: FloatArray, means: FloatArray) -> tuple[GaussianHMM, float]:
    states = len(means)
    # One imaginary visit for each transition keeps every state reachable; observed counts soon outweigh it.
    model = GaussianHMM(states, "diag", transmat_prior=2.0, n_iter=ITERATIONS, tol=TOLERANCE, init_params="")
    model.monitor_ = _QuietMonitor(TOLERANCE, ITERATIONS, False)
    model.startprob_ = np.full(states, 1.0 / states)
    model.transmat_ = np.full((states, states), 0.05 / (states - 1)) + np.eye(states) * (0.95 - 0.05 / (states - 1))
    model.means_ = means
    model.covars_ = np.ones((states, x.shape[1]))
    model.fit(x)
    return model, float(model.score(x))


def _ordered(model: GaussianHMM, centre: FloatArray, scale: FloatArray, log_likelihood: float) -> HiddenStates:
    variances = np.diagonal(model.covars_, axis1=1, axis2=2)
    order = np.argsort(variances[:, 0], kind="stable")
    return HiddenStates(
        start=model.startprob_[order],
        transition=model.transmat_[np.ix_(order, order)],
        means=model.means_[order],
        variances=variances[order],
        centre=centre,
        scale=scale,
        log_likelihood=log_likelihood,
    )


def filter_states(model: HiddenStates, observed: FloatArray) -> FloatArray:
    """Return P(state at t | observations up to t), (n, k), by the forward recursion in logarithms (Hamilton 1989).

    A row with a NaN observes nothing: its probabilities are those that the transitions predict.
    """
    x = (observed - model.centre) / model.scale
    deviation = x[:, None, :] - model.means
    density = -0.5 * (deviation**2 / model.variances + np.log(2 * np.pi * model.variances)).sum(axis=2)
    density[~np.isfinite(density).all(axis=1)] = 0.0
    return forward(density, model.start, model.transition)[0]


def forward(density: FloatArray, start: FloatArray, transition: FloatArray) -> tuple[FloatArray, float]:
    """Return P(state at t | observations up to t), (n, k), and the log-likelihood (Hamilton 1989).

    Parameters
    ----------
    density
        (n, k) log density of each observation in each state.
    start, transition
        (k,) probabilities of the first state, (k, k) from row to column.
    """
    with np.errstate(divide="ignore"):
        state, log_transition = np.log(start), np.log(transition)
    filtered = np.empty(density.shape)
    log_likelihood = 0.0
    for t, seen in enumerate(density):
        if t:
            paths = state[:, None] + log_transition
            top = paths.max(axis=0)
            state = top + np.log(np.exp(paths - top).sum(axis=0))
        state = state + seen
        # Logarithms of what is left of each state, in units of the likelihood of all of them so far.
        level = float(np.logaddexp.reduce(state))
        log_likelihood += level
        state = state - level
        filtered[t] = state
    return np.exp(filtered), log_likelihood
