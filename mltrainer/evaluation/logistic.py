"""Logistic regression on a few columns by Newton's method: exact, deterministic, milliseconds on 100,000 rows."""

import numpy as np

from mltrainer.settings.arrays import FloatArray

# A score of 0 or 1 has no finite logit; closer than this, a single row would outweigh thousands.
EDGE = 1e-4
# Keeps the equations solvable where a column separates the classes; too small to move any other fit.
RIDGE = 1e-6
STEPS = 50
# Newton's error after a step is about the square of the step, so that this leaves 1e-10.
SETTLED = 1e-5


def logit(score: FloatArray) -> FloatArray:
    """Return the log-odds of a score in [0, 1], with the score clipped to [1e-4, 1 - 1e-4]."""
    clipped = np.clip(score, EDGE, 1 - EDGE)
    return np.log(clipped) - np.log1p(-clipped)


def fit_logistic(columns: list[FloatArray], event: FloatArray, offset: FloatArray | None = None) -> FloatArray:
    """Return the coefficients of logit P(event) = c_0 + c_1 x_1 + ... (+ offset).

    Parameters
    ----------
    columns
        Predictors, each (n,); none gives the intercept alone.
    event
        0 or 1, (n,); both must occur.
    offset
        Added to the log-odds with coefficient 1, (n,).

    Returns
    -------
    coefficients
        Intercept first, (1 + len(columns),).
    """
    # Standardised columns condition the equations; the coefficients are turned back at the end.
    centre = np.array([column.mean() for column in columns])
    spread = np.array([column.std() or 1.0 for column in columns])
    design = np.ones((1 + len(columns), len(event)))
    for place, column in enumerate(columns):
        np.divide(column - centre[place], spread[place], out=design[place + 1])
    ridge = np.full(len(design), RIDGE)
    ridge[0] = 0.0
    coefficients = np.zeros(len(design))
    base = 0.0 if offset is None else offset
    if offset is None:
        coefficients[0] = np.log(event.mean() / (1 - event.mean()))
    probability = _chance(coefficients @ design + base)
    loss = _loss(probability, event, coefficients, ridge)
    for _ in range(STEPS):
        gradient = design @ (probability - event) + ridge * coefficients
        curvature = (design * (probability * (1 - probability))) @ design.T + np.diag(ridge)
        step = np.linalg.lstsq(curvature, gradient, rcond=None)[0]
        if np.abs(step).max() < SETTLED:
            coefficients = coefficients - step
            break
        for _ in range(STEPS):
            trial = coefficients - step
            trial_probability = _chance(trial @ design + base)
            trial_loss = _loss(trial_probability, event, trial, ridge)
            if trial_loss <= loss:
                break
            step = step / 2
        else:
            break
        coefficients, probability, loss = trial, trial_probability, trial_loss
    slopes = coefficients[1:] / spread
    return np.concatenate([[coefficients[0] - slopes @ centre], slopes])


def fit_rising(columns: list[FloatArray], event: FloatArray) -> FloatArray:
    """Return coefficients like `fit_logistic`, with every slope at least 0.

    The steepest falling column is taken out until none falls, as in beta calibration (Kull, Silva Filho & Flach 2017).
    """
    kept = list(range(len(columns)))
    while True:
        found = fit_logistic([columns[place] for place in kept], event)
        if len(kept) == 0 or found[1:].min() >= 0:
            break
        kept.pop(int(found[1:].argmin()))
    coefficients = np.zeros(1 + len(columns))
    coefficients[0] = found[0]
    coefficients[[1 + place for place in kept]] = found[1:]
    return coefficients


def _chance(odds: FloatArray) -> FloatArray:
    """Turn log-odds into probabilities, in their place; numpy's exponential takes a fifth of the time of `expit`."""
    np.negative(odds, out=odds)
    with np.errstate(over="ignore"):
        np.exp(odds, out=odds)
    odds += 1
    return np.divide(1, odds, out=odds)


def _loss(probability: FloatArray, event: FloatArray, coefficients: FloatArray, ridge: FloatArray) -> float:
    # What was given to the class that came; 0 gives an infinite loss, and the step is halved.
    given = np.abs(1 - event - probability)
    with np.errstate(divide="ignore"):
        return float(-np.log(given).sum() + (ridge * coefficients**2).sum() / 2)
