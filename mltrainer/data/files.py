"""Bars from files that users bring: CSV, Parquet, or a folder of one file a ticker."""

import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mltrainer.data.columns import SPELLINGS, columns_missing
from mltrainer.data.days import read_days
from mltrainer.data.numbers import read_numbers
from mltrainer.data.panel import FloatArray
from mltrainer.data.raw import BESIDE_CLOSE, FIELDS, RawBars
from mltrainer.data.tables import TABLE_SUFFIXES, read_matrix, read_table
from mltrainer.data.wide import from_matrices
from mltrainer.settings.errors import DataError

_TICKER = re.compile(r"\^?[A-Z][A-Z0-9]{0,4}([.\-][A-Z]{1,2})?")
_COUNTRY = ".US"
# What vendors put around the ticker in the names of their files.
_AROUND_TICKER = re.compile(r"^HistoricalData[_-]|_us_d$| Historical Data$", re.IGNORECASE)
# Yahoo's page has such rows among the bars.
_TOLD = r"(?i)dividend|split"
_BAR_HEADERS = (b"<ticker>", b"date,")
ADJUSTED_NOTE = (
    "prices are the close as it is traded, adjusted for splits alone where the file is; the adjusted close, from which "
    "dividends are taken off, is not used: targets and stops must be prices that trade"
)


