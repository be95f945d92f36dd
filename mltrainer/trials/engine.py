"""Runs fits side by side: one library a process, results kept by the content of what they depend on."""

import hashlib
import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from mltrainer.settings.errors import ActionFailed, MltrainerError
from mltrainer.settings.parameters import ParameterValue
from mltrainer.store.cache import touch
from mltrainer.trials.fitting import FitResult, FitTask, entry_of, run_fit

# A model with its parameters: what fails as a whole.
Group = tuple[str, tuple[tuple[str, ParameterValue], ...]]
_POOLS: dict[tuple[str, int], ProcessPoolExecutor] = {}


def _be_a_worker() -> None:
    # Ctrl-C is for the parent, which kills the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _pool(library: str, workers: int) -> Executor:
    """Return the warm pool of a library.

    Two OpenMP runtimes in one process can crash, so each library has processes of its own; those of another library
    are let go first, since every one of them holds some hundred megabytes.
    """
    key = (library, workers)
    if key not in _POOLS:
        for pool in _POOLS.values():
            pool.shutdown()
        _POOLS.clear()
        context = multiprocessing.get_context("spawn")
        _POOLS[key] = ProcessPoolExecutor(workers, mp_context=context, initializer=_be_a_worker)
    return _POOLS[key]


def run_fits(
    tasks: Iterable[tuple[FitTask, str]],
    *,
    workers: int,
    cache: Path,
    fresh: bool,
    on_done: Callable[[FitTask, FitResult, bool], None],
    on_failure: Callable[[FitTask, MltrainerError], None] | None = None,
) -> dict[FitTask, FitResult]:
    """Run fits, each with the key of its content, and return their results.

    Parameters
    ----------
    workers
        Processes side by side; 0 runs everything in this one.
    cache
        Folder of earlier results; ``fresh`` passes them by.
    on_done
        Called after each fit with (task, result, cached).
    on_failure
        Called with (task, error) where a fit fails; the other fits of that model and its parameters are dropped, the
        rest goes on.

    Raises
    ------
    MltrainerError
        If a fit fails and nobody asked to be told; the rest is dropped.
    """
    results: dict[FitTask, FitResult] = {}
    missing: dict[str, dict[FitTask, str]] = {}
    failed: set[Group] = set()
    for task, key in tasks:
        found = None if fresh else _load(cache / f"{key}.npz")
        if found:
            results[task] = found
            on_done(task, found, True)
        else:
            missing.setdefault(entry_of(task.model).library, {})[task] = key

    def fail(task: FitTask, error: MltrainerError) -> None:
        if on_failure is None:
            raise error
        if _group(task) not in failed:
            failed.add(_group(task))
            on_failure(task, error)

    for library, waiting in missing.items():
        for task, result in _fitted(library, list(waiting), workers, failed, fail):
            results[task] = result
            _save(cache / f"{waiting[task]}.npz", result)
            on_done(task, result, False)
    return results


Fail = Callable[[FitTask, MltrainerError], None]


def _group(task: FitTask) -> Group:
    return task.model, task.params


def _fitted(
    library: str, waiting: list[FitTask], workers: int, failed: set[Group], fail: Fail
) -> Iterator[tuple[FitTask, FitResult]]:
    """Yield the fits of one library as they are done; those of models that failed are left out."""
    # The longest first, so that no worker idles at the end.
    left = sorted(waiting, key=lambda task: task.train[1] - task.train[0], reverse=True)
    at_once = len(left)
    while left := [task for task in left if _group(task) not in failed]:
        done: set[FitTask] = set()
        try:
            for task, outcome in _outcomes(library, left[:at_once], workers, failed):
                done.add(task)
                if isinstance(outcome, MltrainerError):
                    fail(task, outcome)
                else:
                    yield task, outcome
        except BrokenProcessPool:
            del _POOLS[(library, workers)]
            if at_once == 1:
                done.add(left[0])
                fail(left[0], _died(left[0]))
            # Nobody knows which fit took the process down: from here on they go one at a time, with all the memory.
            at_once = 1
        left = [task for task in left if task not in done]


def _outcomes(
    library: str, tasks: list[FitTask], workers: int, failed: set[Group]
) -> Iterator[tuple[FitTask, FitResult | MltrainerError]]:
    """Yield what came of each fit.

    Raises
    ------
    BrokenProcessPool
        If a process died.
    """
    if not workers:
        for task in tasks:
            if _group(task) not in failed:
                yield task, _outcome(run_fit, task)
        return
    pool = _pool(library, workers)
    futures: dict[Future[FitResult], FitTask] = {pool.submit(run_fit, task): task for task in tasks}
    try:
        for future in as_completed(futures):
            if _group(futures[future]) in failed:
                _cancel(other for other, task in futures.items() if _group(task) in failed)
            else:
                yield futures[future], _outcome(future.result)
    finally:
        _cancel(futures)


def _outcome(work: Callable[..., FitResult], *arguments: FitTask) -> FitResult | MltrainerError:
    try:
        return work(*arguments)
    except MltrainerError as error:
        return error


def _cancel(futures: Iterable[Future[FitResult]]) -> None:
    for future in futures:
        future.cancel()


def _died(task: FitTask) -> ActionFailed:
    return ActionFailed(
        f"the process that fitted {task.model} died, twice",
        hint="the machine may be out of memory; try fewer tickers or fewer workers",
        code="worker_died",
    )


def content_key(*parts: str | bytes) -> str:
    """Return the key of a result from everything that it depends on."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:40]


def _load(path: Path) -> FitResult | None:
    try:
        touch(path)
        with np.load(path) as kept:
            return FitResult(
                kept["test"],
                kept["tail"],
                bool(kept["probability"]),
                int(kept["train_rows"]),
                float(kept["seconds"]),
                float(kept["peak_mb"]),
                drivers=kept["drivers"],
            )
    except (OSError, EOFError, BadZipFile, KeyError, ValueError):
        # Absent or damaged: the fit is done again.
        return None


def _save(path: Path, result: FitResult) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".npz")
    with os.fdopen(handle, "wb") as file:
        np.savez(
            file,
            test=result.test,
            tail=result.tail,
            probability=result.probability,
            train_rows=result.train_rows,
            seconds=result.seconds,
            peak_mb=result.peak_mb,
            drivers=result.drivers,
        )
    os.replace(name, path)
