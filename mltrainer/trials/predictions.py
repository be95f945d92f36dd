"""The predictions of a trial as a table: what anyone needs to recompute every metric with other tools."""

import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd

from mltrainer.settings.errors import ActionFailed, UsageError
from mltrainer.trials.confidence import Confidence
from mltrainer.trials.walk import Walk

FILE = "predictions.parquet"


def table(walk: Walk, said: list[Confidence]) -> pd.DataFrame:
    """Return one row for each model and out-of-fold prediction, in order of model, date, ticker."""
    matrices, panel = walk.matrices, walk.panel
    rows = np.arange(walk.first_row, len(matrices.date))
    date = matrices.date[rows]
    starts = np.array([fold.test_start for fold in walk.folds])
    fold = np.searchsorted(starts, date, side="right") - 1
    train_end = np.array([one.train_end for one in walk.folds])[fold]
    names = np.asarray(panel.tickers, dtype=object)
    common = {
        "date": panel.sessions[date].astype("datetime64[ms]"),
        "ticker": names[matrices.ticker[rows]],
        "fold": fold.astype(np.int32),
        "train_end": panel.sessions[train_end].astype("datetime64[ms]"),
        "outcome": walk.final.event[rows],
        "realized_return": walk.final.realized[rows],
    }
    frames = [
        pd.DataFrame(
            common
            | {
                "model": one.model,
                "raw_score": one.score,
                "probability": one.probability,
                "calibrated": one.calibrated,
                "expected_return": one.expected_return,
            }
        )
        for one in said
    ]
    order = [
        "date",
        "ticker",
        "model",
        "fold",
        "train_end",
        "raw_score",
        "probability",
        "calibrated",
        "expected_return",
        "outcome",
        "realized_return",
    ]
    return pd.concat(frames, ignore_index=True)[order]


def digest(predictions: pd.DataFrame) -> str:
    """Return the SHA-256 of the predictions, bit for bit."""
    found = hashlib.sha256()
    for column in predictions.columns:
        values = predictions[column]
        if values.dtype == object or isinstance(values.dtype, pd.StringDtype):
            found.update("\n".join(values.astype(str)).encode())
        else:
            found.update(np.ascontiguousarray(values.to_numpy()).tobytes())
    return f"sha256:{found.hexdigest()}"


def save(predictions: pd.DataFrame, folder: Path) -> None:
    """Write the table into a trial's folder, all or nothing."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = folder / f".{FILE}.{os.getpid()}"
    predictions.to_parquet(work, index=False, compression="zstd")
    os.replace(work, folder / FILE)


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
        raise ActionFailed("this trial has no predictions to export", code="no_predictions")
    predictions = pd.read_parquet(source)
    work = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        if path.suffix == ".parquet":
            predictions.to_parquet(work, index=False)
        elif path.suffix == ".csv":
            predictions.to_csv(work, index=False)
        else:
            raise UsageError(f"predictions cannot be written as {path.name!r}", hint="end the name in .parquet or .csv")
        os.replace(work, path)
    except OSError as error:
        work.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written ({error.strerror or error})") from None
    return len(predictions)
