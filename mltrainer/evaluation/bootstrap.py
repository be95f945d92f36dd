"""Intervals of the figures from a stationary bootstrap over dates (Politis & Romano 1994)."""

import numpy as np
import numpy.typing as npt

from mltrainer.evaluation.by_date import Dates, correlation, group_dates, picking_order, rank_correlation
from mltrainer.evaluation.effective import enough_blocks
from mltrainer.evaluation.metrics import share_of_picks

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.integer]

LEVEL = 0.90
SCORE_BINS = 500


def intervals(
    *,
    date: IntArray,
    probability: FloatArray,
    expected_return: FloatArray,
    event: FloatArray,
    realized: FloatArray,
    top_k: int,
    horizon_end: int,
    seed: int,
    resamples: int = 500,
    score: FloatArray | None = None,
) -> dict[str, tuple[float, float]]:
    """Return 90 % percentile intervals of figures of `metrics.evaluate`; the arguments are the same.

    Blocks of dates with a mean length of twice the horizon are drawn with replacement, so that neither the correlation
    between tickers nor the overlap of labels makes the intervals too narrow. Every figure is put together from what
    its dates contribute; the AUC from counts in 500 bins of equal mass.

    Parameters
    ----------
    seed
        Of the draw; the same seed gives the same intervals.
    resamples
        Number of resamples.

    Returns
    -------
    bounds
        (lower, upper) for ``auc``, ``brier``, ``rank_ic``, ``information_coefficient``, ``precision_at_k``; without
        those that are not defined, and empty where there are fewer than four blocks of dates.
    """
    known = ~np.isnan(event)
    dates = group_dates(date[known])
    block = 2 * horizon_end
    n_dates = len(dates.days)
    if not enough_blocks(n_dates, horizon_end=horizon_end):
        return {}
    probability, event, realized = probability[known], event[known], realized[known]
    expected_return = expected_return[known]
    weights = draw_dates(n_dates, mean_block=block, resamples=resamples, rng=np.random.default_rng(seed))
    ranking = probability if score is None else picking_order(probability, score[known])
    picks = share_of_picks(ranking, event, dates, top_k)
    series = {
        "auc": _areas(weights, probability, event, dates),
        "brier": (weights @ dates.sum((probability - event) ** 2)) / (weights @ dates.count.astype(np.float64)),
        "rank_ic": _means(weights, rank_correlation(expected_return, realized, dates)),
        "information_coefficient": _means(weights, correlation(expected_return, realized, dates)),
        "precision_at_k": _means(weights, picks),
    }
    return {name: _bounds(values) for name, values in series.items() if not np.isnan(values).all()}


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


def _bounds(values: FloatArray) -> tuple[float, float]:
    lower, upper = np.nanquantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(lower), float(upper)
