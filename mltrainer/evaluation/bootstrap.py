"""Intervals of the figures from a stationary bootstrap over dates (Politis & Romano 1994)."""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
from scipy.special import expit

from mltrainer.evaluation.by_date import (
    Dates,
    group_dates,
    with_outcome,
)
from mltrainer.evaluation.effective import MINIMUM_BLOCKS, enough_blocks
from mltrainer.evaluation.logistic import EDGE, fit_logistic, logit
from mltrainer.evaluation.metrics import daily_figures, picks_by_date, ranking_of
from mltrainer.evaluation.sharpe import YEAR
from mltrainer.settings.arrays import FloatArray, IntArray

LEVEL = 0.90
SCORE_BINS = 500


def intervals(
    *,
    date: IntArray,
    probability: FloatArray,
    expected_return: FloatArray,
    event: FloatArray,
    realized: FloatArray,
    top_k: int | None,
    horizon_end: int,
    train_base_rate: FloatArray | float,
    seed: int,
    resamples: int = 500,
    score: FloatArray | None = None,
    daily: Mapping[str, FloatArray] | None = None,
) -> dict[str, tuple[float, float]]:
    """Return 90 % percentile intervals of figures of `metrics.evaluate`; the arguments are the same.

    Blocks of dates with a mean length of twice the horizon are drawn with replacement, so that neither the correlation
    between tickers nor the overlap of labels makes the intervals too narrow. Every figure is put together from what
    its dates contribute; the AUC from counts in 500 bins of equal mass, slope and intercept of the calibration by one
    Newton step from their values over all dates.

    Parameters
    ----------
    seed
        Of the draw; the same seed gives the same intervals.
    resamples
        Number of resamples.

    Returns
    -------
    bounds
        (lower, upper) by the names of the figures; without those that are not defined, and empty where there are fewer
        than four blocks of dates.
    """
    known = with_outcome(event)
    dates = group_dates(date[known])
    n_dates = len(dates.days)
    if not enough_blocks(n_dates, horizon_end=horizon_end):
        return {}
    chosen = {}
    if top_k is not None:
        by_date = picks_by_date(date, ranking_of(probability, score), event, realized, top_k=top_k)
        chosen = pick_intervals(by_date, horizon_end=horizon_end, seed=seed, resamples=resamples)
    base = np.broadcast_to(np.asarray(train_base_rate, dtype=np.float64), event.shape)[known]
    probability, event, realized = probability[known], event[known], realized[known]
    expected_return = expected_return[known]
    if daily is None:
        daily = daily_figures(date[known], probability, expected_return, event, realized)
    weights = _drawn(n_dates, 2 * horizon_end, resamples, seed)
    rows = weights @ dates.count.astype(np.float64)

    def mean_of_rows(values: FloatArray) -> FloatArray:
        return (weights @ dates.sum(values)) / rows

    brier, reference = mean_of_rows((probability - event) ** 2), mean_of_rows((base - event) ** 2)
    clipped = np.clip(probability, EDGE, 1 - EDGE)
    series = {
        "base_rate": mean_of_rows(event),
        "auc": _areas(weights, probability, event, dates),
        "brier": brier,
        "brier_skill": np.where(reference > 0, 1 - brier / np.where(reference > 0, reference, 1.0), np.nan),
        "log_loss": mean_of_rows(-np.log(np.where(event == 1, clipped, 1 - clipped))),
        **{name: _means(weights, by_date) for name, by_date in daily.items()},
        **_recalibrations(weights, logit(probability), event, dates),
    }
    return {name: _bounds(values) for name, values in series.items() if not np.isnan(values).all()} | chosen


def pick_intervals(
    by_date: Mapping[str, FloatArray], *, horizon_end: int, seed: int, resamples: int = 500
) -> dict[str, tuple[float, float]]:
    """Return those of `intervals` that depend on how many are picked, from the same draw.

    Parameters
    ----------
    by_date
        What `metrics.picks_by_date` returns.
    """
    n_dates = len(by_date["precision_at_k"])
    if not enough_blocks(n_dates, horizon_end=horizon_end):
        return {}
    weights = _drawn(n_dates, 2 * horizon_end, resamples, seed)
    return {name: _bounds(_means(weights, values)) for name, values in by_date.items()}


def sharpe_interval(
    returns: FloatArray, *, mean_block: int, seed: int, resamples: int = 500
) -> tuple[float, float] | None:
    """Return the 90 % percentile interval of the annual Sharpe ratio of daily returns, (n_days,).

    None where there are fewer than four blocks, or the returns do not vary.
    """
    if len(returns) < MINIMUM_BLOCKS * mean_block or returns.max() == returns.min():
        return None
    weights = _drawn(len(returns), mean_block, resamples, seed)
    mean = weights @ returns / len(returns)
    variance = (weights @ returns**2 / len(returns) - mean**2) * len(returns) / (len(returns) - 1)
    return _bounds(mean / np.sqrt(variance) * YEAR**0.5)


