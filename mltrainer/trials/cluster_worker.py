"""The worker's side of a cluster: what mltrainer has run inside a Dask worker.

The worker itself only waits: every fit has a process of its own, with one thread and without keys, which ends at once
when the fit is cancelled, or when the worker does.
"""

import asyncio
import shutil
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from distributed import get_worker

from mltrainer.settings.errors import MltrainerError
from mltrainer.store.cache import prune
from mltrainer.trials.engine import Outcome
from mltrainer.trials.fit_process import OTHER_VERSION, FitProcess
from mltrainer.trials.fit_task import FitTask, entry_of
from mltrainer.trials.folder_copies import find, fingerprint
from mltrainer.trials.versions import versions

_idle: list[FitProcess] = []
_lock = threading.Lock()


@dataclass(frozen=True)
class Parcel:
    """A fit with all that a worker must know: the content of the folders that it reads, and the versions it is for."""

    task: FitTask
    contents: dict[str, str]
    versions: dict[str, str]


@dataclass(frozen=True)
class NotFitted:
    """Which worker gave nothing, and why: it lacks the data, or the process that fitted died."""

    worker: str
    why: str


def about() -> dict[str, str]:
    """Return the versions of this worker."""
    return versions()


async def lacking(contents: dict[str, str], dask_worker: Any) -> list[str]:
    """Return the folders that this worker neither sees nor has a copy of, given the content of each."""
    copies = _copies(dask_worker)
    return [
        folder
        for folder, content in contents.items()
        if await asyncio.to_thread(find, Path(folder), content, copies) is None
    ]


def receive(token: str, name: str, piece: bytes, dask_worker: Any) -> None:
    """Append a piece of a file to a copy that is being made."""
    work = _unfinished(dask_worker, token)
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (work / name).open("ab") as file:
        file.write(piece)


async def keep(content: str, token: str, dask_worker: Any) -> bool:
    """Keep a copy that is complete, and say whether it has the content that it should have."""
    work, copies = _unfinished(dask_worker, token), _copies(dask_worker)
    right = await asyncio.to_thread(fingerprint, work) == content
    if right and not (copies / content).is_dir():
        copies.mkdir(mode=0o700, exist_ok=True)
        work.rename(copies / content)
        prune(copies.parent)
    shutil.rmtree(work, ignore_errors=True)
    return right


def fit(parcel: Parcel) -> Outcome | NotFitted:
    """Fit in a process of this worker and return what came of it."""
    worker = get_worker()
    key = worker.get_current_task()
    places = {}
    for folder, content in parcel.contents.items():
        found = find(Path(folder), content, _copies(worker))
        if found is None:
            return NotFitted(worker.address, f"the worker at {worker.address} does not have the data")
        places[folder] = found
    task = parcel.task
    # Fitted models are kept where the worker sees the very folder that they belong to.
    store = task.store if places[task.folder] == Path(task.folder) else ""
    task = replace(task, folder=str(places[task.folder]), known=str(places[task.known]), store=store)

    def wanted() -> bool:
        state = worker.state.tasks.get(key)
        return state is not None and state.state == "executing"

    process = _process(entry_of(task.model).library)
    outcome = process.fit((task, parcel.versions), wanted)
    if outcome is None:
        return NotFitted(worker.address, f"the process that fitted it on {worker.address} died")
    if isinstance(outcome, MltrainerError) and outcome.code == OTHER_VERSION:
        process.close()
        return outcome
    with _lock:
        _idle.append(process)
    return outcome


def _process(library: str) -> FitProcess:
    """Return a process for a library: an idle one, or a new one in place of one of another library."""
    with _lock:
        fitting = [one for one in _idle if one.library == library]
        idle = fitting[-1] if fitting else _idle[0] if _idle else None
        if idle:
            _idle.remove(idle)
    if idle and fitting:
        return idle
    if idle:
        idle.close()
    return FitProcess(library)


def _copies(worker: Any) -> Path:
    return Path(worker.local_directory) / "mltrainer" / "copies"


def _unfinished(worker: Any, token: str) -> Path:
    return _copies(worker).parent / f".unfinished-{token}"
