"""Checks for leaks that need no refit: copies of the target, and scores that know more than they should."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mltrainer.evaluation.by_date import area_under_curve, group_dates, rank_correlation
from mltrainer.settings.arrays import FloatArray, IntArray

# Nothing that is known beforehand tells outcomes as well as this.
COPY = 0.99


def copies_of_target(
    features: npt.NDArray[np.float32], names: Sequence[str], event: FloatArray, realized: FloatArray
) -> list[str]:
    """Return the features that give the target away: correlation with the return, or AUC for the event, beyond 0.99.

    Parameters
    ----------
    features
        (n_rows, n_features), NaN where undefined.
    event, realized
        Event (0 or 1) and realised return of each row, (n_rows,), NaN where unknown.
    """
    found = []
    for name, column in zip(names, np.asarray(features, dtype=np.float64).T, strict=True):
        known = np.isfinite(column) & np.isfinite(realized)
        if known.sum() < 100 or np.ptp(column[known]) == 0:
            continue
        same = abs(float(np.corrcoef(_ranks(column[known]), _ranks(realized[known]))[0, 1]))
        binary = known & ((event == 0) | (event == 1))
        area = 0.5
        if 0 < event[binary].sum() < binary.sum():
            area = float(area_under_curve(column[binary], event[binary], group_dates(np.zeros(binary.sum(), int)))[0])
        if same > COPY or not 1 - COPY < area < COPY:
            found.append(name)
    return found


def shifted_area(
    *, date: IntArray, column: IntArray, probability: FloatArray, event: FloatArray, shifts: int, seed: int
) -> tuple[float, float]:
    """Return the mean AUC by date against labels of other days and other tickers, and its standard error.

    The labels go round in a circle by a random number of sessions and the tickers are exchanged for one another, so
    that neither what a ticker always does nor what a day did to all of them is left; 0.5 is right.

    Parameters
    ----------
    date, column
        Session and ticker of each row, (n_rows,).
    shifts
        How many such worlds are drawn.
    """
    days, row = np.unique(date, return_inverse=True)
    tickers, place = np.unique(column, return_inverse=True)
    said, happened = np.full((2, len(days), len(tickers)), np.nan)
    said[row, place], happened[row, place] = probability, event
    rng = np.random.default_rng(seed)
    areas = []
    for _ in range(shifts):
        by = int(rng.integers(len(days) // 5, len(days) - len(days) // 5))
        other = np.roll(happened, by, axis=0)[:, rng.permutation(len(tickers))]
        both = np.isfinite(said) & np.isfinite(other)
        day = np.nonzero(both)[0]
        areas.append(float(np.nanmean(area_under_curve(said[both], (other[both] > 0).astype(float), group_dates(day)))))
    return float(np.mean(areas)), float(np.std(areas, ddof=1)) / shifts**0.5


def lost_in_a_day(
    *, date: IntArray, column: IntArray, score: FloatArray, realized: FloatArray, horizon_end: int
) -> tuple[float, float, float]:
    """Return the rank IC of the scores, that of the scores of the day before, and the standard error of what is lost.

    What is known one session earlier is worth about as much over a horizon of many sessions; scores that know the next
    session lose at once what they had. The error comes from blocks of dates of twice the horizon.
    """
    order = np.lexsort((date, column))
    date, column, score, realized = date[order], column[order], score[order], realized[order]
    follows = np.r_[False, (column[1:] == column[:-1]) & (date[1:] == date[:-1] + 1)]
    earlier = np.r_[np.nan, score[:-1]]
    back = np.lexsort((column, date))
    kept = back[follows[back]]
    dates = group_dates(date[kept])
    now = rank_correlation(score[kept], realized[kept], dates)
    before = rank_correlation(earlier[kept], realized[kept], dates)
    known = np.isfinite(now) & np.isfinite(before)
    if not known.any():
        return float("nan"), float("nan"), float("nan")
    lost = (now - before)[known]
    blocks = [part.mean() for part in np.array_split(lost, max(2, len(lost) // (2 * horizon_end)))]
    error = float(np.std(blocks, ddof=1)) / len(blocks) ** 0.5
    return float(now[known].mean()), float(before[known].mean()), error


def _ranks(values: FloatArray) -> FloatArray:
    return np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(np.float64)
