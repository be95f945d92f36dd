"""The label of every row: whether its event came, and its realised return.

A label dated t is measured from the close of t, or from the open of t+1 where ``entry`` gives it, and looks at sessions
t+1 .. t+hi of the calendar. It is undefined (NaN) where session t+hi is not in the data, the entry or close_{t+hi} is
missing, or a bar of t .. t+hi is void. A price that is missing inside the window does not reach anything. Where a
ticker's bars end before the data do, its last close stands for the rest, so that delisted losers stay in.

All arrays are (n_dates, n_tickers).
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mltrainer.evaluation.by_date import group_dates, ranks
from mltrainer.settings.arrays import BoolArray, FloatArray

# The part of a date's universe that ``xs_rank`` asks about.
TOP_SHARE = 0.2


class Barriers(NamedTuple):
    """What came first: ``event`` the target, ``stopped`` the stop; and ``length``, sessions until that was known."""

    event: FloatArray
    stopped: FloatArray
    realized: FloatArray
    length: npt.NDArray[np.int64]


def next_open(open_: FloatArray) -> FloatArray:
    """Return the open of the session after each: the entry of a label that is measured from there."""
    return np.concatenate([open_[1:], np.full((1, open_.shape[1]), np.nan)]) if len(open_) else open_


def hit(
    close: FloatArray,
    *,
    horizon: tuple[int, int],
    target: float | FloatArray,
    void: BoolArray | None = None,
    touch: FloatArray | None = None,
    entry: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Say where some price in sessions t+lo .. t+hi is at least ``target`` above the entry.

    Parameters
    ----------
    close
        Closing prices, NaN where there is none.
    horizon
        First and last session of the window, (lo, hi).
    target
        Return to reach, a fraction such as 0.07, or one for each row; a row without one has no label.
    void
        True where a label that touches this bar is undefined.
    touch
        The prices that reach the target: highs, or the closes where absent.
    entry
        The price that returns are measured from, the close of t where absent.

    Returns
    -------
    event, realized
        1 or 0, and close_{t+hi} / entry - 1.
    """
    return _reaches(close, horizon, target, void, touch, entry, np.fmax)


