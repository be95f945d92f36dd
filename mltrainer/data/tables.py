"""Read one CSV or Parquet file into a frame that has our column names."""

import zlib
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mltrainer.data.columns import recognise
from mltrainer.settings.errors import DataError

_MISSING = ["", "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "-", ".", "#N/A"]
_PARQUET_MAGIC = b"PAR1"
_GZIP_MAGIC = b"\x1f\x8b"
TABLE_SUFFIXES = (".csv", ".csv.gz", ".parquet", ".pq")


def read_table(
    path: Path, spellings: dict[str, tuple[str, ...]], needed: Iterable[str], texts: Iterable[str]
) -> pd.DataFrame:
    """Read a file and give its columns our names; columns that we do not know are not read.

    ``attrs["columns"]`` of the frame has the file's column by our name.

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
    if b"\0" in head and not head.startswith(_GZIP_MAGIC):
        raise _unreadable(path, "it is neither CSV nor Parquet")
    return _read_csv(path, spellings, needed, texts, "gzip" if head.startswith(_GZIP_MAGIC) else None)


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(4096)
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
        columns = recognise(file.schema_arrow.names, spellings, needed, str(path))
        table = file.read(columns=list(columns.values()))
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, f"the Parquet file is damaged ({str(error).splitlines()[0][:80]})") from error
    # Notes of the writer (an index, types of pandas) are of no use here, and may be damaged themselves.
    frame = table.replace_schema_metadata(None).to_pandas().rename(columns=_swapped(columns))
    frame.attrs["columns"] = columns
    return _with_rows(frame, path)


def _read_csv(
    path: Path,
    spellings: dict[str, tuple[str, ...]],
    needed: Iterable[str],
    texts: Iterable[str],
    compression: str | None,
) -> pd.DataFrame:
    options = {"encoding": "utf-8-sig", "compression": compression, "keep_default_na": False}
    try:
        found = pd.read_csv(path, nrows=0, **options).columns
        columns = recognise(found, spellings, needed, str(path))
        as_text = {columns[name]: str for name in texts if name in columns}
        blanks = {column: _MISSING for column in columns.values() if column not in as_text}
        frame = pd.read_csv(path, dtype=as_text, na_values=blanks, low_memory=False, **options)
    except (pd.errors.ParserError, UnicodeDecodeError, EOFError, OSError, zlib.error) as error:
        raise _unreadable(path, str(error).strip().splitlines()[0][:120]) from error
    except pd.errors.EmptyDataError:
        raise DataError(f"{path} is empty", hint="give a CSV or Parquet file with rows", code="file_empty") from None
    # Where every row has more fields than the header, pandas shifts them all: numbers such as 1,824,755 do that.
    if not isinstance(frame.index, pd.RangeIndex):
        raise _unreadable(path, "its rows have more fields than its header")
    frame = frame[list(columns.values())].rename(columns=_swapped(columns))
    frame.attrs["columns"] = columns
    return _with_rows(frame, path)


def _swapped(columns: dict[str, str]) -> dict[str, str]:
    return {theirs: ours for ours, theirs in columns.items()}


def _with_rows(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    if frame.empty:
        raise DataError(f"{path} has a header but no rows", hint="give a file with rows", code="file_empty")
    return frame
