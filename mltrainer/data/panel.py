"""The panel: bars of many tickers on a common calendar, with what is known about their origin and faults."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from mltrainer.settings.arrays import BoolArray, DateArray, FloatArray


@dataclass(frozen=True)
class Fault:
    """One fault of the data.

    Parameters
    ----------
    code
        A stable name, such as ``ohlc_order``.
    ticker, date
        The place; ``date`` is ISO.
    known_at
        The session from which the fault can be known (ISO): a bar is masked only for work dated from then on.
    severity
        ``error`` takes a bar or a ticker out, ``warning`` and ``info`` only say so.
    detail
        What was found.
    """

    code: str
    ticker: str
    date: str
    known_at: str
    severity: str
    detail: str


@dataclass(frozen=True)
class Macro:
    """Macro values in the order in which they became known.

    ``available`` is the first day on which a value may be used (publication day plus one business day, or the
    reference date plus a stated lag); ``reference`` is the day or period that it describes.
    """

    series: npt.NDArray[np.str_]
    reference: DateArray
    available: DateArray
    values: FloatArray
    lag_note: dict[str, str] = field(default_factory=dict)

    def at(self, series_id: str, sessions: DateArray) -> FloatArray:
        """Return, for every session, the value of the latest reference date known then (NaN before the first)."""
        mine = self.series == series_id
        order = np.lexsort((self.reference[mine], self.available[mine]))
        available, reference = self.available[mine][order], self.reference[mine][order]
        values = self.values[mine][order]
        # A revision of an old period that arrives late must not replace the newest period's value.
        best = (
            np.maximum.accumulate(reference.astype("datetime64[D]").astype(np.int64)) if len(reference) else reference
        )
        newest = reference.astype("datetime64[D]").astype(np.int64) == best
        available, values = available[newest], values[newest]
        position = np.searchsorted(available, sessions, side="right") - 1
        padded = np.concatenate([[np.nan], values])
        return padded[position + 1]


@dataclass(frozen=True, eq=False)
class IndexMembers:
    """Who was in the index: on which session (n_dates, n_tickers), how many names ever, and those without bars."""

    member: BoolArray
    ever: int
    absent: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Panel:
    """Clean bars. Every price array has the shape (n_dates, n_tickers); a bar that is missing or masked is NaN.

    Parameters
    ----------
    sessions
        Exchange sessions, ascending, ``datetime64[D]``.
    tickers
        Column names, sorted.
    open, high, low, close
        Split-adjusted prices in USD.
    volume
        Shares.
    void
        True where a label whose reference or window holds this bar is undefined, as all the data show it.
    void_later
        (n, 3) session, ticker and the later session on which it could first be known, of those ``void`` bars that
        looked right on their own day.
    barred
        True where a row must not be used although its bar is fine, such as the sessions after an unadjusted split
        whose windows would reach across it.
    sectors
        One name a ticker, empty where unknown.
    faults
        All that the quality gate found.
    dropped
        Tickers of the raw data that the gate left out entirely, with the reason.
    rows
        Bars in the raw data.
    fingerprint
        ``sha256:`` over the raw data and the clean arrays.
    index
        Membership of the index by day, where it is known.
    absent
        Which of open, high, low and volume the data do not have at all: these arrays are NaN everywhere.
    """

    sessions: DateArray
    tickers: tuple[str, ...]
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    void: BoolArray
    barred: BoolArray
    source: str
    simulated: bool
    delay: str
    fingerprint: str
    rows: int
    sectors: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    dropped: dict[str, str] = field(default_factory=dict)
    macro: Macro | None = None
    path: str = ""
    index: IndexMembers | None = None
    void_later: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, 3), dtype=np.int64))
    absent: tuple[str, ...] = ()

    def void_known_by(self, sessions: int) -> BoolArray:
        """Return ``void`` of the first ``sessions`` sessions as it stood at the close of the last of them."""
        void = self.void[:sessions].copy()
        unknown = self.void_later[self.void_later[:, 2] >= sessions]
        unknown = unknown[unknown[:, 0] < sessions]
        void[unknown[:, 0], unknown[:, 1]] = False
        return void

    @cached_property
    def dates(self) -> list[str]:
        """Return the sessions as ISO strings."""
        return [str(day) for day in self.sessions]

    @property
    def facts(self) -> dict[str, Any]:
        """Return what every account of these data begins with: origin, span, size and fingerprint."""
        return {
            "source": self.source,
            "simulated": self.simulated,
            "path": self.path,
            "first": self.dates[0],
            "last": self.dates[-1],
            "tickers": len(self.tickers),
            "sessions": len(self.sessions),
            "rows": self.rows,
            "fingerprint": self.fingerprint,
        }

    @property
    def shape(self) -> tuple[int, int]:
        """Return (n_dates, n_tickers)."""
        return self.close.shape
