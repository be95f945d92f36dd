"""Fits in processes of this machine: each library has its own, and a process that dies takes nobody with it."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mltrainer.models.target_event import TargetEvent
from mltrainer.settings.errors import ActionFailed
from mltrainer.settings.parameters import Settings
from mltrainer.trials import local_engine
from mltrainer.trials.fit_task import FitResult, FitTask
from mltrainer.trials.local_engine import LocalEngine


def fit(task: FitTask) -> FitResult:
    """Say which process it was; one model kills its process, another does so the first time."""
    mark = Path(task.folder) / task.model
    if task.model == "ridge" or (task.model == "lasso" and not mark.exists()):
        mark.touch()
        os._exit(1)
    if task.model == "lda":
        raise ActionFailed("no")
    return FitResult(np.array([os.getpid()]), np.empty(0), True, task.fold, 0.0, 0.0)


def threads_of(task: FitTask) -> FitResult:
    return FitResult(np.array([task.threads]), np.empty(0), True, task.fold, 0.0, 0.0)


def task(model: str, folder: Path, fold: int) -> FitTask:
    rows = (0, 1)
    return FitTask(model, (), 0, str(folder), "", fold, rows, None, rows, TargetEvent.of(Settings()))


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(local_engine, "run_fit", fit)
    monkeypatch.setattr(local_engine, "_WORKERS", [])
    yield local_engine._WORKERS
    for worker in local_engine._WORKERS:
        worker.pool.shutdown()


def test_a_process_has_one_library_and_one_that_dies_costs_its_own_fit(tmp_path: Path, processes: list[Any]) -> None:
    models = ["ridge", "lasso", "lda", "pls", "xgboost", "xgboost", "xgboost"]
    tasks = [task(model, tmp_path, fold) for fold, model in enumerate(models)]
    engine = LocalEngine(2)
    outcomes = dict(engine.outcomes(tasks, lambda one: one.fold != 6))
    assert [one.fold for one in sorted(outcomes, key=lambda one: one.fold)] == [0, 1, 2, 3, 4, 5]
    died = outcomes[tasks[0]]
    assert isinstance(died, ActionFailed) and died.message == "the process that fitted ridge died, twice"
    assert isinstance(outcomes[tasks[2]], ActionFailed)
    pid = {one.model: int(found.test[0]) for one, found in outcomes.items() if isinstance(found, FitResult)}
    assert pid.keys() == {"lasso", "pls", "xgboost"} and pid["pls"] != pid["xgboost"] != pid["lasso"]
    assert len(processes) <= 2
    # The next trial finds them warm.
    (again,) = LocalEngine(2).outcomes([task("xgboost", tmp_path, 9)], lambda _: True)
    assert isinstance(again[1], FitResult) and int(again[1].test[0]) == pid["xgboost"]


@pytest.mark.parametrize(("models", "threads"), [(["volatility_only", "lasso"], 4), (["lasso", "lda", "pls"], 1)])
def test_fits_share_the_threads(
    models: list[str], threads: int, tmp_path: Path, processes: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fit that takes long gets its part of them; quick ones do not count."""
    monkeypatch.setattr(local_engine, "run_fit", threads_of)
    tasks = [task(model, tmp_path, fold) for fold, model in enumerate(models)]
    outcomes = {one.model: int(found.test[0]) for one, found in LocalEngine(4).outcomes(tasks, lambda _: True)}
    assert outcomes["lasso"] == threads