def hit_down(
    close: FloatArray,
    *,
    horizon: tuple[int, int],
    target: float | FloatArray,
    void: BoolArray | None = None,
    touch: FloatArray | None = None,
    entry: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Say where some price in sessions t+lo .. t+hi is at least ``target`` below the entry; see `hit`."""
    return _reaches(close, horizon, target, void, touch, entry, np.fmin)


def beats_median(
    close: FloatArray,
    *,
    horizon: tuple[int, int],
    member: BoolArray,
    void: BoolArray | None = None,
    entry: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Say where the realised return is above the median of the date's members; see `hit`.

    Parameters
    ----------
    member
        True where the ticker belongs to the universe on that date. Only members whose realised return is known make
        the median; a date without any has no labels.
    """
    realized = _realized(close, _last_close_stands(close, close), horizon[1], void, entry)
    event = np.full(close.shape, np.nan)
    among = np.where(member, realized, np.nan)
    dated = np.flatnonzero(~np.isnan(among).all(axis=1))
    if len(dated):
        median = np.nanmedian(among[dated], axis=1, keepdims=True)
        event[dated] = _as_event(realized[dated] > median, realized[dated])
    return event, realized


def xs_rank(
    close: FloatArray,
    *,
    horizon: tuple[int, int],
    member: BoolArray,
    void: BoolArray | None = None,
    entry: FloatArray | None = None,
) -> tuple[FloatArray, FloatArray]:
    """Say where the realised return is among the top fifth of the date's members; see `hit` and `beats_median`.

    The top fifth are ranks with (rank - 1/2) / n > 0.8, ties averaged. Tickers that are no members have no event.
    """
    realized = _realized(close, _last_close_stands(close, close), horizon[1], void, entry)
    event = np.full(close.shape, np.nan)
    rows = np.nonzero(member & ~np.isnan(realized))
    event[rows] = rank_shares(realized[rows], rows[0]) > 1 - TOP_SHARE
    return event, realized


def rank_shares(values: FloatArray, date: npt.NDArray[np.integer]) -> FloatArray:
    """Return each row's rank among its date's rows as a share, (rank - 1/2) / n, ties averaged, (n_rows,).

    ``date`` is ascending; no value may be missing.
    """
    if len(values) == 0:
        return np.zeros(0)
    dates = group_dates(date)
    return (ranks(values, dates) - 0.5) / dates.spread_of(dates.count.astype(np.float64))


def fwd_return(
    close: FloatArray, *, horizon: tuple[int, int], void: BoolArray | None = None, entry: FloatArray | None = None
) -> tuple[FloatArray, FloatArray]:
    """Say where the realised return is above 0; see `hit`."""
    realized = _realized(close, _last_close_stands(close, close), horizon[1], void, entry)
    return _as_event(realized > 0, realized), realized


def triple_barrier(
    close: FloatArray,
    *,
    horizon: tuple[int, int],
    target: float,
    stop: float,
    void: BoolArray | None = None,
    high: FloatArray | None = None,
    low: FloatArray | None = None,
    entry: FloatArray | None = None,
) -> Barriers:
    """Say where the target is reached before the stop within sessions t+1 .. t+hi (López de Prado 2018, ch. 3).

    Parameters
    ----------
    target, stop
        Return to reach, and loss that ends the trade, both positive fractions.
    high, low
        The prices that reach target and stop, the closes where absent. A session that reaches both counts as stopped:
        which came first is not known.

    Returns
    -------
    barriers
        ``event`` and ``stopped`` are 1 or 0, both 0 where the time ran out; ``realized`` is close_{t+hi} / entry - 1 as
        for every label; ``length`` is 1 .. hi.
    """
    ahead = horizon[1]
    base = close if entry is None else entry
    filled = _last_close_stands(close, close)
    up = filled if high is None else _last_close_stands(high, close)
    down = filled if low is None else _last_close_stands(low, close)
    realized = _realized(close, filled, ahead, void, entry)
    known = max(len(close) - ahead, 0)
    won, lost = np.zeros(close.shape, dtype=bool), np.zeros(close.shape, dtype=bool)
    length = np.full(close.shape, ahead, dtype=np.int64)
    for step in range(1, ahead + 1):
        waiting = ~(won[:known] | lost[:known])
        stops = waiting & (_ratio(down[step : step + known], base[:known]) <= 1 - stop)
        gains = waiting & ~stops & (_ratio(up[step : step + known], base[:known]) >= 1 + target)
        won[:known] |= gains
        lost[:known] |= stops
        length[:known][gains | stops] = step
    return Barriers(_as_event(won, realized), _as_event(lost, realized), realized, length)


def _reaches(
    close: FloatArray,
    horizon: tuple[int, int],
    target: float | FloatArray,
    void: BoolArray | None,
    touch: FloatArray | None,
    entry: FloatArray | None,
    better: np.ufunc,
) -> tuple[FloatArray, FloatArray]:
    """Compare the best (``fmax``) or worst (``fmin``) price of the window with the target."""
    filled = _last_close_stands(close, close)
    reaching = filled if touch is None else _last_close_stands(touch, close)
    ratio = _ratio(_extreme(reaching, horizon, better), close if entry is None else entry)
    realized = _realized(close, filled, horizon[1], void, entry)
    came = ratio >= 1 + target if better is np.fmax else ratio <= 1 - target
    return np.where(np.isnan(target), np.nan, _as_event(came, realized)), realized


def _last_close_stands(prices: FloatArray, close: FloatArray) -> FloatArray:
    """Put the last close of every ticker into ``prices`` from the session after it to the end; earlier gaps stay."""
    filled = prices.copy()
    present = ~np.isnan(close)
    last = len(close) - 1 - present[::-1].argmax(axis=0)
    for column in np.flatnonzero((last < len(close) - 1) & present.any(axis=0)):
        filled[last[column] + 1 :, column] = close[last[column], column]
    return filled


def _extreme(filled: FloatArray, horizon: tuple[int, int], better: np.ufunc) -> FloatArray:
    """Return the best price of sessions t+lo .. t+hi, NaN where t+hi is not in the data."""
    first, last = horizon
    extreme = np.full(filled.shape, np.nan)
    known = max(len(filled) - last, 0)
    for ahead in range(first, last + 1):
        better(extreme[:known], filled[ahead : ahead + known], out=extreme[:known])
    return extreme


def _realized(
    close: FloatArray, filled: FloatArray, ahead: int, void: BoolArray | None, entry: FloatArray | None
) -> FloatArray:
    realized = np.full(close.shape, np.nan)
    known = max(len(close) - ahead, 0)
    base = close if entry is None else np.where(np.isnan(close), np.nan, entry)
    realized[:known] = _ratio(filled[ahead:], base[:known]) - 1
    if void is not None:
        seen = np.zeros((len(close) + 1, close.shape[1]), dtype=np.int32)
        np.cumsum(void, axis=0, out=seen[1:])
        realized[:known][seen[ahead + 1 :] > seen[:known]] = np.nan
    return realized


def _ratio(later: FloatArray, base: FloatArray) -> FloatArray:
    # Comparing this ratio, and not base * (1 + target), is the definition: the two can differ in the last bit.
    return later / base


def _as_event(reached: BoolArray, realized: FloatArray) -> FloatArray:
    return np.where(np.isnan(realized), np.nan, reached.astype(np.float64))
