"""The client's side of a cluster: a connection to a Dask scheduler, data brought to its workers, fits in flight."""

import logging
import threading
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import distributed
from distributed.comm.core import CommClosedError

from mltrainer.settings.errors import ActionFailed, MltrainerError, TemporaryError
from mltrainer.trials import cluster_worker
from mltrainer.trials.cluster_worker import NotFitted, Parcel
from mltrainer.trials.engine import Outcome
from mltrainer.trials.fit_process import OTHER_VERSION
from mltrainer.trials.fit_task import FitTask
from mltrainer.trials.folder_copies import chunks
from mltrainer.trials.versions import difference, versions

# How long a cluster may be without a worker; a worker that was killed is back within seconds where a nanny watches it.
ALONE_SECONDS = 60.0


class Cluster:
    """A connection to a scheduler whose workers have the same versions as this machine.

    Raises
    ------
    TemporaryError
        If it is not reached, or has no worker.
    ActionFailed
        If a worker has other versions.
    """

    def __init__(self, scheduler: str, seconds: float, notice: Callable[[str], None]) -> None:
        self.waiting: dict[str, tuple[FitTask, distributed.Future]] = {}
        self._scheduler = scheduler
        self._notice = notice
        self._happened: SimpleQueue[distributed.Future | dict[str, Any]] = SimpleQueue()
        self._peopled = time.monotonic()
        self._sends = False
        # What goes wrong is said in our own words.
        for name in ("distributed", "distributed.client", "distributed.comm", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self._client = _connect(scheduler, seconds)
        self._client.subscribe_topic("all", lambda event: self._happened.put(event[1]))
        try:
            self._client.wait_for_workers(1, timeout=seconds)
        except TimeoutError:
            self.close()
            raise self._alone() from None
        self._check_versions()

    def close(self) -> None:
        """Leave; what runs for us is cancelled."""
        if self._client.status == "running":
            # The scheduler would tell us that we have left, and trace that it cannot.
            self._client.unsubscribe_topic("all")
        self._client.close(timeout=1)

    def threads(self) -> int:
        """Return how many fits run side by side."""
        return sum(self._client.nthreads().values())

    def bring(self, contents: dict[str, str], workers: list[str] | None = None) -> None:
        """Send folders to those of the workers, or of all, that do not see them.

        Parameters
        ----------
        contents
            The fingerprint of each folder.

        Raises
        ------
        ActionFailed
            If a worker cannot keep them.
        """
        lacks = self._ask(cluster_worker.lacking, contents, workers=workers)
        for folder, content in contents.items():
            to = [worker for worker, folders in lacks.items() if folder in folders]
            if not to:
                continue
            if not self._sends:
                self._sends = True
                self._notice(f"{len(to)} of {len(lacks)} workers cannot read {folder}: the data are sent to them")
            token = uuid.uuid4().hex
            for name, piece in chunks(Path(folder)):
                self._ask(cluster_worker.receive, token, name, piece, workers=to)
            kept = self._ask(cluster_worker.keep, content, token, workers=to)
            if wrong := [worker for worker, right in kept.items() if not right]:
                raise _not_brought(wrong[0], "what arrived is not what was sent")

    def begin(self, task: FitTask, contents: dict[str, str], place: int) -> None:
        """Hand a fit in; those of lower places go first."""
        mine = {folder: contents[folder] for folder in (task.folder, task.known)}
        key = f"mltrainer-fit-{uuid.uuid4().hex}"
        future = self._client.submit(
            cluster_worker.fit, Parcel(task, mine, versions()), key=key, priority=-place, pure=False
        )
        self.waiting[key] = task, future
        future.add_done_callback(self._happened.put)

    def cancel(self, unwanted: Callable[[FitTask], bool]) -> None:
        """Stop fits that nobody wants any more, at once."""
        keys = [key for key, (task, _) in self.waiting.items() if unwanted(task)]
        futures = [self.waiting.pop(key)[1] for key in keys]
        if futures and self._client.status == "running":
            self._client.cancel(futures)

    def next_done(self) -> tuple[FitTask, Outcome | NotFitted]:
        """Wait for a fit to be done and return what came of it.

        Raises
        ------
        TemporaryError
            If the scheduler is lost, or all workers are.
        """
        while True:
            try:
                happened = self._happened.get(timeout=1.0)
            except Empty:
                self._look_around()
                continue
            if isinstance(happened, dict):
                self._note(happened)
            elif happened.key in self.waiting:
                task, future = self.waiting.pop(happened.key)
                return task, self._result(task, future)

    def _check_versions(self) -> None:
        mine = versions()
        for worker, theirs in self._client.run(cluster_worker.about, on_error="return").items():
            if isinstance(theirs, CommClosedError):
                continue
            if isinstance(theirs, Exception):
                differs = f"mltrainer cannot be loaded there ({theirs})"
            else:
                differs = difference(theirs, mine)
            if differs:
                self.close()
                raise ActionFailed(
                    f"the worker at {worker} is not like this machine: {differs}",
                    hint="install the same versions there, and start the worker anew",
                    code=OTHER_VERSION,
                )

    def _ask(self, what: Callable[..., Any], *arguments: Any, workers: list[str] | None) -> dict[str, Any]:
        """Return the answers of workers, each in front of its queue; those of workers that are lost meanwhile miss."""
        answers = self._client.run(what, *arguments, workers=workers, on_error="return")
        for worker, answer in answers.items():
            if isinstance(answer, Exception) and not isinstance(answer, CommClosedError):
                raise _not_brought(worker, f"{type(answer).__name__}: {answer}")
        return {worker: answer for worker, answer in answers.items() if not isinstance(answer, Exception)}

    def _result(self, task: FitTask, future: distributed.Future) -> Outcome | NotFitted:
        if future.status == "finished":
            found: Outcome | NotFitted = future.result()
            return found
        if future.status != "error":
            raise self._lost()
        error = future.exception()
        if isinstance(error, distributed.KilledWorker):
            return ActionFailed(
                f"{task.model}: the workers that fitted fold {task.fold} died, one after the other",
                hint="they may be out of memory; try fewer tickers, or workers with fewer threads",
                code="worker_died",
            )
        return ActionFailed(f"{task.model}, fold {task.fold}: {type(error).__name__}: {error}", code="cluster_failed")

    def _note(self, event: dict[str, Any]) -> None:
        """Tell of a worker that is lost while it has fits of ours."""
        if event.get("action") == "remove-worker" and self.waiting.keys() & set(event["processing-tasks"]):
            self._notice(f"the worker at {event['worker']} is lost; what it was fitting is begun again elsewhere")

    def _look_around(self) -> None:
        """Make sure that somebody can still work.

        Raises
        ------
        TemporaryError
            If the scheduler is lost, or there was no worker for long.
        """
        if self._client.status != "running":
            raise self._lost()
        now = time.monotonic()
        if self._client.nthreads():
            self._peopled = now
        elif now - self._peopled > ALONE_SECONDS:
            raise self._alone()

    def _lost(self) -> TemporaryError:
        return TemporaryError(
            f"the scheduler at {self._scheduler} is lost",
            hint="finished fits are kept: the same trial goes on with them once the cluster is there again",
            code="scheduler_lost",
        )

    def _alone(self) -> TemporaryError:
        return TemporaryError(
            f"the cluster at {self._scheduler} has no worker",
            hint=f"start one: dask worker {self._scheduler} --nthreads 1",
            code="no_workers",
        )


def _connect(scheduler: str, seconds: float) -> distributed.Client:
    """Return a client. Whoever accepts a connection and then says nothing would be waited for without end."""
    made: SimpleQueue[distributed.Client | Exception] = SimpleQueue()

    def connect() -> None:
        try:
            made.put(distributed.Client(scheduler, timeout=seconds, set_as_default=False))
        except (OSError, ValueError, TypeError, RuntimeError) as error:
            made.put(error)

    threading.Thread(target=connect, daemon=True).start()
    try:
        found = made.get(timeout=seconds)
    except Empty:
        found = TimeoutError("it says nothing")
    if isinstance(found, Exception):
        raise TemporaryError(
            f"what listens at {scheduler} does not answer as a Dask scheduler: {found}",
            hint="check the address, and whether it is tcp:// or tls://; see: mltrainer cluster --help",
            code="scheduler_unreachable",
        )
    return found


def _not_brought(worker: str, why: str) -> MltrainerError:
    return ActionFailed(
        f"the data cannot be brought to the worker at {worker}: {why}",
        hint="give workers room in their --local-directory, or a --home that they share with this machine",
        code="data_not_brought",
    )
