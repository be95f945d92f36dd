"""What statistical models look at: the daily returns of a ticker up to the session of a row."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from mltrainer.settings.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class Histories:
    """The past of many rows. Indexing with rows gives the past of some of them; no return is copied.

    Parameters
    ----------
    returns
        Daily log returns (n_dates, n_tickers), NaN where there is none. A model may use those up to a row's session.
    member
        True where the ticker belongs to the universe on that date, (n_dates, n_tickers).
    date_index, ticker_index
        Where each row stands, (n_rows,).
    """

    returns: FloatArray
    member: npt.NDArray[np.bool_]
    date_index: npt.NDArray[np.int32]
    ticker_index: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.date_index)

    def __getitem__(self, rows: Any) -> "Histories":
        return replace(self, date_index=self.date_index[rows], ticker_index=self.ticker_index[rows])

    @cached_property
    def past(self) -> "Past":
        """Return everything up to the last session of the rows."""
        stop = int(self.date_index.max()) + 1 if len(self) else 0
        return Past(self.returns[:stop], self.member[:stop])

    def of_rows(self, cells: FloatArray) -> FloatArray:
        """Return the values (n_rows,) of the rows from cells (n_dates, n_tickers)."""
        return cells[self.date_index, self.ticker_index]


@dataclass(frozen=True, eq=False)
class Past:
    """Daily log returns and membership up to some session, (n_dates, n_tickers) both."""

    returns: FloatArray
    member: npt.NDArray[np.bool_]

    @cached_property
    def relative(self) -> FloatArray:
        """Return the returns beyond the mean of the day's members."""
        among = self.member & np.isfinite(self.returns)
        count = among.sum(axis=1, keepdims=True)
        # One after the other: a pairwise sum would round differently when a ticker lists later and adds a column.
        total = np.add.accumulate(np.where(among, self.returns, 0.0), axis=1)[:, -1:]
        return self.returns - total / np.maximum(count, 1)
