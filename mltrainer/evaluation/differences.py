"""Whether one forecaster is better than another, from what each lost on every date; and many such tests at once."""

from typing import NamedTuple

import numpy as np
from scipy.special import stdtr

from mltrainer.evaluation.by_date import group_dates
from mltrainer.evaluation.effective import enough_blocks, newey_west_error
from mltrainer.settings.arrays import FloatArray, IntArray


class Difference(NamedTuple):
    """A mean difference of daily losses, and how probable one as far from 0 is where there is none (two-sided).

    ``p`` is None where there are too few dates to say.
    """

    mean: float
    p: float | None


def daily_brier(date: IntArray, probability: FloatArray, event: FloatArray) -> FloatArray:
    """Return the Brier score of every date, (n_dates,); the arguments are (n_rows,), sorted by date."""
    return group_dates(date).mean((probability - event) ** 2)


def diebold_mariano(loss: FloatArray, other: FloatArray, *, horizon_end: int) -> Difference:
    """Compare two forecasters by their daily losses, both (n_dates,) in date order (Diebold & Mariano 1995).

    The standard error is Newey & West's with at least twice the horizon as lags, since labels overlap. The statistic is
    taken as Student's t with one degree of freedom less than there are blocks of twice the horizon: with few of them
    the error is known badly, and a normal distribution would find differences in noise. Losses that never differ have
    p = 1.
    """
    apart = loss - other
    mean, n_dates = float(apart.mean()), len(apart)
    if not enough_blocks(n_dates, horizon_end=horizon_end):
        return Difference(mean, None)
    error = newey_west_error(apart, horizon_end=horizon_end)
    if error == 0:
        return Difference(mean, 1.0 if mean == 0 else 0.0)
    return Difference(mean, float(2 * stdtr(n_dates / (2 * horizon_end) - 1, -abs(mean) / error)))


def adjusted(p: list[float], *, dependent: bool = False) -> list[float]:
    """Return the p-values of many tests after Benjamini & Hochberg (1995), each at most 1.

    With ``dependent`` after Benjamini & Yekutieli (2001), which holds however the tests depend on each other.
    """
    count = len(p)
    order = np.argsort(p, kind="stable")[::-1]
    # From the largest on: p times the number of tests over its rank, and never more than that of a larger p.
    shares = np.array(p)[order] * count / np.arange(count, 0, -1)
    if dependent:
        shares *= (1 / np.arange(1, count + 1)).sum()
    found = np.empty(count)
    found[order] = np.minimum.accumulate(np.minimum(shares, 1.0))
    return [float(value) for value in found]
