"""Conformal intervals for returns, adaptive in time: around what is expected, or around quantiles of the return."""

import math
from typing import NamedTuple

import numpy as np

from mltrainer.evaluation.by_date import group_dates
from mltrainer.settings.arrays import FloatArray, IntArray

LEVEL = 0.80
STEP = 0.01
LEAST_DATES = 21
# The past is sorted anew after so many dates: what a few days add changes no quantile to speak of.
REFRESH = 21
# A side never leaves out less or more than this, whatever was missed lately.
LEAST_SIDE, MOST_SIDE = 0.005, 0.4


class Margins(NamedTuple):
    """What is added at either end of an interval: on each date, and ``now``; NaN, or None, where too early.

    Parameters
    ----------
    days
        Session positions, (n_dates,).
    lower, upper
        In the unit of the residuals, (n_dates,).
    """

    days: IntArray
    lower: FloatArray
    upper: FloatArray
    now: tuple[float, float] | None


def adaptive_margins(
    residual: FloatArray, date: IntArray, *, horizon_end: int, level: float = LEVEL, step: float = STEP
) -> Margins:
    """Return the margins that past residuals asked for on every date.

    Split conformal prediction (Vovk 2005; Lei et al. 2018) takes the ranks of past residuals, which holds for
    exchangeable ones. Markets are not, so each side's share is moved by what was missed (ACI, Gibbs & Candès 2021):
    after a date's outcomes are known, the share that was to be left out grows by ``step`` times what was to be missed
    less what was. Only the long-run coverage is promised by that; coverage is to be measured, not believed. With the
    residuals of two quantiles it is conformalised quantile regression, each end on its own (Romano, Patterson & Candès
    2019, theorem 2).

    Parameters
    ----------
    residual
        Of out-of-sample rows, finite: (realised - expected) / unit, (n,), which serves both ends; or what was realised
        less the lower quantile, and less the upper one, (2, n).
    date
        Session position of every row, ascending, (n,). Its residual is known ``horizon_end`` sessions later.
    level
        Share of outcomes to be held; each side leaves out half of the rest.
    step
        0 gives split conformal prediction on the whole past.
    """
    dates = group_dates(date)
    days, aim = dates.days, (1 - level) / 2
    lower, upper = np.full(len(days), np.nan), np.full(len(days), np.nan)
    left_out = np.array([aim, aim])
    sides = np.atleast_2d(residual)
    pool, refreshed, known = sides[:, :0], 0, 0
    stops = dates.starts + dates.count

    def learn(place: int) -> None:
        rows = sides[:, dates.starts[place] : stops[place]]
        if not math.isnan(lower[place]):
            missed = np.array([(rows[0] < lower[place]).mean(), (rows[-1] > upper[place]).mean()])
            left_out[:] = np.clip(left_out + step * (aim - missed), LEAST_SIDE, MOST_SIDE)

    for place, day in enumerate(days):
        while days[known] + horizon_end <= day:
            learn(known)
            known += 1
        if known >= LEAST_DATES and (known - refreshed >= REFRESH or not pool.size):
            pool, refreshed = np.sort(sides[:, : stops[known - 1]]), known
        if found := _ends(pool, left_out):
            lower[place], upper[place] = found
    for place in range(known, len(days)):
        learn(place)
    return Margins(days, lower, upper, _ends(np.sort(sides), left_out) if len(days) >= LEAST_DATES else None)


def interval_score(lower: FloatArray, upper: FloatArray, outcome: FloatArray, *, level: float = LEVEL) -> float:
    """Return the mean width and 2 / (1 - level) times what a missed outcome is away, all (n,); lower is better.

    Winkler (1972); Gneiting & Raftery (2007). An interval that is right on average in width and place has the lowest.
    """
    missed = np.maximum(lower - outcome, 0.0) + np.maximum(outcome - upper, 0.0)
    return float((upper - lower + 2 / (1 - level) * missed).mean())


def _ends(pool: FloatArray, left_out: FloatArray) -> tuple[float, float] | None:
    """Return the ends that leave out these shares of the past; None where the past is too short for them."""
    count = pool.shape[1]
    ranks = [math.ceil((count + 1) * (1 - share)) for share in left_out]
    if max(ranks) > count:
        return None
    return float(pool[0, count - ranks[0]]), float(pool[-1, ranks[1] - 1])
