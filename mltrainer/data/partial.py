"""Sessions that a file holds only in part: cut off before the close, or with few of the tickers."""

import bottleneck as bn
import numpy as np

from mltrainer.data.calendar import half_days
from mltrainer.data.moves import against_past
from mltrainer.data.panel import BoolArray, DateArray, FloatArray

# The quietest whole sessions, between Christmas and New Year, have more than 0.4 of a usual volume; half days 0.3.
LEAST_VOLUME, LEAST_VOLUME_HALF_DAY = 0.35, 0.15
# The median of fewer tickers is no measure of a session.
LEAST_TICKERS = 5
LEAST_SHARE, COUNTED = 0.5, 10


def cut_off(volume: FloatArray, sessions: DateArray) -> FloatArray:
    """Return the volume of each session that looks cut off before its close, as a share of the usual; else NaN.

    It is the median over tickers of the volume against the median of the 21 sessions before. A session's verdict uses
    no later one.

    Parameters
    ----------
    volume
        (n_sessions, n_tickers) shares, NaN where there is no bar.
    sessions
        (n_sessions,) dates.
    """
    ratio = against_past(volume)
    known = np.isfinite(ratio).sum(axis=1) >= LEAST_TICKERS
    share = np.full(len(sessions), np.nan)
    if known.any():
        share[known] = bn.nanmedian(np.where(np.isfinite(ratio[known]), ratio[known], np.nan), axis=1)
    least = np.where(half_days(sessions), LEAST_VOLUME_HALF_DAY, LEAST_VOLUME)
    return np.where(share < least, share, np.nan)


def few_tickers(present: BoolArray) -> list[tuple[int, int, int]]:
    """Return (session, tickers with a bar, tickers with a bar the session before) where more than half are gone."""
    count = present.sum(axis=1)
    rows = np.flatnonzero((count[1:] < LEAST_SHARE * count[:-1]) & (count[:-1] >= COUNTED)) + 1
    return [(int(row), int(count[row]), int(count[row - 1])) for row in rows]
