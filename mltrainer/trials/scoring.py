"""The heart of a trial: fit every model on every block and score what came after."""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import FloatArray
from mltrainer.models.registry import MODELS
from mltrainer.models.target_event import TargetEvent
from mltrainer.settings.errors import MltrainerError
from mltrainer.trials.clock import FitClock, Progress
from mltrainer.trials.engine import Engine, run_fits
from mltrainer.trials.fit_keys import Known, fit_keys
from mltrainer.trials.fit_task import LABELS, LENGTHS, RETURNS, UNDEFINED, FitResult, FitTask, entry_of
from mltrainer.trials.labels import as_training_labels, returns_to_learn
from mltrainer.trials.seeds import seed_for
from mltrainer.trials.walk import Scores, Walk


def score_models(
    walk: Walk,
    models: Sequence[str],
    *,
    engine: Engine,
    kept: Path,
    scratch: Path,
    fresh: bool,
    progress: Progress,
    failed: dict[str, MltrainerError] | None = None,
    store: bool = True,
    on_scored: Callable[[Scores], object] | None = None,
) -> dict[str, Scores]:
    """Fit models or baselines on every block and return their scores.

    Parameters
    ----------
    failed
        Takes the models that fail and why, by model; they are left out of what is returned.
    store
        False keeps no fitted model: of inputs or labels that were changed.
    on_scored
        Called with the scores of each model as soon as its last fit is done, while others may still be fitted.

    Raises
    ------
    MltrainerError
        If a model fails and ``failed`` is not given.
    """
    known = known_folder(scratch)
    tasks = [task for name in models for task in fit_tasks(walk, name, known)]

    def leave_out(task: FitTask, error: MltrainerError) -> None:
        assert failed is not None
        failed[task.model] = error

    scored: dict[str, Scores] = {}
    left = {name: len(walk.blocks) for name in models}
    done: dict[FitTask, FitResult] = {}
    cached: set[FitTask] = set()

    def note(task: FitTask, result: FitResult, was_kept: bool) -> None:
        done[task] = result
        if was_kept:
            cached.add(task)
        left[task.model] -= 1
        if not left[task.model]:
            scored[task.model] = _collect(task.model, tasks, done, cached)
            if on_scored:
                on_scored(scored[task.model])

    run_tasks(
        walk,
        tasks,
        known,
        engine=engine,
        kept=kept,
        fresh=fresh,
        progress=progress,
        on_done=note,
        on_failure=None if failed is None else leave_out,
        store=store and not fresh,
    )
    return {name: scored[name] for name in models if name in scored}


def known_folder(scratch: Path) -> Path:
    """Return a new folder for what blocks know; a fit that nobody waits for any more may still read an older one."""
    return Path(tempfile.mkdtemp(dir=scratch, prefix="known-"))


def fit_tasks(walk: Walk, model: str, known: Path) -> list[FitTask]:
    """Return the fits of a model, one for each block, with the parameters that the settings give it."""
    settings = walk.settings
    return [
        FitTask(
            model=model,
            params=tuple(sorted(settings.model_params.get(model, {}).items())),
            seed=seed_for(settings.seed, model, position),
            folder=str(walk.matrices.folder),
            known=str(known),
            fold=position,
            train=walk.rows(block.fold.train_start, block.fit_end),
            tail=walk.rows(*block.tail) if block.tail else None,
            test=walk.rows(block.fold.test_start, block.fold.test_stop - 1),
            event=TargetEvent.of(settings),
            explained=position == len(walk.blocks) - 1,
        )
        for position, block in enumerate(walk.blocks)
    ]


