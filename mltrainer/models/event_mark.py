"""The mark that a ticker's path has to pass for the target event to happen, in log returns."""

from typing import Literal, NamedTuple

import bottleneck
import numpy as np
from scipy.special import ndtr

from mltrainer.models.histories import FloatArray, Past
from mltrainer.models.target_event import TargetEvent

LABELS = ("hit", "hit_vol_scaled", "beats_median", "fwd_return", "xs_rank", "triple_barrier")
# The sessions that the label ``hit_vol_scaled`` takes the volatility of, and the fewest returns in them.
_USUAL, _LEAST = 20, 15
# The part of a day's members that ``xs_rank`` asks about.
_TOP = 0.2


class Mark(NamedTuple):
    """Where the mark stands, and what has to pass it.

    Parameters
    ----------
    level
        Log return since the close of the row, in cells that broadcast to (n_dates, n_tickers).
    passed
        ``on_the_way`` where any session of the window counts, ``at_the_end`` where only the last does, ``first`` where
        the mark has to be passed before the stop.
    """

    level: FloatArray
    passed: Literal["on_the_way", "at_the_end", "first"]


def mark_of(event: TargetEvent, past: Past, drift: FloatArray, deviation: FloatArray) -> Mark:
    """Return the mark of an event, as it stands at the close of each date.

    A label that is measured from the next open has the same mark: nothing is expected of the night before it.

    Parameters
    ----------
    drift, deviation
        Expected log return of a session and its standard deviation, (n_dates, n_tickers).
    """
    sessions = event.horizon[1]
    if event.label == "triple_barrier":
        return Mark(np.full((1, 1), np.log1p(event.target)), "first")
    if event.label == "hit":
        return Mark(np.full((1, 1), np.log1p(event.target)), "on_the_way")
    if event.label == "hit_vol_scaled":
        usual = bottleneck.move_std(past.returns, _USUAL, _LEAST, axis=0, ddof=1) * np.sqrt(sessions)
        return Mark(np.log1p(event.multiple * usual), "on_the_way")
    if event.label == "fwd_return":
        return Mark(np.zeros((1, 1)), "at_the_end")
    expected = np.where(past.member, sessions * drift, np.nan)
    if event.label == "beats_median":
        # Half of the day's members will be above what is expected of the middle one.
        return Mark(bottleneck.nanmedian(expected, axis=1)[:, None], "at_the_end")
    return Mark(_passed_by_the_top(expected, np.sqrt(sessions) * deviation)[:, None], "at_the_end")


def _passed_by_the_top(expected: FloatArray, deviation: FloatArray) -> FloatArray:
    """Return the level (n_dates,) that a fifth of the day's members is expected above, by halving."""
    widest = bottleneck.nanmax(np.where(np.isfinite(expected), deviation, np.nan), axis=1)
    low = bottleneck.nanmin(expected, axis=1) - widest
    high = bottleneck.nanmax(expected, axis=1) + widest
    for _ in range(20):
        level = (low + high) / 2
        with np.errstate(invalid="ignore", divide="ignore"):
            above = bottleneck.nanmean(ndtr((expected - level[:, None]) / deviation), axis=1) > _TOP
        low, high = np.where(above, level, low), np.where(above, high, level)
    return (low + high) / 2
