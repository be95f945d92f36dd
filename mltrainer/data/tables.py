"""Read one CSV or Parquet file into a frame that has our column names."""

import gzip
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mltrainer.data.columns import SPELLINGS, recognise
from mltrainer.data.dialect import Dialect, dialect_of
from mltrainer.data.wide import from_matrix, from_pairs, from_stacked, is_matrix, is_paired
from mltrainer.settings.errors import DataError

_MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "-", ".", "#N/A"]
_PARQUET_MAGIC = b"PAR1"
_GZIP_MAGIC = b"\x1f\x8b"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HEAD = 1 << 18
TABLE_SUFFIXES = (".csv", ".csv.gz", ".tsv", ".parquet", ".pq")


def read_table(
    path: Path, spellings: dict[str, tuple[str, ...]], needed: Iterable[str], texts: Iterable[str]
) -> pd.DataFrame:
    """Read a file and give its columns our names; columns that we do not know are not read.

    ``attrs["columns"]`` of the frame has the file's column by our name, ``attrs["found"]`` all that the file has,
    ``attrs["dialect"]`` how the file is written where it is not with commas. Bars may come as a matrix of closes, one
    column a ticker: ``attrs["matrix"]`` then has the columns that are no tickers.

    Parameters
    ----------
    path
        A CSV (also gzipped) or Parquet file; its content decides, not its name.
    spellings, needed
        See :func:`mltrainer.data.columns.recognise`.
    texts
        Our names whose cells are text and never a missing value: ``NA`` and ``TRUE`` are tickers.

    Raises
    ------
    DataError
        ``file_missing``, ``file_empty``, ``file_unreadable``, ``columns_missing``.
    """
    head = _first_bytes(path)
    if head.startswith(_PARQUET_MAGIC):
        return _read_parquet(path, spellings, needed)
    if path.suffix in (".parquet", ".pq"):
        raise _unreadable(path, "it is not a Parquet file")
    packed = head.startswith(_GZIP_MAGIC)
    try:
        if packed:
            with gzip.open(path) as stream:
                head = stream.read(_HEAD)
        if head.lstrip()[:1] in (b"[", b"{"):
            raise _unreadable(path, "it is JSON")
        if b"\0" in head and head[:2] not in _UTF16_MARKS:
            raise _unreadable(path, "it is neither CSV nor Parquet")
        return _read_csv(path, spellings, needed, texts, dialect_of(head), "gzip" if packed else None)
    except (pd.errors.ParserError, UnicodeDecodeError, EOFError, OSError, zlib.error) as error:
        raise _unreadable(path, str(error).strip().splitlines()[0][:120]) from error
    except pd.errors.EmptyDataError:
        raise DataError(f"{path} is empty", hint="give a CSV or Parquet file with rows", code="file_empty") from None


def read_matrix(path: Path) -> pd.DataFrame:
    """Read a file of one column a ticker whole; the first column is the date.

    Raises
    ------
    DataError
        Where the file is missing, empty or damaged.
    """
    head = _first_bytes(path)
    try:
        if head.startswith(_PARQUET_MAGIC):
            frame = pq.read_table(path).replace_schema_metadata(None).to_pandas()
        else:
            dialect = dialect_of(head)
            frame = pd.read_csv(path, na_values=_MISSING, **_options(dialect))
    except (pa.ArrowException, pd.errors.ParserError, UnicodeDecodeError, OSError) as error:
        raise _unreadable(path, str(error).strip().splitlines()[0][:120]) from error
    date = next((name for name in frame if str(name).lower() in SPELLINGS["date"]), frame.columns[0])
    return frame[[date, *(name for name in frame if name != date)]]


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except FileNotFoundError:
        raise DataError(
            f"{path} does not exist", hint="check the path after --data or --macro", code="file_missing"
        ) from None
    except OSError as error:
        raise _unreadable(path, error.strerror or "it cannot be opened") from error
    if not head.strip():
        raise DataError(f"{path} is empty", hint="give a CSV or Parquet file with rows", code="file_empty")
    return head


