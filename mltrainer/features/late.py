"""Bars that turned out wrong later: as they looked until that was known, and left out for every day from then on.

Each day is computed from the bars without those known by then to be wrong, and from nothing that was found out later:
also whether a bar of today will turn out wrong is unknown.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import Panel
from mltrainer.features.bars import Bars

Floats = TypeVar("Floats", npt.NDArray[np.float32], npt.NDArray[np.float64])


@dataclass(frozen=True, eq=False)
class Corrected:
    """The bars of those tickers that have wrong ones among them, once for every state of knowledge.

    Parameters
    ----------
    bars
        (n_dates, n_versions); a version is a ticker without the bars known to be wrong on some day. Its market is that
        of the whole panel, as it was on each day: an average is not revised.
    version
        (n_dates, n_tickers) the column in ``bars`` that counts for a ticker on a day; -1 where nothing was known to be
        wrong.
    """

    bars: Bars
    version: npt.NDArray[np.int32]

    def into(self, values: Floats, compute: Callable[[Bars], Floats]) -> Floats:
        """Return values (n_dates, n_tickers, ...) with those computed from ``bars`` where a version counts."""
        date, ticker = np.nonzero(self.version >= 0)
        merged = values.copy()
        merged[date, ticker] = compute(self.bars)[date, self.version[date, ticker]]
        return merged


def corrected_bars(panel: Panel, bars: Bars, tickers: npt.NDArray[np.integer] | None = None) -> Corrected | None:
    """Return the bars of a panel as they were known day by day; None where every fault was known on its own day.

    Parameters
    ----------
    tickers
        The places of those that are looked at; all unless given.
    """
    later = panel.void_later
    if tickers is not None:
        later = later[np.isin(later[:, 1], tickers)]
    if not len(later):
        return None
    states = np.unique(later[:, 1:], axis=0)
    version = np.full(panel.shape, -1, dtype=np.int32)
    wrong = np.zeros((panel.shape[0], len(states)), dtype=bool)
    # In the order of time: the next state of knowledge takes over from its day on.
    for place, (column, known) in enumerate(states):
        version[known:, column] = place
        wrong[later[(later[:, 1] == column) & (later[:, 2] <= known), 0], place] = True
    kept: dict[str, Any] = {
        name: np.ascontiguousarray(np.where(wrong, np.nan, getattr(bars, name)[:, states[:, 0]]))
        for name in ("open", "high", "low", "close", "volume")
    }
    jumped = None if bars.jumped is None else np.ascontiguousarray(bars.jumped[:, states[:, 0]])
    return Corrected(replace(bars, **kept, jumped=jumped, whole=bars), version)
