"""Intervals of the return around what a model expects, and whether such intervals held in the past."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import FloatArray
from mltrainer.evaluation.by_date import group_dates
from mltrainer.evaluation.conformal import LEVEL, adaptive_margins
from mltrainer.evaluation.effective import enough_blocks, newey_west_error
from mltrainer.settings.result import Coverage
from mltrainer.trials.confidence import Confidence
from mltrainer.trials.evaluate import Scored
from mltrainer.trials.walk import Walk

UNIT = "vol_21"


@dataclass(frozen=True)
class Intervals:
    """Today's margins in units of volatility, and the record of earlier ones; None where it is too early."""

    now: tuple[float, float] | None
    coverage: Coverage | None


def return_intervals(walk: Walk, said: Confidence, scored: Scored) -> Intervals:
    """Return what residuals of the calibrated rows with known outcome say, day by day as it was known."""
    judged = scored.rows[said.calibrated[scored.rows]]
    rows = judged + walk.first_row
    volatility = walk.matrices.features((UNIT,))[rows, 0].astype(np.float64)
    residual = (walk.final.realized[rows] - said.expected_return[judged]) / volatility
    usable = np.isfinite(residual)
    if not usable.any():
        return Intervals(None, None)
    date = walk.matrices.date[rows[usable]]
    margins = adaptive_margins(residual[usable], date, horizon_end=walk.settings.horizon[1])
    place = np.searchsorted(margins.days, date)
    lower, upper = margins.lower[place], margins.upper[place]
    given = np.isfinite(lower)
    held = (residual[usable] >= lower) & (residual[usable] <= upper)
    width = (upper - lower) * volatility[usable]
    if not given.any():
        return Intervals(margins.now, None)
    return Intervals(margins.now, _coverage(walk, date[given], held[given], width[given], volatility[usable][given]))


def _coverage(
    walk: Walk, date: npt.NDArray[np.int32], held: npt.NDArray[np.bool_], width: FloatArray, volatility: FloatArray
) -> Coverage:
    daily = group_dates(date).mean(held.astype(np.float64))
    horizon_end = walk.settings.horizon[1]
    error = (
        newey_west_error(daily, horizon_end=horizon_end) if enough_blocks(len(daily), horizon_end=horizon_end) else None
    )
    years = walk.panel.sessions[date].astype("datetime64[Y]").astype(str)
    thirds = np.searchsorted(np.quantile(volatility, [1 / 3, 2 / 3]), volatility)
    return Coverage(
        level=LEVEL,
        coverage=float(held.mean()),
        error=error,
        n=len(held),
        n_dates=len(daily),
        mean_width=float(width.mean()),
        by_year={year: float(held[years == year].mean()) for year in np.unique(years).tolist()},
        by_volatility={
            name: float(held[thirds == third].mean())
            for third, name in enumerate(("low", "middle", "high"))
            if (thirds == third).any()
        },
    )
