"""A Gaussian hidden Markov model of [market return, log realised volatility], and its filter.

The ``predict_proba`` of hmmlearn, which estimates the parameters, smooths, and so looks ahead. The probabilities come
from the forward filter here: at t they depend on observations up to t and nothing later.
"""

from dataclasses import dataclass

import numpy as np

from mltrainer.data.panel import FloatArray


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
