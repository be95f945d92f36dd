"""The part of the leak certificate that fits: scores must not change with what comes after them."""

import hashlib
import json
from dataclasses import astuple, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mltrainer.settings.errors import MltrainerError
from mltrainer.trials.confidence import Confidence
from mltrainer.trials.engine import content_key, run_fits
from mltrainer.trials.fit_task import UNDEFINED, FitTask
from mltrainer.trials.job import Job
from mltrainer.trials.labels import as_training_labels, returns_to_learn
from mltrainer.trials.scoring import fit_tasks, write_known
from mltrainer.trials.versions import code_version
from mltrainer.trials.walk import Walk


class Refit(NamedTuple):
    """The fits of one block of each model, with the later half of its test sessions poisoned.

    Parameters
    ----------
    tasks
        With the keys of all that they depend on.
    before
        Which of the out-of-fold rows are of the sessions before.
    """

    tasks: list[tuple[FitTask, str]]
    before: slice

    def key(self, said: dict[str, Confidence]) -> str:
        """Return the key of what comes of it."""
        scores = [said[task.model].score[self.before].tobytes() for task, _ in self.tasks]
        return content_key("refit", *(key for _, key in self.tasks), *scores)


def refit_of(walk: Walk, models: list[str], scratch: Path, block: int = 0) -> Refit:
    """Return the fits of a block of the models, with another future for its later half; the first is the cheapest."""
    fold = walk.blocks[block].fold
    first, stop = walk.rows(fold.test_start, fold.test_stop - 1)
    middle = walk.matrices.rows_before((fold.test_start + fold.test_stop) // 2)
    folder = scratch / f"poisoned-{block}"
    folder.mkdir()
    _write_rows(walk, folder, middle, stop)
    _write_known(walk, folder, middle, stop, block)
    written = []
    for path in sorted(folder.iterdir()):
        with path.open("rb") as file:
            written.append(hashlib.file_digest(file, "sha256").digest())
    tasks: list[tuple[FitTask, str]] = []
    for name in models:
        task = fit_tasks(walk, name, folder)[block]
        about = [task.model, task.params, task.seed, task.train, task.tail, task.test, astuple(task.event)]
        key = content_key("poisoned", json.dumps(about), code_version(), *written)
        tasks.append((replace(task, folder=str(folder), fold=0), key))
    return Refit(tasks, slice(first - walk.first_row, middle - walk.first_row))


def changed_by_the_future(job: Job, said: dict[str, Confidence], refit: Refit) -> dict[str, str]:
    """Fit again and compare the scores of the sessions before the poisoned ones.

    A scaler, an imputer or an early stop that looks at test rows gives itself away: the scores of the sessions before
    change with those behind them.

    Returns
    -------
    dict
        Why, by model, for those whose scores changed or could not be had.
    """
    failed: dict[str, str] = {}

    def note(task: FitTask, error: MltrainerError) -> None:
        failed[task.model] = f"{task.model} could not be fitted again: {error.message}"

    cache = job.cache / "fits"
    results = run_fits(
        refit.tasks, engine=job.engine, cache=cache, fresh=job.fresh, on_done=lambda *_: None, on_failure=note
    )
    for task, found in results.items():
        before = said[task.model].score[refit.before]
        now = found.test[: len(before)]
        if not np.allclose(before, now, rtol=1e-6, atol=1e-9):
            failed[task.model] = f"{task.model}: its scores change by up to {np.abs(before - now).max():.3g}"
    return failed


def _write_rows(walk: Walk, folder: Path, middle: int, stop: int) -> None:
    """Write the rows up to the end of the block, and the past that models look back on, changed in its later half."""
    matrices = walk.matrices
    np.savez(folder / "rows.npz", date=matrices.date[:stop], ticker=matrices.ticker[:stop])
    (folder / "names.json").write_text(json.dumps(matrices.names))
    rows = matrices.tabular(np.arange(stop))
    rng = np.random.default_rng(1)
    rows[middle:] = rng.permutation(rows[middle:] * 3 + 1, axis=0)
    np.save(folder / "X.npy", rows)
    last, cut = int(matrices.date[stop - 1]) + 1, int(matrices.date[middle])
    for name, values in matrices.by_session().items():
        other = np.array(values[:last])
        other[cut:] = other[cut:] * 3 + 0.01
        np.save(folder / name, other)


def _write_known(walk: Walk, folder: Path, middle: int, stop: int, block: int) -> None:
    """Write what the block knows, and other labels for its later half."""
    known = walk.known(block)
    count = min(stop, len(known.event))
    rng = np.random.default_rng(2)
    labels = np.full(stop, UNDEFINED, dtype=np.int8)
    labels[:count] = as_training_labels(known.event[:count])
    labels[middle:] = rng.integers(0, 2, stop - middle)
    returns = np.full(stop, np.nan)
    returns[:count] = returns_to_learn(known.realized[:count], walk.matrices.date[:count], walk.settings)
    returns[middle:] = rng.normal(0, 0.1, stop - middle)
    span = known.span()
    write_known(folder, (1, stop), [labels], [returns], [] if span is None else [span[:stop]])