class FileSource:
    """One file of many tickers, or a folder of files.

    A file without a ticker column belongs to the ticker of its name (``AAPL.csv``), in a folder always, alone where the
    name is written like a ticker. A zip archive is read as the folder or the file that it holds. A folder may also hold
    five matrices of days by tickers: ``open.csv``, ``high.csv``, ``low.csv``, ``close.csv``, ``volume.csv``.

    The close is all that must be there. Volume, and open, high and low together, may be absent, from all files alike.

    Attributes
    ----------
    columns
        The file's column by our name, once it was read; of a folder, those of its first file.
    files
        How many files were read.
    matrix
        Whether a file was a matrix of closes.
    """

    name = "files"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.columns: dict[str, str] = {}
        self.files = 0
        self.matrix = False
        self._notes: dict[str, str] = {}

    def read(self) -> RawBars:
        """Return all bars of the file or folder.

        Raises
        ------
        DataError
            Where a file is missing, empty, damaged, or not understood.
        """
        with _unpacked(self.path) as path:
            frame = self._read_folder(path) if path.is_dir() else self._read_alone(path)
        frame = self._bars_alone(frame)
        dates = frame["date"].to_numpy().astype("datetime64[D]")
        texts = _without_country(frame["ticker"].astype(str).str.strip())
        placed = ~np.isnat(dates) & frame["ticker"].notna().to_numpy() & (texts != "").to_numpy()
        if "adj_close" in frame:
            self._notes["adj_close_unused"] = ADJUSTED_NOTE
        if not placed.all():
            self._notes["row_without_key"] = f"{int((~placed).sum())} rows without a date or a ticker are left out"
        if not placed.any():
            raise DataError(
                f"{self.path} has no row with a date and a ticker", hint="check the two columns", code="file_empty"
            )
        codes, names = pd.factorize(texts[placed], sort=True)
        absent = tuple(name for name in FIELDS if name not in frame)
        nothing = np.full(int(placed.sum()), np.nan)
        columns: dict[str, Any] = {
            name: nothing if name in absent else self._numbers(frame[name], name)[placed] for name in FIELDS
        }
        return RawBars(
            dates=dates[placed],
            codes=codes.astype(np.int64),
            tickers=tuple(str(name) for name in names),
            source=self.name,
            simulated=False,
            delay="end of day, as the file has it",
            path=str(self.path),
            notes=self._notes,
            absent=absent,
            **columns,
        )

    def _bars_alone(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Leave out rows that tell of a dividend or a split in place of prices."""
        if "open" not in frame or frame["open"].dtype.kind in "fiu":
            return frame
        told = frame["open"].astype(str).str.contains(_TOLD, na=False)
        if told.any():
            self._notes["rows_without_bars"] = f"{int(told.sum())} rows tell of dividends and splits, and are left out"
        return frame[~told]

    def _numbers(self, column: pd.Series, name: str) -> FloatArray:
        numbers, marked = read_numbers(column, name, str(self.path))
        if marked:
            self._notes["number_marks"] = "currency signs, thousands marks and sizes such as M are read as people do"
        return numbers

    def _read_alone(self, path: Path) -> pd.DataFrame:
        stem = _ticker_of(path, in_folder=False)
        frame = self._table(path, needs_ticker=not _TICKER.fullmatch(stem))
        frame["date"] = read_days(frame["date"], str(path))
        if "ticker" not in frame:
            frame["ticker"] = stem
        return frame

    def _read_folder(self, folder: Path) -> pd.DataFrame:
        paths = sorted(path for path in folder.iterdir() if _is_table(path))
        stems = {_stem(path).lower() for path in paths}
        if "close" in stems and stems <= set(FIELDS):
            return self._read_matrices(paths)
        if not paths:
            raise DataError(
                f"{self.path} holds no {', '.join(TABLE_SUFFIXES)} file",
                hint="give a folder of one file a ticker, such as AAPL.csv",
                code="file_missing",
            )
        frames: list[pd.DataFrame] = []
        for path in paths:
            frame = self._table(path, needs_ticker=False)
            if "ticker" not in frame:
                frame["ticker"] = _ticker_of(path, in_folder=True)
            # Files may write their dates in different ways: each is read by itself.
            frame["date"] = read_days(frame["date"], str(path))
            if lacking := set(FIELDS) & (set(frame) ^ set(frames[0] if frames else frame)):
                raise DataError(
                    f"{path} and {paths[0].name} differ in whether they have {', '.join(sorted(lacking))}",
                    hint="files of one folder have the same columns: keep those with closes alone in another folder",
                    code="columns_differ",
                )
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    def _read_matrices(self, paths: list[Path]) -> pd.DataFrame:
        frame = from_matrices({_stem(path).lower(): read_matrix(path) for path in paths})
        self._check_prices(frame, str(self.path), list(frame))
        self.files, self.columns = len(paths), {}
        frame = frame.rename(columns={"Date": "date", "Ticker": "ticker"})
        frame["date"] = read_days(frame["date"], str(self.path))
        return frame

    def _table(self, path: Path, needs_ticker: bool) -> pd.DataFrame:
        needed = ("date", "ticker", "close") if needs_ticker else ("date", "close")
        frame = read_table(path, SPELLINGS, needed, texts=("ticker",))
        self._check_prices(frame, str(path), frame.attrs["found"])
        if "matrix" in frame.attrs:
            self.matrix = True
            self._notes["matrix_of_closes"] = "a column a ticker, whose values are taken as closes"
        self.columns, self.files = self.columns or frame.attrs["columns"], self.files + 1
        if "dialect" in frame.attrs:
            self._notes["file_dialect"] = frame.attrs["dialect"]
        return frame

    def _check_prices(self, frame: pd.DataFrame, where: str, found: list[str]) -> None:
        """Refuse bars of which only some prices are there, and note what absent columns may have been called."""
        lacking = [name for name in BESIDE_CLOSE if name not in frame]
        if 0 < len(lacking) < len(BESIDE_CLOSE):
            hint = "needed are date, ticker, open, high, low, close, volume; without volume, or with closes alone, "
            raise columns_missing(where, lacking, found, hint + "the data can be used too")
        read = set(frame.attrs.get("columns", {}).values()) | set(frame)
        unread = [name for name in found if name not in read]
        if unread and not set(FIELDS) <= set(frame):
            named = ", ".join(repr(name[:30]) for name in unread[:8]) + (", ..." if len(unread) > 8 else "")
            self._notes["columns_unread"] = f"columns that are not understood: {named}"


@contextmanager
def _unpacked(path: Path) -> Iterator[Path]:
    """Give the folder or the one file that a zip archive holds, and anything else as it is."""
    if not path.is_file() or not zipfile.is_zipfile(path) or path.suffix.lower() in (".parquet", ".pq"):
        yield path
        return
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory(prefix="mltrainer-") as folder:
            names = [one for one in archive.infolist() if one.filename.lower().endswith((*TABLE_SUFFIXES, ".txt"))]
            held = [one for one in names if not one.filename.startswith("__MACOSX")]
            if not held:
                raise DataError(
                    f"{path} holds no {', '.join(TABLE_SUFFIXES)} file",
                    hint="of a workbook, save the sheet as CSV",
                    code="file_missing",
                )
            for one in held:
                # The name alone: no path within an archive leads out of the folder.
                with archive.open(one) as packed, (Path(folder) / Path(one.filename).name).open("wb") as plain:
                    shutil.copyfileobj(packed, plain)
            try:
                yield Path(folder) / Path(held[0].filename).name if len(held) == 1 else Path(folder)
            except DataError as error:
                named = error.message.replace(folder, str(path))
                raise DataError(named, hint=error.hint, code=error.code) from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
        raise DataError(
            f"{path} cannot be unpacked ({str(error)[:80]})",
            hint="unpack it, and name the folder",
            code="file_unreadable",
        ) from None


def _is_table(path: Path) -> bool:
    """Return whether a file of a folder is to be read: by its name, or a text file by the header of vendors' bars."""
    if path.name.lower().endswith(TABLE_SUFFIXES):
        return True
    if not path.name.lower().endswith(".txt"):
        return False
    with path.open("rb") as stream:
        return stream.read(16).lower().startswith(_BAR_HEADERS)


def _stem(path: Path) -> str:
    suffix = next((suffix for suffix in TABLE_SUFFIXES if path.name.lower().endswith(suffix)), path.suffix)
    return path.name[: len(path.name) - len(suffix)]


def _ticker_of(path: Path, *, in_folder: bool) -> str:
    """Return the ticker that a file is named by; a name that holds none comes back as it is."""
    stem = _stem(path)
    plain = _AROUND_TICKER.sub("", stem)
    # A lone bars.csv is no ticker; aapl_us_d.csv is.
    plain = plain.upper() if plain.islower() and (plain != stem or in_folder) else plain
    return plain if _TICKER.fullmatch(plain) else stem


def _without_country(tickers: pd.Series) -> pd.Series:
    """Return ``AAPL`` for ``AAPL.US`` where every ticker is written so, as Stooq does."""
    if not tickers.str.upper().str.endswith(_COUNTRY).all():
        return tickers
    return tickers.str.upper().str.slice(stop=-len(_COUNTRY))
