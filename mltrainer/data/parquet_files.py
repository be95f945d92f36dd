"""Parquet files that are never changed: each is named by its content, and read only where that is still what it was."""

import hashlib
import io
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from mltrainer.settings.errors import DataError


def write_file(folder: Path, kind: str, name: str, frame: pd.DataFrame, basis: str) -> dict[str, Any]:
    """Write a new file and return its entry; it is not valid before the manifest says so.

    Raises
    ------
    DataError
        ``bars_unusable`` where it cannot be written.
    """
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), sink, compression="zstd")
    body = sink.getvalue()
    digest = hashlib.sha256(body).hexdigest()
    file = Path(kind) / f"{quote(name, safe='')}-{digest[:16]}.parquet"
    path = folder / file
    path.parent.mkdir(mode=0o700, exist_ok=True)
    passing = path.with_suffix(f".{os.getpid()}.part")
    try:
        with os.fdopen(os.open(passing, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        passing.replace(path)
    except OSError as error:
        raise DataError(
            f"{path} cannot be written ({error.strerror or error})", hint="free some space", code="bars_unusable"
        ) from None
    days = frame["date"] if len(frame) else pd.Series([pd.Timestamp(basis)])
    return {
        "kind": kind,
        "name": name,
        "file": str(file),
        "sha256": digest,
        "rows": len(frame),
        "first": str(days.min().date()),
        "last": str(days.max().date()),
        "fetched_at": time.time(),
        "basis": basis,
    }


def read_file(folder: Path, row: dict[str, Any]) -> pa.Table:
    """Return what an entry of the manifest stands for.

    Raises
    ------
    DataError
        ``bars_damaged`` where the file is not what was written.
    """
    body = (folder / row["file"]).read_bytes()
    if hashlib.sha256(body).hexdigest() != row["sha256"]:
        raise DataError(
            f"the stored file {folder / row['file']} is not what was written",
            hint=f"move {folder} away and fetch again",
            code="bars_damaged",
        )
    return pq.read_table(pa.BufferReader(body), use_threads=False)
