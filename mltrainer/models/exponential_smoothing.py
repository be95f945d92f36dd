"""Exponential smoothing."""

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from mltrainer.models.histories import FloatArray
from mltrainer.models.linear_filter import Filter, LinearFilter


class ExponentialSmoothing(LinearFilter):
    """P(event) from exponential smoothing with a damped trend of the log price beyond the market's: ETS(A,Ad,N).

    level_t = level_{t-1} + d trend_{t-1} + a e_t and trend_t = d trend_{t-1} + b e_t, with the log price of t expected
    at level_{t-1} + d trend_{t-1} (Gardner & McKenzie 1985; Hyndman et al. 2008, table 2.2). The level starts at the
    first price, the trend at 0.
    """

    starts = ((0.99, 0.02, 0.9), (0.9, 0.01, 0.5))
    bounds = ((0.5, 1.0), (0.0, 0.3), (0.0, 0.98))

    def _filter(self, coefficients: npt.NDArray[np.float64]) -> Filter:
        level, trend, damping = coefficients
        # Level and trend written as a filter of the differences of the price.
        return [1.0, -damping], [1.0, -damping - (1 - level) + damping * trend, damping * (1 - level)]

    def _total(self, shocks: FloatArray, errors: FloatArray, sessions: int) -> FloatArray:
        level, trend, damping = self.coef_
        slope = lfilter([trend], [1.0, -damping], errors, axis=0)
        return slope * damping * (1 - damping**sessions) / (1 - damping) - (1 - level) * errors
