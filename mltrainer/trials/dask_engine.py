"""Fits on a Dask cluster: the same numbers as on this machine, and nothing lost when a part of the cluster is."""

import importlib.util
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from mltrainer.settings.errors import ActionFailed, TemporaryError, UsageError
from mltrainer.settings.scheduler import host_and_port
from mltrainer.trials.engine import Outcome
from mltrainer.trials.fit_task import FitTask, entry_of
from mltrainer.trials.folder_copies import fingerprint

if TYPE_CHECKING:
    from mltrainer.trials.cluster import Cluster

# How long a machine may take to accept a connection, and a scheduler to answer.
REACH_SECONDS, ANSWER_SECONDS = 4.0, 10.0
# A worker that was sent the data and still lacks them, or whose process died, will not do better next time.
MOST_TRIES = 2


class DaskEngine:
    """Runs fits on the workers of a Dask scheduler.

    Parameters
    ----------
    scheduler
        Its address, such as ``tcp://127.0.0.1:8786``.
    notice
        Is told what the user should know, such as a worker that was lost.

    Raises
    ------
    UsageError
        If Dask is not installed here.
    TemporaryError
        If nobody answers at the address.
    """

    name = "dask"

    def __init__(self, scheduler: str, notice: Callable[[str], None]) -> None:
        self.workers = 0
        self._scheduler = scheduler
        self._notice = notice
        self._cluster: Cluster | None = None
        self._contents: dict[str, str] = {}
        if importlib.util.find_spec("distributed") is None:
            raise UsageError(
                "--engine dask needs the package distributed, which is not installed",
                hint='pip install "distributed>=2026.8"',
                code="dask_missing",
            )
        try:
            socket.create_connection(host_and_port(scheduler), REACH_SECONDS).close()
        except OSError as error:
            raise unreachable(scheduler, error.strerror or str(error)) from None

    def close(self) -> None:
        """Leave the cluster; what still runs there for us is cancelled."""
        if self._cluster:
            self._cluster.close()

    def join(self) -> "Cluster":
        """Return the cluster, which is joined when it is first asked for; see `outcomes` for what is raised."""
        # Only here, since a trial of which everything is kept needs no cluster, and loading Dask takes a second.
        from mltrainer.trials.cluster import Cluster

        self._cluster = self._cluster or Cluster(self._scheduler, ANSWER_SECONDS, self._notice)
        self.workers = max(self.workers, self._cluster.threads())
        return self._cluster

    def prepare(self) -> None:
        """Do nothing: the processes of a cluster are there, and import what their first fit needs."""

    def outcomes(self, tasks: list[FitTask], wanted: Callable[[FitTask], bool]) -> Iterator[tuple[FitTask, Outcome]]:
        """Yield what came of each fit: see `Engine`.

        Raises
        ------
        TemporaryError
            If the scheduler or all workers are lost.
        ActionFailed
            If a worker has other versions than this machine, or the data cannot be brought to it.
        """
        cluster = self.join()
        from mltrainer.trials.cluster_worker import NotFitted

        for folder in {folder for task in tasks for folder in (task.folder, task.known)} - self._contents.keys():
            self._contents[folder] = fingerprint(Path(folder))
        cluster.bring(self._contents)
        # Workers change the library as seldom as they can.
        libraries = list(dict.fromkeys(entry_of(task.model).library for task in tasks))
        ordered = sorted(tasks, key=lambda task: libraries.index(entry_of(task.model).library))
        places = {task: place for place, task in enumerate(ordered)}
        tries: Counter[FitTask] = Counter()
        try:
            for task in ordered:
                cluster.begin(task, self._contents, places[task])
            while cluster.waiting:
                task, found = cluster.next_done()
                if isinstance(found, NotFitted):
                    tries[task] += 1
                    if tries[task] < MOST_TRIES:
                        self._notice(f"{task.model}, fold {task.fold}: {found.why}; it is begun again")
                        cluster.bring(self._contents, [found.worker])
                        cluster.begin(task, self._contents, places[task])
                        continue
                    hint = "a machine may be out of memory; try fewer tickers, or workers with fewer threads"
                    found = ActionFailed(f"{task.model}: {found.why}, twice", hint=hint, code="worker_died")
                if wanted(task):
                    yield task, found
                cluster.cancel(lambda other: not wanted(other))
        finally:
            cluster.cancel(lambda _: True)


def unreachable(scheduler: str, why: str) -> TemporaryError:
    """Return the error for a scheduler that does not answer."""
    return TemporaryError(
        f"no scheduler answers at {scheduler}: {why}",
        hint="check the address, or start a cluster: mltrainer cluster --help says how",
        code="scheduler_unreachable",
    )
