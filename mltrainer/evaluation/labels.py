"""The target event and the realised return of every row.

The reference price is the close of the decision session; the window counts sessions of the calendar.
"""

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def hit(
    close: FloatArray, *, horizon: tuple[int, int], target: float, void: BoolArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Say where some close in sessions t+lo .. t+hi is at least ``target`` above the close of t.

    Parameters
    ----------
    close
        Closing prices, (n_dates, n_tickers), NaN where there is none.
    horizon
        First and last session of the window, (lo, hi).
    target
        Return to reach, a fraction such as 0.07.
    void
        True where a label that touches this bar is undefined, (n_dates, n_tickers).

    Returns
    -------
    event, realized
        Both (n_dates, n_tickers): 1 or 0, and close_{t+hi} / close_t - 1. Both are NaN where the label is undefined:
        session t+hi is not in the data, close_t or close_{t+hi} is missing, or a bar of t .. t+hi is void. A close that
        is missing inside the window does not count as reached. Where a ticker's bars end before the data do, its last
        close stands for the rest, so that delisted losers stay in.
    """
    filled = _last_close_stands(close)
    best = _extreme(filled, horizon, np.fmax)
    realized = _realized(close, filled, horizon[1], void)
    return _as_event(_ratio(best, close) >= 1 + target, realized), realized


def hit_down(
    close: FloatArray, *, horizon: tuple[int, int], target: float, void: BoolArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Say where some close in sessions t+lo .. t+hi is at least ``target`` below the close of t; see `hit`."""
    filled = _last_close_stands(close)
    worst = _extreme(filled, horizon, np.fmin)
    realized = _realized(close, filled, horizon[1], void)
    return _as_event(_ratio(worst, close) <= 1 - target, realized), realized


def beats_median(
    close: FloatArray, *, horizon: tuple[int, int], member: BoolArray, void: BoolArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Say where the realised return is above the median of the date's members; see `hit` for what is undefined.

    Parameters
    ----------
    member
        True where the ticker belongs to the universe on that date, (n_dates, n_tickers). Only members whose realised
        return is known make the median; a date without any has no labels.
    """
    realized = _realized(close, _last_close_stands(close), horizon[1], void)
    event = np.full(close.shape, np.nan)
    among = np.where(member, realized, np.nan)
    dated = np.flatnonzero(~np.isnan(among).all(axis=1))
    if len(dated):
        median = np.nanmedian(among[dated], axis=1, keepdims=True)
        event[dated] = _as_event(realized[dated] > median, realized[dated])
    return event, realized


def _last_close_stands(close: FloatArray) -> FloatArray:
    """Carry the last close of every ticker to the end of the data; gaps before it stay."""
    filled = close.copy()
    present = ~np.isnan(close)
    last = len(close) - 1 - present[::-1].argmax(axis=0)
    for column in np.flatnonzero((last < len(close) - 1) & present.any(axis=0)):
        filled[last[column] + 1 :, column] = close[last[column], column]
    return filled


def _extreme(filled: FloatArray, horizon: tuple[int, int], better: np.ufunc) -> FloatArray:
    """Return the best close of sessions t+lo .. t+hi, NaN where t+hi is not in the data."""
    first, last = horizon
    extreme = np.full(filled.shape, np.nan)
    known = max(len(filled) - last, 0)
    for ahead in range(first, last + 1):
        better(extreme[:known], filled[ahead : ahead + known], out=extreme[:known])
    return extreme


def _realized(close: FloatArray, filled: FloatArray, ahead: int, void: BoolArray | None) -> FloatArray:
    realized = np.full(close.shape, np.nan)
    known = max(len(close) - ahead, 0)
    realized[:known] = _ratio(filled[ahead:], close[:known]) - 1
    if void is not None:
        seen = np.zeros((len(close) + 1, close.shape[1]), dtype=np.int32)
        np.cumsum(void, axis=0, out=seen[1:])
        realized[:known][seen[ahead + 1 :] > seen[:known]] = np.nan
    return realized


def _ratio(later: FloatArray, close: FloatArray) -> FloatArray:
    # Comparing this ratio, and not close_t * (1 + target), is the definition: the two can differ in the last bit.
    return later / close


def _as_event(reached: BoolArray, realized: FloatArray) -> FloatArray:
    return np.where(np.isnan(realized), np.nan, reached.astype(np.float64))
