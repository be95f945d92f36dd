"""Bars that two tickers share on a session, word for word: one of the two carries another company's bar."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mltrainer.data.copies import LEAST_VOLUME, equal_rows
from mltrainer.data.moves import Moves, previous_valid
from mltrainer.data.panel import BoolArray, FloatArray
from mltrainer.data.raw import FIELDS

# How long a ticker's own last close, before the shared bars, is looked back to.
OWN_MEMORY = 21
# The intruder is off its own past by so many usual moves, and by so many times as much as the other.
LEAST_SCALES, CLEARLY = 4.0, 2.0


@dataclass(frozen=True, eq=False)
class Twins:
    """Pairs of tickers with equal bars.

    Parameters
    ----------
    row, column, other
        (n_pairs,) session and the two tickers, in the order of time.
    wrong
        (n_pairs,) True where ``column`` carries the bar of ``other``; False where nothing tells them apart.
    """

    row: npt.NDArray[np.intp]
    column: npt.NDArray[np.intp]
    other: npt.NDArray[np.intp]
    wrong: BoolArray


def twin_bars(bars: dict[str, FloatArray], usable: BoolArray, moves: Moves) -> Twins:
    """Return every bar that another ticker has too on the same session; the verdict uses data up to that day alone.

    Parameters
    ----------
    bars
        (n_sessions, n_tickers) by name.
    usable
        True where a bar may take part.
    moves
        The moves of the same bars.
    """
    rows, columns = np.nonzero(usable)
    one, two = equal_rows(rows, [bars[name][rows, columns] for name in FIELDS])
    row, first, second = rows[one], columns[one], columns[two]
    traded = (bars["volume"][row, first] >= LEAST_VOLUME) & (bars["high"][row, first] > bars["low"][row, first])
    row, first, second = row[traded], first[traded], second[traded]
    in_time = np.lexsort((second, first, row))
    row, first, second = row[in_time], first[in_time], second[in_time]
    shared = np.zeros(usable.shape, dtype=bool)
    shared[row, first] = shared[row, second] = True
    own_close = previous_valid(np.where(shared, np.nan, bars["close"]), OWN_MEMORY)
    with np.errstate(invalid="ignore", divide="ignore"):
        away = [
            np.abs(np.log(bars["open"][row, column] / own_close[row, column])) / moves.scale[row, column]
            for column in (first, second)
        ]
    swap = np.nan_to_num(away[1]) > np.nan_to_num(away[0])
    far, near = np.where(swap, away[1], away[0]), np.where(swap, away[0], away[1])
    wrong = (far >= LEAST_SCALES) & (far >= CLEARLY * near)
    return Twins(row, np.where(swap, second, first), np.where(swap, first, second), wrong)
