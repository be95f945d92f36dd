"""Bars from files that users bring: CSV, Parquet, or a folder of one file a ticker."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from mltrainer.data.columns import SPELLINGS
from mltrainer.data.days import read_days
from mltrainer.data.panel import FloatArray
from mltrainer.data.raw import FIELDS, RawBars
from mltrainer.data.tables import TABLE_SUFFIXES, read_table
from mltrainer.settings.errors import DataError

_TICKER = re.compile(r"\^?[A-Z][A-Z0-9]{0,4}([.\-][A-Z]{1,2})?")
_STOOQ, _COUNTRY = b"<TICKER>", ".US"


class FileSource:
    """One file of many tickers, or a folder of files.

    A file without a ticker column belongs to the ticker of its name (``AAPL.csv``), in a folder always, alone where the
    name is written like a ticker.

    Attributes
    ----------
    columns
        The file's column by our name, once it was read; of a folder, those of its first file.
    files
        How many files were read.
    """

    name = "files"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.columns: dict[str, str] = {}
        self.files = 0

    def read(self) -> RawBars:
        """Return all bars of the file or folder.

        Raises
        ------
        DataError
            Where a file is missing, empty, damaged, or not understood.
        """
        frame = self._read_folder() if self.path.is_dir() else self._read_alone()
        dates = read_days(frame["date"], str(self.path))
        texts = _without_country(frame["ticker"].astype(str).str.strip())
        placed = ~np.isnat(dates) & frame["ticker"].notna().to_numpy() & (texts != "").to_numpy()
        notes = _notes(frame, int((~placed).sum()))
        if not placed.any():
            raise DataError(
                f"{self.path} has no row with a date and a ticker", hint="check the two columns", code="file_empty"
            )
        codes, names = pd.factorize(texts[placed], sort=True)
        columns = {name: _numbers(frame[name], name, self.path)[placed] for name in FIELDS}
        return RawBars(
            dates=dates[placed],
            codes=codes.astype(np.int64),
            tickers=tuple(str(name) for name in names),
            source=self.name,
            simulated=False,
            delay="end of day, as the file has it",
            path=str(self.path),
            notes=notes,
            **columns,
        )

    def _read_alone(self) -> pd.DataFrame:
        stem = _stem(self.path)
        frame = _read_file(self.path, needs_ticker=not _TICKER.fullmatch(stem))
        self.columns, self.files = frame.attrs["columns"], 1
        if "ticker" not in frame:
            frame["ticker"] = stem
        return frame

    def _read_folder(self) -> pd.DataFrame:
        paths = sorted(path for path in self.path.iterdir() if _is_table(path))
        if not paths:
            raise DataError(
                f"{self.path} holds no {', '.join(TABLE_SUFFIXES)} file",
                hint="give a folder of one file a ticker, such as AAPL.csv",
                code="file_missing",
            )
        frames = []
        for path in paths:
            frame = _read_file(path, needs_ticker=False)
            self.columns, self.files = self.columns or frame.attrs["columns"], self.files + 1
            if "ticker" not in frame:
                frame["ticker"] = _stem(path)
            # Files may write their dates in different ways: each is read by itself.
            frame["date"] = read_days(frame["date"], str(path))
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)


def _is_table(path: Path) -> bool:
    """Return whether a file of a folder is to be read: by its name, or by the header of Stooq's text files."""
    if path.name.lower().endswith(TABLE_SUFFIXES):
        return True
    if not path.name.lower().endswith(".txt"):
        return False
    with path.open("rb") as stream:
        return stream.read(len(_STOOQ)) == _STOOQ


def _stem(path: Path) -> str:
    suffix = next((suffix for suffix in TABLE_SUFFIXES if path.name.lower().endswith(suffix)), path.suffix)
    return path.name[: len(path.name) - len(suffix)]


def _without_country(tickers: pd.Series) -> pd.Series:
    """Return ``AAPL`` for ``AAPL.US`` where every ticker is written so, as Stooq does."""
    if not tickers.str.upper().str.endswith(_COUNTRY).all():
        return tickers
    return tickers.str.upper().str.slice(stop=-len(_COUNTRY))


def _read_file(path: Path, needs_ticker: bool) -> pd.DataFrame:
    needed = ("date", "ticker", *FIELDS) if needs_ticker else ("date", *FIELDS)
    return read_table(path, SPELLINGS, needed, texts=("ticker",))


def _numbers(column: pd.Series, name: str, path: Path) -> FloatArray:
    """Return the column as float64; a cell that is not a number becomes NaN and is left to the quality gate."""
    numbers = pd.to_numeric(column, errors="coerce")
    if numbers.isna().all():
        raise DataError(
            f"{path} holds no number in the column for {name}; found {str(column.iloc[0])[:30]!r}",
            hint="write numbers like 45.08, without currency or thousands marks",
            code="not_a_number",
        )
    return numbers.to_numpy(dtype=np.float64, na_value=np.nan)


def _notes(frame: pd.DataFrame, unplaced: int) -> dict[str, str]:
    notes = {}
    if "adj_close" in frame:
        notes["adj_close_unused"] = "prices are taken from the close as it is; the adjusted close is not used"
    if unplaced:
        notes["row_without_key"] = f"{unplaced} rows without a date or a ticker are left out"
    return notes
