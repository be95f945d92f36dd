"""Kalman filter of a local level."""

from dataclasses import dataclass

import numpy as np

from mltrainer.models.histories import FloatArray, Past
from mltrainer.models.linear_filter import standardized
from mltrainer.models.path_forecaster import Path, PathForecaster, volatility
from mltrainer.settings.arrays import BoolArray

# How much of the level is left after a session, and the variance of its step over that of a return.
_FADES = (1.0, 0.98, 0.95, 0.9, 0.8)
_RATIOS = np.geomspace(1e-6, 0.03, 14)


class LocalLevel(PathForecaster):
    """P(event) from a drift that wanders and fades, tracked by a Kalman filter (Harvey 1989, the local level model).

    The returns of a ticker beyond the market's, in units of its volatility, are a level plus noise. The level starts at
    0, keeps the part ``fade`` of itself from session to session (1 in the local level model in the narrow sense) and
    takes random steps. Fade and the ratio of the variances serve all tickers: the most likely pair of a grid.

    Parameters
    ----------
    decay
        How much the weight of a return in the volatility falls from session to session.
    random_state
        Not used: nothing is drawn. Kept so that every model is made the same way.
    """

    def __init__(self, decay: float = 0.97, random_state: int = 0) -> None:
        self.decay = decay
        self.random_state = random_state

    def _learn(self, past: Past) -> None:
        shocks, seen = self._shocks(past)
        count = shocks.shape[1]
        likely = {}
        for fade in _FADES:
            # All ratios at once, side by side.
            wide = np.tile(shocks, len(_RATIOS)), np.tile(seen, len(_RATIOS))
            filtered = kalman(*wide, np.full(wide[0].shape[1], fade), np.repeat(_RATIOS, count))
            for ratio, found in zip(_RATIOS, filtered.log_likelihood.reshape(len(_RATIOS), count), strict=True):
                likely[fade, float(ratio)] = float(found.sum())
        self.fade_, self.ratio_ = max(likely, key=lambda pair: likely[pair])

    def _paths(self, past: Past, sessions: int) -> list[Path]:
        shocks, seen = self._shocks(past)
        fade, ratio = (np.full(shocks.shape[1], value) for value in (self.fade_, self.ratio_))
        filtered = kalman(shocks, seen, fade, ratio)
        left = np.cumsum(self.fade_ ** np.arange(sessions))
        drift = volatility(past.relative, self.decay) * filtered.level * self.fade_ * left[-1] / sessions
        # What is not known of the level adds up over the sessions, and so do its coming steps.
        unknown = filtered.variance * (self.fade_ * left[-1]) ** 2 + self.ratio_ * (left**2).sum()
        return [Path(drift, volatility(past.returns, self.decay) * np.sqrt(1 + unknown / sessions))]

    def _shocks(self, past: Past) -> tuple[FloatArray, BoolArray]:
        usual = volatility(past.relative, self.decay)
        seen = np.isfinite(past.relative)
        seen[1:] &= np.isfinite(usual[:-1])
        seen[:1] = False
        return standardized(past.relative, usual), seen


@dataclass(frozen=True, eq=False)
class Filtered:
    """Level and its variance after each date, (n_dates, n), and the log-likelihood of each series, (n,)."""

    level: FloatArray
    variance: FloatArray
    log_likelihood: FloatArray


def kalman(series: FloatArray, seen: BoolArray, fade: FloatArray, ratio: FloatArray) -> Filtered:
    """Filter the level of each series, with noise of variance 1 and steps of variance ``ratio``.

    Parameters
    ----------
    series, seen
        (n_dates, n); where ``seen`` is False there is no value and the level is only carried on.
    fade, ratio
        (n,).
    """
    levels, variances = np.zeros(series.shape), np.zeros(series.shape)
    level, variance, likely = np.zeros((3, series.shape[1]))
    for date, (value, present) in enumerate(zip(series, seen, strict=True)):
        level = fade * level
        variance = fade**2 * variance + ratio
        total = variance + 1.0
        gain = np.where(present, variance / total, 0.0)
        error = value - level
        likely = likely - np.where(present, np.log(2 * np.pi * total) + error**2 / total, 0.0) / 2
        level = level + gain * error
        variance = variance * (1 - gain)
        levels[date], variances[date] = level, variance
    return Filtered(levels, variances, likely)
