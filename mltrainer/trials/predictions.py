"""The predictions of a trial as a table: what anyone needs to recompute every metric with other tools."""

import hashlib
import json
import os
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import compute, csv

from mltrainer.data.panel import FloatArray
from mltrainer.settings.errors import ActionFailed, UsageError

if TYPE_CHECKING:
    # Who only reads the table waits for no calibration library.
    from mltrainer.trials.confidence import Confidence
    from mltrainer.trials.walk import Walk

FILE = "predictions.parquet"
SIMULATED = "SIMULATED"
TYPES = {
    "date": pa.timestamp("ms"),
    "ticker": pa.string(),
    "model": pa.string(),
    "fold": pa.int32(),
    "train_end": pa.timestamp("ms"),
    "raw_score": pa.float64(),
    "probability": pa.float64(),
    "calibrated": pa.bool_(),
    "expected_return": pa.float64(),
    "outcome": pa.float64(),
    "realized_return": pa.float64(),
}
COLUMNS = list(TYPES)
ROWS_AT_ONCE = 1024**2


def tables(walk: "Walk", said: "list[Confidence]") -> Iterator[pa.Table]:
    """Yield for each model one row for each out-of-fold prediction, in order of date, ticker, some rows at a time."""
    for one in said:
        for first in range(walk.first_row, walk.stop_row, ROWS_AT_ONCE):
            yield _table(walk, one, slice(first, min(first + ROWS_AT_ONCE, walk.stop_row)))


def _table(walk: "Walk", said: "Confidence", rows: slice) -> pa.Table:
    """Return what a model said about some rows of the matrix."""
    matrices, panel = walk.matrices, walk.panel
    date, own = matrices.date[rows], slice(rows.start - walk.first_row, rows.stop - walk.first_row)
    starts = np.array([fold.test_start for fold in walk.folds])
    fold = np.searchsorted(starts, date, side="right") - 1
    train_end = np.array([one.train_end for one in walk.folds])[fold]
    # Names as codes into a list: a million strings would cost more than all the figures.
    tickers = pa.DictionaryArray.from_arrays(matrices.ticker[rows], pa.array(panel.tickers)).cast(pa.string())
    columns = {
        "date": pa.array(panel.sessions[date].astype("datetime64[ms]")),
        "ticker": tickers,
        "model": pa.repeat(said.model, len(date)),
        "fold": pa.array(fold.astype(np.int32)),
        "train_end": pa.array(panel.sessions[train_end].astype("datetime64[ms]")),
        "raw_score": _column(said.score[own]),
        "probability": _column(said.probability[own]),
        "calibrated": pa.array(said.calibrated[own]),
        "expected_return": _column(said.expected_return[own]),
        "outcome": _column(walk.final.event[rows]),
        "realized_return": _column(walk.final.realized[rows]),
    }
    mark = SIMULATED if panel.simulated else panel.source
    return pa.table(columns).replace_schema_metadata({"data": mark})


def _column(values: FloatArray) -> pa.Array:
    """Return the values with NaN as empty."""
    return pa.array(values, from_pandas=True)


def digest(path: Path) -> str:
    """Return the SHA-256 of stored predictions, bit for bit, column after column."""
    found = hashlib.sha256()
    for name in COLUMNS:
        names = None
        if pa.types.is_string(TYPES[name]):
            names = pa.array(dict.fromkeys(text for part in _parts(path, name) for text in part.unique().to_pylist()))
            found.update(json.dumps(names.to_pylist()).encode())
        for part in _parts(path, name):
            values = part if names is None else compute.index_in(part, names)
            found.update(np.ascontiguousarray(values.to_numpy(zero_copy_only=False)).tobytes())
    return f"sha256:{found.hexdigest()}"


def _parts(path: Path, name: str) -> Iterator[pa.Array]:
    """Yield a column some rows at a time."""
    with pq.ParquetFile(path) as file:
        for part in file.iter_batches(ROWS_AT_ONCE, columns=[name]):
            yield part[name].cast(TYPES[name])


def store(walk: "Walk", said: "list[Confidence]", folder: Path) -> str:
    """Write what models said into a trial's folder, one model after the other, and return the digest of it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = folder / f".{FILE}.{os.getpid()}"
    parts = tables(walk, said)
    first = next(parts)
    # Numbers that hardly repeat make dictionaries that are thrown away again.
    repeated = ["date", "ticker", "model", "train_end"]
    with pq.ParquetWriter(work, first.schema, compression="zstd", use_dictionary=repeated) as file:
        for part in chain([first], parts):
            file.write_table(part)
    os.replace(work, folder / FILE)
    return digest(folder / FILE)


def export(folder: Path, path: Path) -> int:
    """Copy the predictions of a trial to a Parquet or CSV file and return the number of rows.

    Raises
    ------
    ActionFailed
        If the trial has none.
    UsageError
        If the file has another ending or cannot be written.
    """
    source = folder / FILE
    if not source.is_file():
        raise ActionFailed(
            "this trial has no predictions to export",
            hint="a .json or .html file takes its result; or name another trial",
            code="no_predictions",
        )
    predictions = pq.read_table(source)
    work = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.suffix == ".parquet":
            pq.write_table(predictions, work)
        elif path.suffix == ".csv":
            # A CSV file has no place for the mark that Parquet carries in its schema.
            mark = (predictions.schema.metadata or {}).get(b"data", b"").decode()
            marked = predictions.append_column("data", pa.repeat(mark, predictions.num_rows))
            csv.write_csv(marked if mark == SIMULATED else predictions, work)
        else:
            raise UsageError(f"predictions cannot be written as {path.name!r}", hint="end the name in .parquet or .csv")
        os.replace(work, path)
    except OSError as error:
        work.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written ({error.strerror or error})") from None
    return int(predictions.num_rows)
