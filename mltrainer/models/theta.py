"""The Theta method."""

import numpy as np
import numpy.typing as npt

from mltrainer.models.histories import FloatArray, Past
from mltrainer.models.linear_filter import Filter, LinearFilter
from mltrainer.models.path_forecaster import FEWEST, Path


class Theta(LinearFilter):
    """P(event) from the Theta method on the log price (Assimakopoulos & Nikolopoulos 2000).

    Simple exponential smoothing with a drift of half the slope of the ticker's linear trend (Hyndman & Billah 2003);
    the trend is that of all its prices up to the day.
    """

    starts = ((0.95,),)
    bounds = ((0.5, 1.0),)

    def _series(self, past: Past) -> FloatArray:
        return past.returns

    def _filter(self, coefficients: npt.NDArray[np.float64]) -> Filter:
        return [1.0], [1.0, -(1 - coefficients[0])]

    def _total(self, shocks: FloatArray, errors: FloatArray, sessions: int) -> FloatArray:
        return -(1 - self.coef_[0]) * errors

    def _paths(self, past: Past, sessions: int) -> list[Path]:
        (smoothed,) = super()._paths(past, sessions)
        return [Path(smoothed.drift + trend_slope(past.returns) / 2, smoothed.deviation)]


def trend_slope(returns: FloatArray) -> FloatArray:
    """Return the least-squares slope of each ticker's log price on time, up to each date, (n_dates, n_tickers).

    Sessions without a return count as unchanged. NaN before 21 returns.
    """
    known = np.isfinite(returns)
    count = np.cumsum(known, axis=0)
    started = count > 0
    # The price before the first return is 0; time runs from there, 0, 1, 2 ...
    price = np.cumsum(np.where(known, returns, 0.0), axis=0)
    time = np.cumsum(started, axis=0).astype(np.float64)
    points = time + 1
    weighted = np.cumsum(time * price, axis=0) - time / 2 * np.cumsum(price, axis=0)
    spread = points * (points**2 - 1) / 12
    return np.where(count >= FEWEST, weighted / np.maximum(spread, 1.0), np.nan)
