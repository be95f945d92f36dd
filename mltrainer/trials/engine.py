"""Runs fits side by side: one library a process, results kept by the content of what they depend on."""

import hashlib
import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from mltrainer.settings.errors import ActionFailed
from mltrainer.trials.fitting import FitResult, FitTask, entry_of, run_fit

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

    Raises
    ------
    MltrainerError
        If a fit fails; the rest is dropped.
    """
    results: dict[FitTask, FitResult] = {}
    missing: dict[str, list[tuple[FitTask, str]]] = {}
    for task, key in tasks:
        found = None if fresh else _load(cache / f"{key}.npz")
        if found:
            results[task] = found
            on_done(task, found, True)
        else:
            missing.setdefault(entry_of(task.model).library, []).append((task, key))

    def finish(task: FitTask, key: str, result: FitResult) -> None:
        results[task] = result
        _save(cache / f"{key}.npz", result)
        on_done(task, result, False)

    for library, waiting in missing.items():
        if not workers:
            for task, key in waiting:
                finish(task, key, run_fit(task))
            continue
        # The longest first, so that no worker idles at the end.
        waiting.sort(key=lambda pair: pair[0].train[1] - pair[0].train[0], reverse=True)
        pool = _pool(library, workers)
        futures: dict[Future[FitResult], tuple[FitTask, str]] = {
            pool.submit(run_fit, task): (task, key) for task, key in waiting
        }
        try:
            for future in as_completed(futures):
                finish(*futures[future], future.result())
        except BrokenProcessPool:
            del _POOLS[(library, workers)]
            raise ActionFailed(
                f"a process that fitted {library} models died",
                hint="the machine may be out of memory; try fewer tickers or fewer workers",
                code="worker_died",
            ) from None
        finally:
            for future in futures:
                future.cancel()
    return results


def content_key(*parts: str | bytes) -> str:
    """Return the key of a result from everything that it depends on."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little") + data)
    return digest.hexdigest()[:40]


def _load(path: Path) -> FitResult | None:
    try:
        with np.load(path) as kept:
            return FitResult(
                kept["test"],
                kept["tail"],
                bool(kept["probability"]),
                int(kept["train_rows"]),
                float(kept["seconds"]),
                float(kept["peak_mb"]),
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
        )
    os.replace(name, path)
