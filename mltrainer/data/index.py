"""Which tickers were in the index on which day, from a file of membership intervals."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mltrainer.data.days import read_days
from mltrainer.data.listed import company
from mltrainer.data.panel import BoolArray, DateArray, IndexMembers
from mltrainer.data.tables import read_table
from mltrainer.settings.errors import DataError

SPELLINGS: dict[str, tuple[str, ...]] = {
    "ticker": ("ticker", "symbol"),
    "start_date": ("startdate", "start", "from", "added", "dateadded"),
    "end_date": ("enddate", "end", "to", "until", "removed", "dateremoved"),
}


@dataclass(frozen=True, eq=False)
class Intervals:
    """Half-open intervals: a member on day d if start <= d, and no end (NaT) or end > d."""

    tickers: tuple[str, ...]
    start: DateArray
    end: DateArray


def read_intervals(path: Path) -> Intervals:
    """Read ``ticker, start_date, end_date`` from a CSV or Parquet file.

    Raises
    ------
    DataError
        Where the file is missing or not understood, or an interval ends before it starts.
    """
    frame = read_table(path, SPELLINGS, tuple(SPELLINGS), texts=("ticker",))
    start, end = (read_days(frame[name], str(path)) for name in ("start_date", "end_date"))
    tickers = tuple(frame["ticker"].astype(str).str.strip())
    wrong = np.flatnonzero(np.isnat(start) | (~np.isnat(end) & (end <= start)))
    if len(wrong):
        row = int(wrong[0])
        raise DataError(
            f"{path}: the membership of {tickers[row]} from {start[row]} to {end[row]} is no interval",
            hint="write ticker, start_date, and as end_date the first day after the membership, or nothing",
            code="membership_unreadable",
        )
    return Intervals(tickers, start, end)


def index_members(intervals: Intervals, sessions: DateArray, tickers: tuple[str, ...], bars: BoolArray) -> IndexMembers:
    """Return who of the tickers was in the index on each session.

    A company that changed its ticker is found under either. A symbol that another company uses again is told apart by
    the days of the intervals.

    Parameters
    ----------
    sessions, tickers
        Rows and columns.
    bars
        (n_sessions, n_tickers) True where a bar is there.
    """
    first = [str(sessions[row]) for row in bars.argmax(axis=0)]
    columns: dict[str, list[int]] = {}
    for column, (ticker, day) in enumerate(zip(tickers, first, strict=True)):
        for name in {company(ticker, day), company(ticker, "9999")}:
            columns.setdefault(name, []).append(column)
    member = np.zeros(bars.shape, dtype=bool)
    ever: dict[str, bool] = {}
    for ticker, start, end in zip(intervals.tickers, intervals.start, intervals.end, strict=True):
        inside = (sessions >= start) & (np.isnat(end) | (sessions < end))
        if not inside.any():
            continue
        # The file may name a company as it was called then, or as it is called now.
        names = {company(ticker, str(start)), company(ticker, "9999")}
        found = sorted({column for name in names for column in columns.get(name, [])})
        for column in found:
            member[:, column] |= inside
        ever[ticker] = ever.get(ticker, False) or bool(bars[np.ix_(inside, found)].any())
    return IndexMembers(member, len(ever), tuple(sorted(ticker for ticker, seen in ever.items() if not seen)))
