"""What models share whose one-step errors are a linear filter of the returns: ARIMA and exponential smoothing."""

from abc import abstractmethod
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.signal import lfilter

from mltrainer.models.histories import FloatArray, Past
from mltrainer.models.path_forecaster import Path, PathForecaster, volatility

Filter = tuple[list[float], list[float]]
# A return of more standard deviations than these counts as one of so many.
_LARGEST = 8.0


def standardized(returns: FloatArray, usual: FloatArray) -> FloatArray:
    """Return the returns in units of the volatility known the day before, clipped; 0 where either is missing."""
    shocks = np.zeros(returns.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        shocks[1:] = returns[1:] / usual[:-1]
    return np.clip(np.nan_to_num(shocks, nan=0.0, posinf=0.0, neginf=0.0), -_LARGEST, _LARGEST)


class LinearFilter(PathForecaster):
    """A forecast of a ticker's returns beyond the market's, its coefficients those of least squared one-step errors.

    One set of coefficients serves all tickers: those of a single one are mostly noise in daily returns. Returns are in
    units of the ticker's own volatility for the fit, so that no ticker outweighs the others.

    Parameters
    ----------
    decay
        How much the weight of a return in the volatility falls from session to session.
    random_state
        Not used: nothing is drawn. Kept so that every model is made the same way.
    """

    starts: tuple[tuple[float, ...], ...]
    bounds: tuple[tuple[float, float], ...]

    def __init__(self, decay: float = 0.97, random_state: int = 0) -> None:
        self.decay = decay
        self.random_state = random_state

    @abstractmethod
    def _filter(self, coefficients: npt.NDArray[np.float64]) -> Filter:
        """Return numerator and denominator of the filter from returns to one-step errors."""

    @abstractmethod
    def _total(self, shocks: FloatArray, errors: FloatArray, sessions: int) -> FloatArray:
        """Return the expected sum of the next returns, in standard deviations, as seen at the close of each date."""

    def _series(self, past: Past) -> FloatArray:
        """Return the returns that are forecast."""
        return past.relative

    def _learn(self, past: Past) -> None:
        series = self._series(past)
        self.coef_ = least_errors(
            standardized(series, volatility(series, self.decay)), self._filter, self.starts, self.bounds
        )

    def _paths(self, past: Past, sessions: int) -> list[Path]:
        series = self._series(past)
        usual = volatility(series, self.decay)
        shocks = standardized(series, usual)
        above, below = self._filter(self.coef_)
        drift = usual * self._total(shocks, lfilter(above, below, shocks, axis=0), sessions) / sessions
        # A shock of today also moves what is expected of the days after it.
        impulse = np.zeros(sessions)
        impulse[0] = 1.0
        grown = np.cumsum(lfilter(below, above, impulse))
        return [Path(drift, volatility(past.returns, self.decay) * np.sqrt(np.mean(grown**2)))]


def least_errors(
    series: FloatArray,
    filter_of: Callable[[npt.NDArray[np.float64]], Filter],
    starts: tuple[tuple[float, ...], ...],
    bounds: tuple[tuple[float, float], ...],
) -> npt.NDArray[np.float64]:
    """Return the coefficients whose filter leaves the least sum of squares of ``series`` (n_dates, n_tickers).

    This is conditional least squares: what came before the first date counts as 0 (Box & Jenkins 1970, ch. 7).
    """

    def squares(coefficients: npt.NDArray[np.float64]) -> float:
        above, below = filter_of(coefficients)
        return float(np.mean(lfilter(above, below, series, axis=0) ** 2))

    found = [
        minimize(squares, start, method="Nelder-Mead", bounds=bounds, options={"xatol": 1e-4, "fatol": 1e-10})
        for start in starts
    ]
    return min(found, key=lambda one: one.fun).x
