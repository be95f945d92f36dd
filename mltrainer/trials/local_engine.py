"""Fits in processes of this machine, one library a process."""

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from mltrainer.settings.errors import ActionFailed, MltrainerError
from mltrainer.trials.engine import Outcome
from mltrainer.trials.fitting import FitResult, FitTask, entry_of, run_fit

Wanted = Callable[[FitTask], bool]
_POOLS: dict[tuple[str, int], ProcessPoolExecutor] = {}


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

    def prepare(self, model: str) -> None:
        """Start the processes of a model's library, which take a second or two to import it."""
        if self.workers:
            pool = _pool(entry_of(model).library, self.workers)
            for _ in range(self.workers):
                pool.submit(_import_library, model)

    def outcomes(self, tasks: list[FitTask], wanted: Wanted) -> Iterator[tuple[FitTask, Outcome]]:
        """Yield what came of each fit, one library after the other: see `Engine`."""
        by_library: dict[str, list[FitTask]] = {}
        for task in tasks:
            by_library.setdefault(entry_of(task.model).library, []).append(task)
        for library, left in by_library.items():
            yield from self._of_one_library(library, left, wanted)

    def close(self) -> None:
        """Leave the processes warm for the next trial."""

    def _of_one_library(self, library: str, left: list[FitTask], wanted: Wanted) -> Iterator[tuple[FitTask, Outcome]]:
        at_once = len(left)
        while left := [task for task in left if wanted(task)]:
            done: set[FitTask] = set()
            try:
                for task, outcome in self._side_by_side(library, left[:at_once], wanted):
                    done.add(task)
                    yield task, outcome
            except BrokenProcessPool:
                del _POOLS[(library, self.workers)]
                if at_once == 1:
                    done.add(left[0])
                    yield left[0], _died(left[0])
                # Nobody knows which fit took the process down: from here on they go one at a time, with all the memory.
                at_once = 1
            left = [task for task in left if task not in done]

    def _side_by_side(self, library: str, tasks: list[FitTask], wanted: Wanted) -> Iterator[tuple[FitTask, Outcome]]:
        """Yield what came of each fit.

        Raises
        ------
        BrokenProcessPool
            If a process died.
        """
        if not self.workers:
            for task in tasks:
                if wanted(task):
                    yield task, outcome_of(run_fit, task)
            return
        pool = _pool(library, self.workers)
        futures: dict[Future[FitResult], FitTask] = {pool.submit(run_fit, task): task for task in tasks}
        try:
            for future in as_completed(futures):
                if wanted(futures[future]):
                    yield futures[future], outcome_of(future.result)
                else:
                    _cancel(other for other, task in futures.items() if not wanted(task))
        finally:
            _cancel(futures)


def outcome_of(work: Callable[..., FitResult], *arguments: FitTask) -> Outcome:
    """Return what the work returns, or the error of ours that it raises."""
    try:
        return work(*arguments)
    except MltrainerError as error:
        return error


def _be_a_worker() -> None:
    # Ctrl-C is for the parent, which kills the whole group.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _import_library(model: str) -> None:
    entry_of(model).estimator(0, {})


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


def _cancel(futures: Iterable[Future[FitResult]]) -> None:
    for future in futures:
        future.cancel()


def _died(task: FitTask) -> ActionFailed:
    return ActionFailed(
        f"the process that fitted {task.model} died, twice",
        hint="the machine may be out of memory; try fewer tickers or fewer workers",
        code="worker_died",
    )