@lru_cache(maxsize=4)
def _drawn(n_dates: int, mean_block: int, resamples: int, seed: int) -> FloatArray:
    """Return what `draw_dates` draws with a seed: every model of a trial is judged on the same draw."""
    weights = draw_dates(n_dates, mean_block=mean_block, resamples=resamples, rng=np.random.default_rng(seed))
    weights.flags.writeable = False
    return weights


def draw_dates(n_dates: int, *, mean_block: int, resamples: int, rng: np.random.Generator) -> FloatArray:
    """Return how often every date occurs in every resample, (resamples, n_dates).

    Each resample has ``n_dates`` dates: runs that start anywhere, go on to the next date with probability
    1 - 1 / ``mean_block``, and come round from the last date to the first.
    """
    starts = rng.random((resamples, n_dates)) < 1 / mean_block
    starts[:, 0] = True
    fresh = rng.integers(0, n_dates, (resamples, n_dates))
    place = np.arange(n_dates)
    last_start = np.maximum.accumulate(np.where(starts, place, 0), axis=1)
    drawn = (np.take_along_axis(fresh, last_start, axis=1) + place - last_start) % n_dates
    flat = (drawn + n_dates * np.arange(resamples)[:, None]).ravel()
    return np.bincount(flat, minlength=resamples * n_dates).reshape(resamples, n_dates).astype(np.float64)


def _means(weights: FloatArray, by_date: FloatArray) -> FloatArray:
    """Return the mean over the drawn dates that have the figure, (resamples,); NaN where none has."""
    there = ~np.isnan(by_date)
    drawn = weights @ there.astype(np.float64)
    return np.where(drawn > 0, (weights @ np.where(there, by_date, 0.0)) / np.where(drawn > 0, drawn, 1.0), np.nan)


def _areas(weights: FloatArray, probability: FloatArray, event: FloatArray, dates: Dates) -> FloatArray:
    """Return the pooled area under the ROC curve of every resample, (resamples,)."""
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, SCORE_BINS + 1)[1:-1]))
    bins = np.searchsorted(edges, probability, side="right")
    n_bins = len(edges) + 1
    cell = dates.group * n_bins + bins
    shape = (len(dates.days), n_bins)
    size = shape[0] * shape[1]
    positive = weights @ np.bincount(cell, event, minlength=size).reshape(shape)
    negative = weights @ np.bincount(cell, 1 - event, minlength=size).reshape(shape)
    below = np.cumsum(negative, axis=1) - negative / 2
    pairs = positive.sum(axis=1) * negative.sum(axis=1)
    return np.where(pairs > 0, (positive * below).sum(axis=1) / np.where(pairs > 0, pairs, 1.0), np.nan)


def _recalibrations(weights: FloatArray, odds: FloatArray, event: FloatArray, dates: Dates) -> dict[str, FloatArray]:
    """Return slope and intercept of the calibration of every resample, (resamples,) each."""
    if event.min() == event.max():
        return {}
    shift = fit_logistic([], event, odds)
    found = {"calibration_intercept": shift[0] + _newton_step(weights, [], shift, event, dates, odds)[:, 0]}
    if odds.max() > odds.min():
        line = fit_logistic([odds], event)
        found["calibration_slope"] = line[1] + _newton_step(weights, [odds], line, event, dates, 0.0)[:, 1]
    return found


def _newton_step(
    weights: FloatArray,
    columns: list[FloatArray],
    fitted: FloatArray,
    event: FloatArray,
    dates: Dates,
    offset: FloatArray | float,
) -> FloatArray:
    """Return how far one Newton step moves the coefficients in every resample, (resamples, n_coefficients)."""
    design = [np.ones(len(event)), *columns]
    said = expit(sum(value * column for value, column in zip(fitted, design, strict=True)) + offset)
    slope = np.stack([dates.sum(column * (event - said)) for column in design], axis=1)
    bend = np.stack([dates.sum(a * b * said * (1 - said)) for a in design for b in design], axis=1)
    size = len(design)
    # A resample whose probabilities hardly differ has no slope of its own: it stays where the fit was.
    moved = np.linalg.pinv((weights @ bend).reshape(-1, size, size), hermitian=True) @ (weights @ slope)[:, :, None]
    return moved[:, :, 0].astype(np.float64)


def _bounds(values: FloatArray) -> tuple[float, float]:
    lower, upper = np.nanquantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(lower), float(upper)
