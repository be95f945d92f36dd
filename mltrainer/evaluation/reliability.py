"""Whether probabilities came true: reliability tables, calibration error with its floor, parts of the Brier score."""

import numpy as np

from mltrainer.evaluation.effective import effective_size, wilson
from mltrainer.settings.arrays import FloatArray, IntArray

BINS = 10
BANDS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def equal_mass_bins(probability: FloatArray) -> list[IntArray]:
    """Return the rows of ten bins of equal size by probability, ties by their order; fewer where rows are few."""
    order = np.argsort(probability, kind="stable")
    return [rows for rows in np.array_split(order, BINS) if len(rows)]


def reliability_table(
    date: IntArray, probability: FloatArray, event: FloatArray, groups: list[IntArray], *, horizon_end: int
) -> list[dict[str, float]]:
    """Return what was said and what came true in each group of rows.

    Parameters
    ----------
    date, probability, event
        Session, probability and outcome (0 or 1) of every row, (n,).
    groups
        Positions of rows, none empty.

    Returns
    -------
    table
        ``mean_probability``, ``hit_rate``, ``n``, ``n_dates``, ``n_eff`` (see `effective_size`), and ``lower`` and
        ``upper``, the Wilson 90 % interval of the hit rate on ``n_eff``.
    """
    table = []
    for rows in groups:
        days = np.sort(date[rows])
        n_eff = effective_size(days, horizon_end=horizon_end)
        came = float(event[rows].mean())
        lower, upper = wilson(came, n_eff)
        table.append(
            {
                "mean_probability": float(probability[rows].mean()),
                "hit_rate": came,
                "n": len(rows),
                "n_dates": 1 + int(np.count_nonzero(np.diff(days))),
                "n_eff": n_eff,
                "lower": lower,
                "upper": upper,
            }
        )
    return table


def by_band(date: IntArray, probability: FloatArray, event: FloatArray, *, horizon_end: int) -> list[dict[str, float]]:
    """Return `reliability_table` by bands of probability, each with its edges ``from`` and ``to``; empty ones left out.

    A band holds its lower edge; the last one holds 1 as well.
    """
    place = np.searchsorted(BANDS[1:-1], probability, side="right")
    filled = np.unique(place)
    table = reliability_table(
        date, probability, event, [np.flatnonzero(place == one) for one in filled], horizon_end=horizon_end
    )
    return [{"from": BANDS[one], "to": BANDS[one + 1]} | row for one, row in zip(filled.tolist(), table, strict=True)]


def calibration_error(
    table: list[dict[str, float]], probability: FloatArray, groups: list[IntArray]
) -> tuple[float, float]:
    """Return the expected calibration error of a table, and what a perfectly calibrated model would show on average.

    The latter is a normal approximation from the effective size of each group: the error is biased upward, the more so
    the fewer rows there are (Bröcker & Smith 2007).
    """
    error = floor = 0.0
    for row, rows in zip(table, groups, strict=True):
        weight = len(rows) / len(probability)
        error += weight * abs(row["mean_probability"] - row["hit_rate"])
        said = probability[rows]
        # The mean of |x| for a normal x with the group's own variance.
        floor += weight * float(np.sqrt(2 / np.pi * (said * (1 - said)).mean() / row["n_eff"]))
    return error, floor


def brier_parts(table: list[dict[str, float]], probability: FloatArray, event: FloatArray) -> dict[str, float]:
    """Return Murphy's (1973) parts: brier = reliability - resolution + uncertainty + within.

    ``reliability`` is 0 where groups came true as often as was said, ``resolution`` is large where they differ from
    each other; ``within`` is what the spread inside the groups leaves (Stephenson et al. 2008).
    """
    rate = float(event.mean())
    weights = np.array([row["n"] for row in table]) / len(event)
    said = np.array([row["mean_probability"] for row in table])
    came = np.array([row["hit_rate"] for row in table])
    parts = {
        "reliability": float(weights @ (said - came) ** 2),
        "resolution": float(weights @ (came - rate) ** 2),
        "uncertainty": rate * (1 - rate),
    }
    brier = float(((probability - event) ** 2).mean())
    return parts | {"within": brier - parts["reliability"] + parts["resolution"] - parts["uncertainty"]}
