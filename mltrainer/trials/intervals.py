"""Intervals of the return: around what a model expects, or between quantiles; and whether such intervals held."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import BoolArray, FloatArray
from mltrainer.evaluation.by_date import group_dates
from mltrainer.evaluation.conformal import LEVEL, STEP, adaptive_margins, interval_score
from mltrainer.evaluation.effective import enough_blocks, newey_west_error
from mltrainer.models.registry import MODELS
from mltrainer.settings.parameters import Settings
from mltrainer.settings.parts.evaluation import Coverage
from mltrainer.trials.confidence import Confidence
from mltrainer.trials.evaluate import Scored
from mltrainer.trials.walk import Walk

# A share that lost all of its value lost no more.
LEAST_RETURN = -0.99
VOLATILITY = "vol_21"


@dataclass(frozen=True)
class Intervals:
    """The ends of today's intervals, (n_today,) each, and the record of earlier ones; None where it is too early."""

    today: tuple[FloatArray, FloatArray] | None
    coverage: Coverage | None


class _Given(NamedTuple):
    """The ends that a model gives itself, and the unit of what the past adds to them, (n,) each."""

    lower: FloatArray
    upper: FloatArray
    unit: FloatArray


def quantile_model(settings: Settings, chosen: str) -> str | None:
    """Return the model whose quantiles the intervals are made of; None where they lie around what is expected.

    It is the chosen model where that has quantiles, else the first of the registry that has some.
    """
    if settings.interval != "quantile":
        return None
    able = [name for name, entry in MODELS.items() if entry.quantiles]
    return chosen if chosen in able else able[0]


def return_intervals(walk: Walk, said: Confidence, scored: Scored, quantiles: Confidence | None = None) -> Intervals:
    """Return what the calibrated rows with known outcome say, day by day as it was known.

    Parameters
    ----------
    said
        The model that ranks candidates: intervals lie around what it expects.
    quantiles
        A model between whose quantiles they lie instead.
    """
    judged = scored.rows[said.calibrated[scored.rows]]
    rows = judged + walk.first_row
    last = len(walk.panel.sessions) - 1
    now = np.arange(*walk.rows(last, last))
    if quantiles:
        given, today = _quantiles(quantiles.quantiles[judged]), _quantiles(quantiles.today_quantiles)
    else:
        given, today = _expected(walk, said.expected_return[judged], rows), _expected(walk, said.today_expected, now)
    below, above = ((walk.final.realized[rows] - end) / given.unit for end in (given.lower, given.upper))
    usable = np.isfinite(below)
    if not usable.any():
        return Intervals(None, None)
    date, given = walk.matrices.date[rows[usable]], _Given(*(values[usable] for values in given))
    residual = np.stack([below[usable], above[usable]]) if quantiles else below[usable]
    step = 0.0 if walk.settings.interval == "split" else STEP
    margins = adaptive_margins(residual, date, horizon_end=walk.settings.horizon[1], step=step)
    place = np.searchsorted(margins.days, date)
    lower, upper = _ends(given, margins.lower[place], margins.upper[place])
    there = np.isfinite(lower)
    coverage = None
    if there.any():
        known = rows[usable][there]
        coverage = _coverage(walk, known, lower[there], upper[there], quantiles.model if quantiles else None)
    if margins.now is None:
        return Intervals(None, coverage)
    low, high = _ends(today, *margins.now)
    return Intervals((np.maximum(low, LEAST_RETURN), high), coverage)


def _volatility(walk: Walk, rows: npt.NDArray[np.int64]) -> FloatArray:
    return walk.matrices.tabular(rows, (VOLATILITY,))[:, 0].astype(np.float64)


def _expected(walk: Walk, expected: FloatArray, rows: npt.NDArray[np.int64]) -> _Given:
    """Return intervals that start at the expected return, in units of the square root of volatility.

    Volatility comes back to its mean: twice as much of it in the last month is followed by about 1.5 times as much.
    Intervals in proportion to it held 70 % of the outcomes of the calmest third of rows and 87 % of the wildest, and
    were a tenth wider. With the root they hold 79 to 81 % of each third, over horizons of 2 to 21 sessions, on bars of
    2013-2018 and on simulated ones.
    """
    return _Given(expected, expected, np.sqrt(_volatility(walk, rows)))


def _quantiles(quantiles: FloatArray) -> _Given:
    return _Given(quantiles[:, 0], quantiles[:, 1], np.ones(len(quantiles)))


def _ends(given: _Given, lower: FloatArray | float, upper: FloatArray | float) -> tuple[FloatArray, FloatArray]:
    """Return the ends of intervals; where quantiles drawn in by the past would cross, they are exchanged."""
    ends = given.lower + lower * given.unit, given.upper + upper * given.unit
    return np.minimum(*ends), np.maximum(*ends)


def _coverage(
    walk: Walk, rows: npt.NDArray[np.int64], lower: FloatArray, upper: FloatArray, quantiles_of: str | None
) -> Coverage:
    date, realized, volatility = walk.matrices.date[rows], walk.final.realized[rows], _volatility(walk, rows)
    held = (realized >= lower) & (realized <= upper)
    years = walk.panel.sessions[date].astype("datetime64[Y]").astype(str)
    by_year = {year: years == year for year in np.unique(years).tolist()}
    # A row without volatility, which quantiles can have, is in no third.
    bounds = np.nanquantile(volatility, [1 / 3, 2 / 3])
    thirds = np.where(np.isnan(volatility), -1, np.searchsorted(bounds, volatility))
    by_volatility = {name: thirds == third for third, name in enumerate(("low", "middle", "high"))}
    by_volatility = {name: part for name, part in by_volatility.items() if part.any()}
    errors = {name: _error(walk, date[part], held[part]) for name, part in (by_year | by_volatility).items()}
    return Coverage(
        level=LEVEL,
        coverage=float(held.mean()),
        error=_error(walk, date, held),
        n=len(held),
        n_dates=len(np.unique(date)),
        mean_width=float((upper - lower).mean()),
        interval_score=interval_score(lower, upper, realized, level=LEVEL),
        by_year={year: float(held[part].mean()) for year, part in by_year.items()},
        by_volatility={name: float(held[part].mean()) for name, part in by_volatility.items()},
        errors={name: error for name, error in errors.items() if error is not None},
        quantiles_of=quantiles_of,
    )


def _error(walk: Walk, date: npt.NDArray[np.int32], held: BoolArray) -> float | None:
    """Return the standard error of a share held, from blocks of dates; None where dates are too few for one."""
    daily, horizon_end = group_dates(date).mean(held.astype(np.float64)), walk.settings.horizon[1]
    return (
        newey_west_error(daily, horizon_end=horizon_end) if enough_blocks(len(daily), horizon_end=horizon_end) else None
    )
