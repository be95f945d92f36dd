"""Bars and macro series as Parquet files, one a ticker or series, valid at every moment."""

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from mltrainer.data.calendar import sessions_between
from mltrainer.data.corporate import Action, as_frame, from_frame
from mltrainer.data.manifest import Manifest, set_asked, set_fact, set_file
from mltrainer.data.panel import DateArray
from mltrainer.data.parquet_files import read_file, write_file
from mltrainer.data.spans import Span, joined
from mltrainer.settings.errors import DataError, TemporaryError

DAILY, DAY, MACRO, ACTION = "daily", "day", "macro", "action"
COLUMNS = ("open", "high", "low", "close", "volume")
_Read = TypeVar("_Read")
FOLD_DAYS = 20
"""Days of the whole market are kept as one file a day until so many are there."""


class BarStore:
    """What was fetched, under one folder that belongs to the user alone.

    A ticker is one file, so that a panel costs what its own tickers cost. An update of one session for all tickers is
    one file as well; some weeks of them are folded into the tickers' files at a time. Files are never changed: a new
    one is written and replaces the old one in the manifest.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = Manifest(folder)

    def close(self) -> None:
        """Close the manifest."""
        self.manifest.close()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the store for one fetch; reading needs no lock.

        Raises
        ------
        TemporaryError
            If another process is fetching.
        """
        with os.fdopen(os.open(self.folder / "fetch.lock", os.O_CREAT | os.O_RDWR, 0o600), "w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise TemporaryError(
                    f"another process is fetching into {self.folder}", hint="try again when it is done", code="busy"
                ) from None
            self._remove_invalid()
            yield

    def put(self, ticker: str, bars: pd.DataFrame, asked: Span, *, basis: str, replace: bool = False) -> None:
        """Add bars of one ticker, and that this span was asked for.

        Parameters
        ----------
        bars
            ``date`` (datetime64), then open, high, low, close, volume; may be empty.
        asked
            The span that the bars answer.
        basis
            The day (ISO) as of which they are split-adjusted.
        replace
            True where they take the place of all that was there, because a split changed every price.
        """
        old = self.manifest.files(DAILY, [ticker])
        spans = [asked]
        if old and not replace:
            bars = pd.concat([self._bars_of(old[0]), bars], ignore_index=True)
            basis = min(basis, old[0]["basis"])
        if not replace:
            spans += self.manifest.asked(DAILY, [ticker]).get(ticker, [])
        bars = bars.drop_duplicates("date", keep="last").sort_values("date")
        fields = write_file(self.folder, DAILY, ticker, bars, basis) if len(bars) else None
        with self.manifest.change() as database:
            if fields:
                set_file(database, **fields)
            set_asked(database, DAILY, ticker, joined(spans, _sessions(spans)))

    def put_day(self, day: str, bars: pd.DataFrame, tickers: Sequence[str], *, basis: str) -> None:
        """Add one session of many tickers (``ticker`` and the columns of ``put``), and that all of them were asked."""
        fields = write_file(self.folder, DAY, day, bars.sort_values("ticker"), basis)
        asked = self.manifest.asked(DAILY, tickers)
        spans = {ticker: [*asked.get(ticker, []), (day, day)] for ticker in tickers}
        sessions = _sessions([span for own in spans.values() for span in own])
        with self.manifest.change() as database:
            set_file(database, **fields)
            for ticker, own in spans.items():
                set_asked(database, DAILY, ticker, joined(own, sessions))

    def fold(self) -> None:
        """Move single sessions into the tickers' files once there are many."""
        days = self.manifest.files(DAY)
        if len(days) < FOLD_DAYS:
            return
        recent = self._recent(days)
        for ticker, own in recent.groupby("ticker"):
            old = self.manifest.files(DAILY, [ticker])
            parts = [self._bars_of(old[0]), own] if old else [own]
            newer = own["fetched_at"] > old[0]["fetched_at"] if old else np.ones(len(own), dtype=bool)
            parts[-1] = own[newer][["date", *COLUMNS]]
            bars = pd.concat(parts, ignore_index=True).drop_duplicates("date", keep="last").sort_values("date")
            basis = min([own["basis"].min(), *(row["basis"] for row in old)])
            with self.manifest.change() as database:
                set_file(database, **write_file(self.folder, DAILY, str(ticker), bars, basis))
        with self.manifest.change() as database:
            database.executemany("DELETE FROM files WHERE kind = ? AND name = ?", [(DAY, row["name"]) for row in days])

    def put_macro(self, series: str, values: pd.DataFrame, asked: Span) -> None:
        """Replace the values of one series: ``date``, ``value`` and ``published`` (NaT where unknown)."""
        spans = [asked, *self.manifest.asked(MACRO, [series]).get(series, [])]
        fields = write_file(self.folder, MACRO, series, values.sort_values(["date", "published"]), asked[1])
        with self.manifest.change() as database:
            set_file(database, **fields)
            set_asked(database, MACRO, series, joined(spans, _days(spans)))

    def put_actions(self, ticker: str, actions: Sequence[Action], asked: Span) -> None:
        """Replace the splits and dividends of a ticker within a span by what the vendor lists there now."""
        kept = [one for one in self.actions([ticker]) if not asked[0] <= one.day <= asked[1]]
        spans = [asked, *self.manifest.asked(ACTION, [ticker]).get(ticker, [])]
        frame = as_frame([*kept, *actions]).sort_values(["date", "kind", "value"])
        fields = write_file(self.folder, ACTION, ticker, frame, asked[1]) if len(frame) else None
        with self.manifest.change() as database:
            database.execute("DELETE FROM files WHERE kind = ? AND name = ?", (ACTION, ticker))
            if fields:
                set_file(database, **fields)
            set_asked(database, ACTION, ticker, joined(spans, _days(spans)))

    def actions(self, tickers: Iterable[str] | None = None) -> list[Action]:
        """Return the splits and dividends, by ticker and in the order of time; of these tickers only, where given."""
        found: list[list[Action]] = self._while_files_move(
            lambda: [from_frame(row["name"], self._load(row)) for row in self.manifest.files(ACTION, tickers)]
        )
        return [one for own in found for one in own]

    def set_fact(self, name: str, value: str) -> None:
        """Keep a fact about the store."""
        with self.manifest.change() as database:
            set_fact(database, name, value)

    def read(self, tickers: Iterable[str] | None = None) -> pd.DataFrame:
        """Return the bars, ``ticker`` (a category), ``date`` and the columns of ``put``; of these tickers only.

        Raises
        ------
        DataError
            ``bars_damaged`` where a file is not what was written.
        """
        wanted = None if tickers is None else set(tickers)
        return self._while_files_move(lambda: self._read(wanted))

    def tickers(self) -> list[str]:
        """Return the tickers that have bars, sorted."""
        days = self.manifest.files(DAY)
        recent = set(self._recent(days)["ticker"]) if days else set()
        return sorted(recent | {row["name"] for row in self.manifest.files(DAILY)})

    def macro(self, series: Iterable[str] | None = None) -> pd.DataFrame:
        """Return macro values: ``series_id`` and the columns of ``put_macro``; empty where there are none."""

        def read() -> pd.DataFrame:
            parts = [self._load(row).assign(series_id=row["name"]) for row in self.manifest.files(MACRO, series)]
            columns = ["series_id", "date", "value", "published"]
            return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)

        return self._while_files_move(read)

    def _read(self, wanted: set[str] | None) -> pd.DataFrame:
        files, days = self.manifest.files(DAILY, wanted), self.manifest.files(DAY)
        tables = [read_file(self.folder, row).select(["date", *COLUMNS]) for row in files]
        lengths = [len(table) for table in tables]
        recent = self._recent(days) if days else pd.DataFrame({"ticker": []})
        recent = recent if wanted is None else recent[recent["ticker"].isin(wanted)]
        if not tables and recent.empty:
            return pd.DataFrame(columns=["ticker", "date", *COLUMNS]).astype({"date": "datetime64[s]"})
        # Numbers for names: millions of strings would take longer than the bars.
        names = pd.CategoricalDtype(sorted({*(row["name"] for row in files), *recent["ticker"]}))
        parts = [recent.astype({"ticker": names})] if days else []
        if tables:
            bars = pa.concat_tables(tables, promote_options="permissive").to_pandas()
            which = names.categories.get_indexer([row["name"] for row in files])
            bars["ticker"] = pd.Categorical.from_codes(np.repeat(which, lengths), dtype=names)
            bars["fetched_at"] = np.repeat([row["fetched_at"] for row in files], lengths)
            parts.insert(0, bars)
        bars = pd.concat(parts, ignore_index=True)
        if days:
            bars = bars.sort_values("fetched_at", kind="stable").drop_duplicates(["ticker", "date"], keep="last")
            bars = bars.sort_values(["ticker", "date"], ignore_index=True)
        return bars[["ticker", "date", *COLUMNS]]

    def _recent(self, days: list[dict[str, Any]]) -> pd.DataFrame:
        parts = [self._load(row).assign(fetched_at=row["fetched_at"], basis=row["basis"]) for row in days]
        return pd.concat(parts, ignore_index=True)

    def _bars_of(self, row: dict[str, Any]) -> pd.DataFrame:
        return self._load(row)[["date", *COLUMNS]]

    def _load(self, row: dict[str, Any]) -> pd.DataFrame:
        return read_file(self.folder, row).to_pandas()

    def _while_files_move(self, read: Callable[[], _Read]) -> _Read:
        """Read again where another process replaced a file between the manifest and the reading."""
        for _ in range(3):
            try:
                return read()
            except FileNotFoundError:
                continue
        raise DataError(
            f"files of the bar store {self.folder} are missing",
            hint=f"move {self.folder} away and fetch again",
            code="bars_damaged",
        )

    def _remove_invalid(self) -> None:
        """Remove what was replaced, or written by somebody who was killed before it became valid."""
        for kind in (DAILY, DAY, MACRO, ACTION):
            valid = {row["file"] for row in self.manifest.files(kind)}
            folder = self.folder / kind
            for path in folder.iterdir() if folder.is_dir() else ():
                if str(path.relative_to(self.folder)) not in valid:
                    path.unlink(missing_ok=True)


def _sessions(spans: Sequence[Span]) -> DateArray:
    return sessions_between(
        np.datetime64(min(first for first, _ in spans)), np.datetime64(max(last for _, last in spans))
    )


def _days(spans: Sequence[Span]) -> DateArray:
    first, last = min(first for first, _ in spans), max(last for _, last in spans)
    return np.arange(np.datetime64(first), np.datetime64(last) + 1)
