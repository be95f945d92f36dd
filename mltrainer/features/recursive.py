"""Averages that run on from a ticker's first bar: Wilder's and the exponential one.

Both begin with the plain mean of the first ``window`` values (as TA-Lib does), so the start is the ticker's listing and
nothing else. A missing bar leaves the state as it is.
"""

import numpy as np

from mltrainer.data.panel import FloatArray


def wilder_mean(values: FloatArray, window: int) -> FloatArray:
    """Return Wilder's average (weight 1/window), NaN before ``window`` values (Wilder 1978)."""
    return _running(values, window, 1.0 / window)


def exponential_mean(values: FloatArray, window: int) -> FloatArray:
    """Return the exponential average (weight 2/(window+1)), NaN before ``window`` values."""
    return _running(values, window, 2.0 / (window + 1.0))


def _running(values: FloatArray, window: int, weight: float) -> FloatArray:
    present = np.isfinite(values)
    seen = np.cumsum(present, axis=0)
    # While the state warms up, the weight 1/k makes it the mean of the k values so far.
    weights = np.where(seen <= window, 1.0 / np.maximum(seen, 1), weight)
    weights[~present] = 0.0
    filled = np.where(present, values, 0.0)
    state = np.zeros(values.shape[1:])
    averages = np.empty(values.shape)
    for t in range(len(values)):
        state = state + weights[t] * (filled[t] - state)
        averages[t] = state
    averages[~present | (seen < window)] = np.nan
    return averages