def run_tasks(
    walk: Walk,
    tasks: list[FitTask],
    folder: Path,
    *,
    engine: Engine,
    kept: Path,
    fresh: bool,
    progress: Progress,
    on_done: Callable[[FitTask, FitResult, bool], None] | None = None,
    on_failure: Callable[[FitTask, MltrainerError], None] | None = None,
    store: bool = False,
) -> tuple[dict[FitTask, FitResult], set[FitTask]]:
    """Run fits on the rows of a walk and return their results, and which of them came from the cache.

    Parameters
    ----------
    folder
        Where the tasks find what the blocks know; it is written here.
    on_done, on_failure
        As `run_fits` has them.
    store
        True keeps the fitted models of the last fold and of today, and takes them over where they are there: that fold
        grows with every new session, and its training rows stay.

    Raises
    ------
    MltrainerError
        If a fit fails and ``on_failure`` is not given.
    """
    known = _known(walk, folder, learns_returns=any(entry_of(task.model).learns_returns for task in tasks))
    keys, fits = fit_keys(walk, tasks, known)
    if store:
        tasks = [_stored(walk, task, kept / "models" / fit) for task, fit in zip(tasks, fits, strict=True)]
    clock = FitClock(tasks, engine, progress)

    def done(task: FitTask, result: FitResult, was_kept: bool) -> None:
        clock.done(task, result, was_kept)
        if on_done:
            on_done(task, result, was_kept)

    def drop(task: FitTask, error: MltrainerError) -> None:
        assert on_failure is not None
        clock.drop(task)
        on_failure(task, error)

    results = run_fits(
        list(zip(tasks, keys, strict=True)),
        engine=engine,
        cache=kept / "fits",
        fresh=fresh,
        on_done=done,
        on_failure=drop if on_failure else None,
    )
    return results, clock.cached


def _known(walk: Walk, folder: Path, *, learns_returns: bool) -> Known:
    date, outcomes = walk.matrices.date, [walk.known(position) for position in range(len(walk.blocks))]
    return write_known(
        folder,
        (len(outcomes), len(date)),
        (as_training_labels(one.event) for one in outcomes),
        (returns_to_learn(one.realized, date[: len(one.realized)], walk.settings) for one in outcomes)
        if learns_returns
        else (),
        (span for one in outcomes if (span := one.span()) is not None),
    )


def write_known(
    folder: Path,
    shape: tuple[int, int],
    labels: Iterable[npt.NDArray[np.int8]],
    returns: Iterable[FloatArray],
    spans: Iterable[npt.NDArray[np.int16]],
) -> Known:
    """Write what blocks know where their fits find it, and return it as it lies there.

    Parameters
    ----------
    shape
        (n_blocks, n_rows).
    labels, returns, spans
        One entry a block, or none where no fit asks; a row behind the last entry is one that the block does not know.
    """

    def write(name: str, rows: Iterable[npt.NDArray[Any]], dtype: type, unknown: float) -> npt.NDArray[Any] | None:
        table = None
        for place, values in enumerate(rows):
            if table is None:
                table = np.lib.format.open_memmap(folder / name, mode="w+", dtype=dtype, shape=shape)
            table[place, : len(values)] = values
            table[place, len(values) :] = unknown
        if table is not None:
            # Workers on other machines see what is written, not what is mapped here.
            table.flush()
        return table

    known = write(LABELS, labels, np.int8, UNDEFINED)
    assert known is not None
    return Known(known, write(RETURNS, returns, np.float64, np.nan), write(LENGTHS, spans, np.int16, 0))


def _stored(walk: Walk, task: FitTask, folder: Path) -> FitTask:
    """Return the task with the folder of its fitted model, where one is there or is to be kept."""
    latest = task.fold >= len(walk.blocks) - 2
    return replace(task, store=str(folder)) if latest or folder.is_dir() else task


def _collect(model: str, tasks: list[FitTask], results: dict[FitTask, FitResult], cached: set[FitTask]) -> Scores:
    mine = [task for task in tasks if task.model == model]
    found = [results[task] for task in mine]
    taken = sum(task in cached or result.stored for task, result in zip(mine, found, strict=True))
    return Scores(
        model=model,
        oof=np.concatenate([result.test for result in found[:-1]]),
        tails=[result.tail for result in found],
        today=found[-1].test,
        probability=found[0].probability,
        fits=len(mine) - taken if model in MODELS else 0,
        cached=taken if model in MODELS else 0,
        seconds=sum(result.seconds for task, result in zip(mine, found, strict=True) if task not in cached),
        train_rows=[result.train_rows for result in found],
        devices={one.device for task, one in zip(mine, found, strict=True) if task not in cached},
        drivers=found[-1].drivers,
        quantiles=np.concatenate([result.quantiles for result in found[:-1]]),
        today_quantiles=found[-1].quantiles,
        peak_mb=max((one.peak_mb for task, one in zip(mine, found, strict=True) if task not in cached), default=0.0),
    )
