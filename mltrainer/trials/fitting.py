"""One fit: a model on the training rows of a fold, scored on its test rows. Runs in a model worker."""

import resource
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mltrainer.evaluation.uniqueness import average_uniqueness
from mltrainer.models import large
from mltrainer.models.drivers import explain
from mltrainer.models.entry import ModelEntry
from mltrainer.models.persistence import load_model, save_model
from mltrainer.settings.errors import ActionFailed, DataError
from mltrainer.store.cache import touch
from mltrainer.trials.fit_task import LABELS, LENGTHS, RETURNS, UNDEFINED, FitResult, FitTask, Rows, entry_of
from mltrainer.trials.freed import give_back
from mltrainer.trials.matrices import Matrices, open_matrices

Inputs = Callable[[npt.NDArray[np.int64]], Any]
# With fewer labelled rows no model says anything.
FEWEST_ROWS = 100


def run_fit(task: FitTask) -> FitResult:
    """Fit and score; see `_fit`. A process that waits for its next fit holds nothing of the last one."""
    try:
        return _fit(task)
    finally:
        give_back()


def _fit(task: FitTask) -> FitResult:
    """Fit and score.

    Raises
    ------
    DataError
        If the training rows are too few or hold one class only.
    ActionFailed
        If the model fails or gives a score that is not finite.
    """
    started = time.perf_counter()
    entry = entry_of(task.model)
    matrices = open_matrices(Path(task.folder))
    labels = np.load(Path(task.known) / LABELS, mmap_mode="r")[task.fold]
    if entry.inputs == "sequence":
        inputs: Inputs = matrices.windows
    elif entry.inputs == "history":
        inputs = matrices.histories
    else:
        inputs = partial(matrices.tabular, columns=entry.columns)
    train = np.arange(*task.train)
    train = train[labels[task.train[0] : task.train[1]] != UNDEFINED]
    if len(train) < FEWEST_ROWS:
        raise DataError(
            f"{len(train)} labelled rows are too few to train {task.model}: fold {task.fold} needs {FEWEST_ROWS}",
            hint="bring more tickers or a longer history, or choose a shorter horizon",
            code="few_rows",
        )
    event = labels[train].astype(np.float64)
    if event.min() == event.max():
        what = "never happened" if not event.any() else "always happened"
        raise DataError(
            f"the target event {what} in the {len(train)} training rows of fold {task.fold}: {task.model} cannot learn",
            hint="choose another target or horizon, or bring a longer history",
            code="one_class",
        )
    target = event
    if entry.learns_returns:
        returns = np.load(Path(task.known) / RETURNS, mmap_mode="r")[task.fold]
        train = train[np.isfinite(returns[train])]
        target = returns[train]
    beside: dict[str, Any] = {"ahead": task.event.horizon[1], "event": task.event}
    if "dates" in entry.fit_takes:
        beside["dates"] = matrices.date[train]
    if "sample_weight" in entry.fit_takes:
        beside["sample_weight"] = _weights(matrices, train, _lengths(task, train))
    stored = _stored(entry, task)
    estimator = entry.estimator(task.seed, dict(task.params)) if stored is None else stored
    try:
        if stored is None:
            rows = _learned_rows(matrices, entry, inputs, train)
            if entry.threads:
                estimator.n_jobs = task.threads
            estimator.fit(rows, target, **{name: beside[name] for name in entry.fit_takes})
            if entry.threads:
                # Scores of several threads would be added up in any order.
                estimator.n_jobs = 1
        test = _score(estimator, inputs, task.test)
        tail = _score(estimator, inputs, task.tail or (0, 0))
    except MemoryError as error:
        raise ActionFailed(
            f"{task.model} ran out of memory in fold {task.fold}" + (f": {error}" if str(error) else ""),
            hint="try fewer tickers, or fewer workers side by side",
            code="model_failed",
        ) from error
    except (ValueError, RuntimeError) as error:
        raise ActionFailed(f"{task.model} failed in fold {task.fold}: {error}", code="model_failed") from error
    if not (np.isfinite(test).all() and np.isfinite(tail).all()):
        raise ActionFailed(f"{task.model} gave scores that are not finite in fold {task.fold}", code="model_failed")
    if task.store and stored is None:
        save_model(estimator, entry, Path(task.store), _about(task, matrices, train))
    return FitResult(
        test=test,
        tail=tail,
        probability=hasattr(estimator, "predict_proba"),
        train_rows=len(train),
        seconds=time.perf_counter() - started,
        peak_mb=peak_memory_mb(),
        stored=stored is not None,
        device=getattr(estimator, "device_", "cpu"),
        drivers=_drivers(estimator, entry, inputs, task, test),
        quantiles=_quantiles(estimator, entry, inputs, task.test),
    )


