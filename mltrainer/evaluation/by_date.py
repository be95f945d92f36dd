"""Statistics of every date over its tickers, without a loop over dates."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mltrainer.settings.arrays import BoolArray, FloatArray, IntArray

MINIMUM_TICKERS = 20
ROWS_AT_ONCE = 1_000_000


@dataclass(frozen=True, eq=False)
class Dates:
    """Rows grouped by date: ``days`` (n_dates,), ``starts`` (n_dates,), ``count`` (n_dates,), ``group`` (n_rows,)."""

    days: IntArray
    starts: IntArray
    count: IntArray
    group: IntArray

    def sum(self, values: FloatArray) -> FloatArray:
        """Return the sum of every date, (n_dates,)."""
        return np.add.reduceat(values, self.starts)

    def mean(self, values: FloatArray) -> FloatArray:
        """Return the mean of every date, (n_dates,)."""
        return self.sum(values) / self.count

    def spread_of(self, by_date: FloatArray) -> FloatArray:
        """Return a figure of every date on each of its rows, (n_rows,)."""
        return by_date[self.group]

    def order(self, values: FloatArray) -> IntArray:
        """Return the positions of rows by date, then by value, NaN last, (n_rows,); ties keep the order of rows.

        Each date is sorted by itself, which takes a third of the time of sorting all rows by both.
        """
        table = np.full((len(self.days), self.count.max(initial=0)), np.nan)
        own = np.arange(table.shape[1]) < self.count[:, None]
        table[own] = values
        return (np.argsort(table, axis=1, kind="stable") + self.starts[:, None])[own]

    def place(self, values: FloatArray) -> IntArray:
        """Return each row's place among its date's rows, highest value first, from 0; ties keep the order of rows."""
        order = self.order(-values)
        place = np.empty(len(values), dtype=np.int64)
        place[order] = np.arange(len(values)) - self.starts[self.group]
        return place


def picking_order(probability: FloatArray, score: FloatArray) -> FloatArray:
    """Return numbers that rank rows as candidates are ranked: by probability, ties by raw score, then by row."""
    order = np.lexsort((-np.arange(len(score)), score, probability))
    ranking = np.empty(len(score))
    ranking[order] = np.arange(len(score))
    return ranking


def group_dates(date: IntArray) -> Dates:
    """Group rows that are sorted by date.

    Raises
    ------
    ValueError
        If they are not.
    """
    step = np.diff(date)
    if len(step) and step.min() < 0:
        raise ValueError("rows must be sorted by date")
    starts = np.concatenate([[0], np.flatnonzero(step) + 1]) if len(date) else np.zeros(0, dtype=np.int64)
    count = np.diff(np.append(starts, len(date)))
    return Dates(date[starts], starts, count, np.repeat(np.arange(len(starts)), count))


def parts_of(date: IntArray, at_once: int = ROWS_AT_ONCE) -> Iterator[slice]:
    """Yield the rows of whole dates, about ``at_once`` of them at a time; ``date`` is ascending, (n_rows,)."""
    first = 0
    while True:
        stop = len(date)
        if first + at_once < stop:
            stop = int(np.searchsorted(date, date[first + at_once]))
        if stop == first:
            stop = int(np.searchsorted(date, date[first:][:1], side="right").sum())
        yield slice(first, stop)
        if stop == len(date):
            return
        first = stop


def with_outcome(event: FloatArray) -> BoolArray | slice:
    """Return which rows have an outcome; where all have, a slice, so that choosing them copies nothing."""
    known = ~np.isnan(event)
    return slice(None) if known.all() else known


def ranks(values: FloatArray, dates: Dates) -> FloatArray:
    """Return each row's rank among its date's rows, from 1, ties averaged; NaN values rank anywhere."""
    order = dates.order(values)
    ordered = values[order]
    new = np.ones(len(values), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    new[dates.starts] = True
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], len(values))
    tie = np.cumsum(new) - 1
    ranked = np.empty(len(values))
    ranked[order] = ((starts + ends + 1) / 2)[tie] - dates.starts[dates.group]
    return ranked


def correlation(left: FloatArray, right: FloatArray, dates: Dates) -> FloatArray:
    """Return Pearson's correlation of every date, (n_dates,).

    NaN where a date has under 20 rows, a value is missing, or a side is constant.
    """
    away_left = left - dates.spread_of(dates.mean(left))
    away_right = right - dates.spread_of(dates.mean(right))
    scale = np.sqrt(dates.sum(away_left**2) * dates.sum(away_right**2))
    usable = (dates.count >= MINIMUM_TICKERS) & _varies(left, dates) & _varies(right, dates) & (scale > 0)
    return np.where(usable, dates.sum(away_left * away_right) / np.where(usable, scale, 1.0), np.nan)


def rank_correlation(left: FloatArray, right: FloatArray, dates: Dates) -> FloatArray:
    """Return Spearman's correlation of every date, (n_dates,), NaN as in `correlation`."""
    found = correlation(ranks(left, dates), ranks(right, dates), dates)
    missing = dates.sum((np.isnan(left) | np.isnan(right)).astype(np.float64)) > 0
    return np.where(missing, np.nan, found)


def area_under_curve(score: FloatArray, event: FloatArray, dates: Dates) -> FloatArray:
    """Return the area under the ROC curve of every date, (n_dates,); NaN where only one class occurred."""
    positive = dates.sum(event)
    negative = dates.count - positive
    above = dates.sum(ranks(score, dates) * event) - positive * (positive + 1) / 2
    pairs = positive * negative
    return np.where(pairs > 0, above / np.where(pairs > 0, pairs, 1.0), np.nan)


def _varies(values: FloatArray, dates: Dates) -> BoolArray:
    """Say where a date's values differ; False where one is NaN, since NaN compares as false."""
    return np.maximum.reduceat(values, dates.starts) > np.minimum.reduceat(values, dates.starts)
