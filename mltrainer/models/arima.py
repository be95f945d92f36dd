"""ARIMA."""

import numpy as np
import numpy.typing as npt

from mltrainer.models.histories import FloatArray
from mltrainer.models.linear_filter import Filter, LinearFilter


class ARIMA(LinearFilter):
    """P(event) from an ARIMA(1,1,1) of the log price beyond the market's (Box & Jenkins 1970).

    The returns follow r_t = a r_{t-1} + e_t + m e_{t-1} without a constant.
    """

    starts = ((0.9, -0.85), (0.2, 0.0))
    bounds = ((-0.99, 0.99), (-0.99, 0.99))

    def _filter(self, coefficients: npt.NDArray[np.float64]) -> Filter:
        persistence, average = coefficients
        return [1.0, -persistence], [1.0, average]

    def _total(self, shocks: FloatArray, errors: FloatArray, sessions: int) -> FloatArray:
        persistence, average = self.coef_
        following = persistence * shocks + average * errors
        return following * (1 - persistence**sessions) / (1 - persistence)
