"""A ticker's own volatility as a target: how large a move is, measured by what is usual for it."""

import bottleneck
import numpy as np

from mltrainer.settings.arrays import BoolArray, FloatArray

SESSIONS = 20
LEAST = 15


def volatility_target(
    close: FloatArray, *, multiple: float, horizon_end: int, void: BoolArray | None = None
) -> FloatArray:
    """Return ``multiple`` standard deviations of the return over ``horizon_end`` sessions, (n_dates, n_tickers).

    The standard deviation of a row is that of its last 20 daily log returns, (at least 15 of them known), times the
    square root of the horizon: known at the close of t. A return into a void bar is none. NaN where there is none.
    """
    daily = np.full(close.shape, np.nan)
    daily[1:] = np.log(close[1:] / close[:-1])
    if void is not None:
        daily[void] = np.nan
    if len(close) < SESSIONS:
        return np.full(close.shape, np.nan)
    usual = bottleneck.move_std(daily, window=SESSIONS, min_count=LEAST, axis=0, ddof=1) * np.sqrt(horizon_end)
    return np.where(usual > 0, multiple * usual, np.nan)
