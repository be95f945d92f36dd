"""Bars that turned out wrong later: as they looked until that was known, and left out for every day from then on."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import BoolArray, FloatArray, Panel
from mltrainer.features.bars import Bars


@dataclass(frozen=True, eq=False)
class Corrected:
    """The bars of those tickers that have wrong ones among them, without these.

    Parameters
    ----------
    columns
        (n,) the tickers' places in the panel.
    pending
        (n_dates, n) True on the days between a wrong bar and the day on which it was known to be wrong. There nobody
        knew better, and a ticker is seen as its bars then looked.
    bars
        (n_dates, n); its market is that of the whole panel, as it was on each day: an average is not revised.
    """

    columns: npt.NDArray[np.intp]
    pending: BoolArray
    bars: Bars

    def into(self, values: FloatArray, compute: Callable[[Bars], FloatArray]) -> FloatArray:
        """Return (n_dates, n_tickers) values, those of the tickers' later days computed from the corrected bars."""
        merged = values.copy()
        merged[:, self.columns] = np.where(self.pending, values[:, self.columns], compute(self.bars))
        return merged

    def place(self, rows: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]) -> npt.NDArray[np.int32]:
        """Return the column in ``bars`` of each row's ticker, -1 where the row is to be seen as the panel has it."""
        date, ticker = rows
        column = np.searchsorted(self.columns, ticker).astype(np.int32)
        known = (column < len(self.columns)) & np.isin(ticker, self.columns)
        known[known] = ~self.pending[date[known], column[known]]
        return np.where(known, column, np.int32(-1))


def corrected_bars(panel: Panel, bars: Bars) -> Corrected | None:
    """Return what became of the bars of a panel once their faults were known; None where all were known at once."""
    if not len(panel.void_later):
        return None
    columns, place = np.unique(panel.void_later[:, 1], return_inverse=True)
    wrong, pending = (np.zeros((panel.shape[0], len(columns)), dtype=bool) for _ in range(2))
    for (session, _, known), column in zip(panel.void_later, place, strict=True):
        wrong[session, column] = True
        pending[session:known, column] = True
    kept: dict[str, Any] = {
        name: np.ascontiguousarray(np.where(wrong, np.nan, getattr(bars, name)[:, columns]))
        for name in ("open", "high", "low", "close", "volume")
    }
    jumped = None if bars.jumped is None else np.ascontiguousarray(bars.jumped[:, columns])
    return Corrected(columns, pending, replace(bars, **kept, jumped=jumped, whole=bars))
