"""A Gaussian hidden Markov model of [market return, log realised volatility], and its filter.

The ``predict_proba`` of hmmlearn, which estimates the parameters, smooths, and so looks ahead. The probabilities come
from the forward filter here: at t they depend on observations up to t and nothing later.
"""

from collections.abc import Sequence
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


def filter_states(models: Sequence[HiddenStates], observed: FloatArray) -> FloatArray:
    """Return P(state at t | observations up to t) of each model, (n, n_models, k), in one pass over the observations.

    By the forward recursion in logarithms (Hamilton 1989). A row with a NaN observes nothing: its probabilities are
    those that the transitions predict.
    """
    density = np.stack([_density(model, observed) for model in models], axis=1)
    start, transition = np.stack([one.start for one in models]), np.stack([one.transition for one in models])
    return forward(density, start, transition)[0]


def _density(model: HiddenStates, observed: FloatArray) -> FloatArray:
    """Return the log density of each observation in each state, (n, k)."""
    x = (observed - model.centre) / model.scale
    deviation = x[:, None, :] - model.means
    density: FloatArray = -0.5 * (deviation**2 / model.variances + np.log(2 * np.pi * model.variances)).sum(axis=2)
    density[~np.isfinite(density).all(axis=1)] = 0.0
    return density


def forward(density: FloatArray, start: FloatArray, transition: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return P(state at t | observations up to t), (n, .., k), and the log-likelihood, (..) (Hamilton 1989).

    Parameters
    ----------
    density
        (n, .., k) log density of each observation in each state; what stands between are models of their own.
    start, transition
        (.., k) probabilities of the first state, (.., k, k) from row to column.
    """
    with np.errstate(divide="ignore"):
        state, log_transition = np.log(start), np.log(transition)
    filtered = np.empty(density.shape)
    log_likelihood = np.zeros(density.shape[1:-1])
    for t, seen in enumerate(density):
        if t:
            paths = state[..., None] + log_transition
            top = paths.max(axis=-2)
            state = top + np.log(np.exp(paths - top[..., None, :]).sum(axis=-2))
        state = state + seen
        # Logarithms of what is left of each state, in units of the likelihood of all of them so far.
        level = np.logaddexp.reduce(state, axis=-1)
        log_likelihood = log_likelihood + level
        state = state - level[..., None]
        filtered[t] = state
    return np.exp(filtered), log_likelihood
