"""Raw bars: what a source delivers, before anything is judged."""

from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from mltrainer.data.corporate import ListedActions
from mltrainer.data.panel import DateArray, FloatArray, Macro

PRICES = ("open", "high", "low", "close")
FIELDS = (*PRICES, "volume")
BESIDE_CLOSE = ("open", "high", "low")
"""Prices that data have together, or not at all; volume may be absent by itself."""
MARKET = "*"
"""The ticker of faults and notes that concern the whole data."""


@dataclass(frozen=True, eq=False)
class RawBars:
    """Bars in long form, one entry a row, in any order.

    Parameters
    ----------
    dates
        (n_rows,) the day of each bar, ``datetime64[D]``.
    codes
        (n_rows,) position of the bar's ticker in ``tickers``.
    tickers
        Sorted names without repetition.
    open, high, low, close
        (n_rows,) prices in USD, split-adjusted; NaN where the source has none.
    volume
        (n_rows,) shares.
    source, simulated, delay, path
        Provenance, as the panel carries it.
    sectors
        Sector by ticker, where known.
    notes
        What the reader of the data should know, by a stable code.
    macro
        Macro values that came with the bars.
    actions
        Splits and dividends, where the source was asked for them.
    absent
        Which of ``FIELDS`` the source does not have at all; their arrays are NaN, and nothing is put in their place.
    """

    dates: DateArray
    codes: npt.NDArray[np.int64]
    tickers: tuple[str, ...]
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    source: str
    simulated: bool
    delay: str
    path: str = ""
    sectors: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    macro: Macro | None = None
    absent: tuple[str, ...] = ()
    actions: ListedActions | None = None

    def select(self, rows: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> "RawBars":
        """Return the chosen rows, in the order given."""
        columns = {name: getattr(self, name)[rows] for name in ("dates", "codes", *FIELDS)}
        return replace(self, **columns)


class Source(Protocol):
    """Anything that delivers raw bars: files, a simulation, a vendor."""

    name: str

    def read(self) -> RawBars:
        """Return all bars that the source has; raise ``DataError`` where it has none."""
        ...
