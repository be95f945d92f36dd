"""The parameters of the hidden states, estimated by hmmlearn, which is slow to import."""

import numpy as np
from hmmlearn.base import ConvergenceMonitor
from hmmlearn.hmm import GaussianHMM

from mltrainer.data.panel import FloatArray
from mltrainer.regime.hidden import HiddenStates

ITERATIONS = 100
TOLERANCE = 1e-2


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
