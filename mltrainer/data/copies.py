"""Bars that are word for word another bar of the same ticker: one of the two is not its own day's.

All five values never agree by chance. Either the later bar is stale, or the earlier one looks ahead: vendor files are
known to hold the bars of coming sessions, for many tickers at once.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mltrainer.data.moves import Moves
from mltrainer.data.panel import BoolArray, FloatArray
from mltrainer.data.raw import FIELDS

# Of two far places, a bar without trade or with one price only may be equal by chance.
LEAST_VOLUME = 1000
# Overnight moves are about half as wide as those from close to close.
OVERNIGHT = 0.5
EVIDENCE_CAP = 3.0
# One ticker alone must be ten times likelier to look ahead before it is said; many together outvote chance.
ALONE_EVIDENCE, MANY = 2.3, 5


@dataclass(frozen=True, eq=False)
class Copies:
    """Pairs of equal bars.

    Parameters
    ----------
    earlier, later, column
        (n_pairs,) sessions and ticker of each pair.
    looks_ahead
        (n_pairs,) True where the earlier bar is the wrong one, False where the later is.
    """

    earlier: npt.NDArray[np.intp]
    later: npt.NDArray[np.intp]
    column: npt.NDArray[np.intp]
    looks_ahead: BoolArray


def equal_bars(bars: dict[str, FloatArray], usable: BoolArray, moves: Moves) -> Copies:
    """Return every bar that equals an earlier one of its ticker, with the latest such bar, and which of them is wrong.

    The verdict on a pair uses data up to its later session alone. The wrong place is the one into which the price
    jumps: each pair gives a log likelihood ratio from its overnight moves against the market's, pairs of the same two
    sessions are judged together.

    Parameters
    ----------
    bars
        (n_sessions, n_tickers) by name.
    usable
        True where a bar may take part.
    moves
        The moves of the same bars.
    """
    earlier, later, column = _pairs(bars, usable)
    if not len(earlier):
        return Copies(earlier, later, column, np.zeros(0, dtype=bool))
    evidence = _evidence(moves, earlier, later, column)
    sessions = np.stack([earlier, later], axis=1)
    _, group, size = np.unique(sessions, axis=0, return_inverse=True, return_counts=True)
    group = group.reshape(-1)
    together = np.bincount(group, weights=evidence)
    ahead = together > np.where(size >= MANY, 0.0, ALONE_EVIDENCE)
    return Copies(earlier, later, column, ahead[group])


def equal_rows(
    group: npt.NDArray[np.intp], values: list[FloatArray]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return the positions of rows of one group whose values are all equal, each with the latest such row before it.

    Parameters
    ----------
    group
        (n_rows,) number of each row's group.
    values
        Columns, (n_rows,) each.
    """
    key = group.astype(np.uint64)
    for own in values:
        key = (key ^ (own + 0.0).view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
    # Stable, so that equal rows stay in their order.
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    equal = np.flatnonzero(ordered[1:] == ordered[:-1])
    first, second = order[equal], order[equal + 1]
    # Rows that differ may have the same key by chance.
    same = group[first] == group[second]
    for own in values:
        same &= own[first] == own[second]
    return first[same], second[same]


def _pairs(bars: dict[str, FloatArray], usable: BoolArray) -> tuple[npt.NDArray[np.intp], ...]:
    """Return (earlier, later, column) of equal bars, each with the latest one before it."""
    columns, rows = np.nonzero(usable.T)
    first, second = equal_rows(columns, [bars[name][rows, columns] for name in FIELDS])
    flat = bars["high"][rows[second], columns[second]] == bars["low"][rows[second], columns[second]]
    thin = bars["volume"][rows[second], columns[second]] < LEAST_VOLUME
    kept = (rows[second] - rows[first] == 1) | ~(flat | thin)
    first, second = first[kept], second[kept]
    return rows[first], rows[second], columns[second]


def _evidence(moves: Moves, earlier: np.ndarray, later: np.ndarray, column: np.ndarray) -> FloatArray:
    """Return for each pair the log likelihood ratio of "the earlier looks ahead" to "the later is stale"."""
    scale = moves.scale[earlier, column]
    scale = np.where(np.isfinite(scale), scale, np.inf)
    night = OVERNIGHT * scale
    into = moves.gap[earlier, column] - moves.market_gap[earlier]
    # Adjacent: if the first bar is the second session's, the price jumps over a whole session into it.
    ahead = moves.market[earlier] + moves.market_gap[later] - moves.market_gap[earlier]
    wide = np.sqrt(night**2 + scale**2)
    with np.errstate(invalid="ignore", divide="ignore"):
        adjacent = (into / night) ** 2 / 2 - ((into - ahead) / wide) ** 2 / 2 + np.log(night / wide)
        onward = moves.gap[later, column] - moves.market_gap[later]
        apart = ((into / night) ** 2 - (onward / night) ** 2) / 2
    ratio = np.where(later - earlier == 1, adjacent, apart)
    return np.clip(np.nan_to_num(ratio, nan=0.0), -EVIDENCE_CAP, EVIDENCE_CAP)
