"""Fits in processes of this machine, one library a process.

They are forked from a server that has imported what all of them need, so that one is there at once.
"""

import multiprocessing
import multiprocessing.forkserver
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import NamedTuple

from mltrainer.settings.errors import ActionFailed, MltrainerError
from mltrainer.trials.engine import Outcome, is_quick
from mltrainer.trials.fit_task import FitResult, FitTask, entry_of
from mltrainer.trials.fitting import run_fit

Wanted = Callable[[FitTask], bool]


class _Worker(NamedTuple):
    """A process that fits models of one library: two OpenMP runtimes in one process can crash."""

    library: str
    pool: ProcessPoolExecutor


_WORKERS: list[_Worker] = []


class LocalEngine:
    """Runs fits side by side in processes that stay warm.

    Parameters
    ----------
    workers
        How many; 0 runs everything in this process.
    """

    name = "local"

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def prepare(self) -> None:
        """Start the server, which takes a second or two to import what fits need; nobody waits for it here."""
        if self.workers:
            multiprocessing.set_forkserver_preload(["mltrainer.trials.fit_imports"])
            multiprocessing.forkserver.ensure_running()

    def outcomes(self, tasks: list[FitTask], wanted: Wanted) -> Iterator[tuple[FitTask, Outcome]]:
        """Yield what came of each fit: see `Engine`. A process that is free takes on another library when it must."""
        if not self.workers:
            yield from ((task, outcome_of(run_fit, task)) for task in tasks if wanted(task))
            return
        self.prepare()
        left, at_once = tasks, self.workers
        running: dict[Future[FitResult], tuple[_Worker, FitTask]] = {}
        found: list[tuple[FitTask, Outcome]] = []
        killers: set[FitTask] = set()
        while True:
            left = [task for task in left if wanted(task)]
            while left and len(running) < at_once:
                worker = self._free({worker for worker, _ in running.values()}, left)
                if worker is None:
                    break
                task = next(task for task in left if entry_of(task.model).library == worker.library)
                try:
                    others = [*left, *(other for _, other in running.values())]
                    given = replace(task, threads=_threads(task, others, at_once))
                    running[worker.pool.submit(run_fit, given)] = worker, task
                except BrokenProcessPool:
                    # It died while it had nothing to do.
                    _WORKERS.remove(worker)
                else:
                    left.remove(task)
            # The next fits run while the caller looks at these.
            yield from ((task, outcome) for task, outcome in found if wanted(task))
            if not running:
                return
            found = []
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                worker, task = running.pop(future)
                try:
                    found.append((task, outcome_of(future.result)))
                except BrokenProcessPool:
                    _WORKERS.remove(worker)
                    # From here on they go one at a time, with all the memory.
                    at_once = 1
                    if task in killers:
                        found.append((task, _died(task)))
                    else:
                        killers.add(task)
                        left.insert(0, task)

    def close(self) -> None:
        """Leave the processes warm for the next trial."""

    def _free(self, busy: set[_Worker], left: list[FitTask]) -> _Worker | None:
        """Return a process with nothing to do whose library is asked for, None where it is not worth to start one."""
        libraries = {entry_of(task.model).library for task in left}
        for worker in _WORKERS:
            if worker not in busy and worker.library in libraries:
                return worker
        # Whoever waits for what is quick waits less than for a process to start.
        worth = [task for task in left if not (busy and is_quick(task))]
        return _new_worker(entry_of(worth[0].model).library, busy, self.workers) if worth else None


def outcome_of(work: Callable[..., FitResult], *arguments: FitTask) -> Outcome:
    """Return what the work returns, or the error of ours that it raises."""
    try:
        return work(*arguments)
    except MltrainerError as error:
        return error


def _threads(task: FitTask, others: list[FitTask], at_once: int) -> int:
    """Return how many threads a fit gets: its part of them among the fits that take long, waiting or running."""
    busy = sum(other != task and not is_quick(other) for other in others)
    return max(1, at_once // (busy + 1))


def _be_a_worker() -> None:
    # Ctrl-C is for the parent, which kills the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _new_worker(library: str, busy: set[_Worker], most: int) -> _Worker:
    """Start a process; those that are too many go first, since every one of them holds some hundred megabytes."""
    for worker in [worker for worker in _WORKERS if worker not in busy][: max(0, len(_WORKERS) + 1 - most)]:
        _WORKERS.remove(worker)
        worker.pool.shutdown(wait=False)
    context = multiprocessing.get_context("forkserver")
    _WORKERS.append(_Worker(library, ProcessPoolExecutor(1, mp_context=context, initializer=_be_a_worker)))
    return _WORKERS[-1]


def _died(task: FitTask) -> ActionFailed:
    return ActionFailed(
        f"the process that fitted {task.model} died, twice",
        hint="the machine may be out of memory; try fewer tickers or fewer workers",
        code="worker_died",
    )