def _unreadable(path: Path, why: str) -> DataError:
    return DataError(f"{path} cannot be read: {why}", hint="give a CSV or Parquet file", code="file_unreadable")


def _read_parquet(path: Path, spellings: dict[str, tuple[str, ...]], needed: Iterable[str]) -> pd.DataFrame:
    try:
        file = pq.ParquetFile(path)
        found = file.schema_arrow.names
        if is_paired(found):
            frame = from_pairs(file.read().replace_schema_metadata(None).to_pandas())
            return _named(frame, recognise(frame.columns, spellings, needed, str(path)), path)
        if "close" in needed and is_matrix(found):
            return _closes(file.read().replace_schema_metadata(None).to_pandas(), path)
        columns = recognise(found, spellings, needed, str(path))
        table = file.read(columns=list(columns.values()))
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, f"the Parquet file is damaged ({str(error).splitlines()[0][:80]})") from error
    # Notes of the writer (an index, types of pandas) are of no use here, and may be damaged themselves.
    return _named(table.replace_schema_metadata(None).to_pandas(), columns, path, found)


def _read_csv(
    path: Path,
    spellings: dict[str, tuple[str, ...]],
    needed: Iterable[str],
    texts: Iterable[str],
    dialect: Dialect,
    compression: str | None,
) -> pd.DataFrame:
    options = _options(dialect) | {"compression": compression}
    if dialect.stacked:
        frame = from_stacked(pd.read_csv(path, header=[0, 1], index_col=0, na_values=_MISSING, **options))
        return _named(frame, recognise(frame.columns, spellings, needed, str(path)), path)
    found = pd.read_csv(path, nrows=0, **options).columns
    matrix = "close" in needed and is_matrix(found)
    columns = {} if matrix else recognise(found, spellings, needed, str(path))
    as_text = {columns[name]: str for name in texts if name in columns}
    if dialect.thousands:
        # 01.06.2017 is no number with marks in it.
        dated = found[0] if matrix else columns["date"]
        options["dtype"] = {dated: str}
    blanks = {column: _MISSING for column in found if column not in as_text}
    options["dtype"] = options.get("dtype", {}) | as_text
    frame = pd.read_csv(path, na_values=blanks, **options)
    # Where every row has more fields than the header, pandas shifts them all: numbers such as 1,824,755 do that.
    if not isinstance(frame.index, pd.RangeIndex):
        raise _unreadable(path, "its rows have more fields than its header")
    named = _closes(frame, path) if matrix else _named(frame, columns, path, found)
    if dialect.separator != ",":
        named.attrs["dialect"] = str(dialect)
    return named


def _options(dialect: Dialect) -> dict[str, Any]:
    """Return what pandas must be told of how a file is written."""
    return {
        "encoding": dialect.encoding,
        "sep": dialect.separator,
        "decimal": dialect.decimal,
        "thousands": dialect.thousands,
        "skiprows": dialect.skipped,
        "keep_default_na": False,
        "low_memory": False,
    }


def _named(
    frame: pd.DataFrame, columns: dict[str, str], path: Path, found: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return the known columns under our names."""
    found = [str(name) for name in (frame.columns if found is None else found)]
    frame = frame[list(columns.values())].rename(columns={theirs: ours for ours, theirs in columns.items()})
    frame.attrs |= {"columns": columns, "found": found}
    return _with_rows(frame, path)


def _closes(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return a matrix of closes in long form."""
    frame, unread = from_matrix(table, str(path))
    columns = {name: name for name in frame}
    frame.attrs |= {"columns": columns, "found": [*frame.columns, *unread], "matrix": unread}
    return _with_rows(frame, path)


def _with_rows(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    if frame.empty:
        raise DataError(f"{path} has a header but no rows", hint="give a file with rows", code="file_empty")
    return frame
