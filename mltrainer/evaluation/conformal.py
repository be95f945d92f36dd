"""Conformal intervals for returns, in units of each row's own volatility, adaptive in time."""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mltrainer.evaluation.by_date import group_dates

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.integer]

LEVEL = 0.80
STEP = 0.01
LEAST_DATES = 21
# The past is sorted anew after so many dates: what a few days add changes no quantile to speak of.
REFRESH = 21
# A side never leaves out less or more than this, whatever was missed lately.
LEAST_SIDE, MOST_SIDE = 0.005, 0.4


class Margins(NamedTuple):
    """What is added to an expected return at either end: on each date, and ``now``; NaN, or None, where too early.

    Parameters
    ----------
    days
        Session positions, (n_dates,).
    lower, upper
        In units of volatility, (n_dates,).
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
    less what was. Only the long-run coverage is promised by that; coverage is to be measured, not believed.

    Parameters
    ----------
    residual
        (realised - expected) / volatility of out-of-sample rows, (n,), finite.
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
    pool, refreshed, known = np.zeros(0), 0, 0
    stops = dates.starts + dates.count

    def learn(place: int) -> None:
        rows = residual[dates.starts[place] : stops[place]]
        if not math.isnan(lower[place]):
            missed = np.array([(rows < lower[place]).mean(), (rows > upper[place]).mean()])
            left_out[:] = np.clip(left_out + step * (aim - missed), LEAST_SIDE, MOST_SIDE)

    for place, day in enumerate(days):
        while days[known] + horizon_end <= day:
            learn(known)
            known += 1
        if known >= LEAST_DATES and (known - refreshed >= REFRESH or not len(pool)):
            pool, refreshed = np.sort(residual[: stops[known - 1]]), known
        if found := _ends(pool, left_out):
            lower[place], upper[place] = found
    for place in range(known, len(days)):
        learn(place)
    return Margins(days, lower, upper, _ends(np.sort(residual), left_out) if len(days) >= LEAST_DATES else None)


def _ends(pool: FloatArray, left_out: FloatArray) -> tuple[float, float] | None:
    """Return the ends that leave out these shares of the past; None where the past is too short for them."""
    ranks = [math.ceil((len(pool) + 1) * (1 - share)) for share in left_out]
    if max(ranks) > len(pool):
        return None
    return float(pool[len(pool) - ranks[0]]), float(pool[ranks[1] - 1])