def _about(task: FitTask, matrices: Matrices, train: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Return what is told of a kept model: what it was made from, and when."""
    origin = matrices.origin()
    sessions = origin.pop("sessions")
    return origin | {
        "seed": task.seed,
        "params": dict(task.params),
        "rows": len(train),
        "from": sessions[matrices.date[train[0]]],
        "until": sessions[matrices.date[train[-1]]],
        "fitted": datetime.now(UTC).isoformat(timespec="seconds"),
        "fingerprint": Path(task.store).name,
    }


def _learned_rows(matrices: Matrices, entry: ModelEntry, inputs: Inputs, train: npt.NDArray[np.int64]) -> Any:
    """Return what is learned from; boosting keeps histograms, and need not have all rows in memory."""
    width = len(matrices.names)
    if entry.library in ("lightgbm", "xgboost") and not entry.columns and len(train) * width * 4 > large.LARGE:
        return large.LargeRows(matrices.tabular, train, width)
    return inputs(train)


def _lengths(task: FitTask, train: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return how many sessions the label of each row looked at, (n_rows,)."""
    if not task.event.ends_early:
        return np.full(len(train), task.event.horizon[1])
    return np.load(Path(task.known) / LENGTHS, mmap_mode="r")[task.fold][train].astype(np.int64)


def _weights(
    matrices: Matrices, train: npt.NDArray[np.int64], length: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return the average uniqueness of the rows' labels, (n_rows,), scaled to a mean of 1.

    A label that shares its sessions with the labels around it tells less than one that stands alone.
    """
    date, ticker = matrices.date[train], matrices.ticker[train]
    defined = np.zeros((int((date + length).max()) + 1, int(ticker.max()) + 1), dtype=bool)
    defined[date, ticker] = True
    lengths = np.zeros(defined.shape, dtype=np.int64)
    lengths[date, ticker] = length
    weights = average_uniqueness(lengths, defined)[date, ticker]
    return weights / weights.mean()


def _drivers(
    estimator: Any, entry: ModelEntry, inputs: Inputs, task: FitTask, score: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    if not task.explained or entry.inputs != "tabular" or entry.columns:
        return np.empty((0, 0))
    return explain(estimator, entry.library, inputs(np.arange(*task.test)), score)


def _quantiles(estimator: Any, entry: ModelEntry, inputs: Inputs, rows: Rows) -> npt.NDArray[np.float64]:
    if not entry.quantiles:
        return np.empty((0, 2))
    given = np.asarray(estimator.predict_quantiles(inputs(np.arange(*rows))), dtype=np.float64)
    return given[:, [0, -1]]


def _stored(entry: ModelEntry, task: FitTask) -> Any | None:
    """Return the model that an earlier trial fitted on the same rows, None where there is none that can be used."""
    if not task.store or not Path(task.store).is_dir():
        return None
    touch(Path(task.store))
    try:
        return load_model(entry, Path(task.store))
    except ActionFailed:
        # Damaged, or of another version: it is fitted again, as it is where there is none.
        shutil.rmtree(task.store, ignore_errors=True)
        return None


def peak_memory_mb() -> float:
    """Return the most memory that this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _score(estimator: Any, inputs: Inputs, rows: Rows) -> npt.NDArray[np.float64]:
    if rows[0] == rows[1]:
        return np.empty(0)
    part = inputs(np.arange(*rows))
    if hasattr(estimator, "predict_proba"):
        return np.asarray(estimator.predict_proba(part)[:, 1], dtype=np.float64)
    return np.asarray(estimator.decision_function(part), dtype=np.float64)
