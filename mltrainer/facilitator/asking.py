"""Asking the worker: what it says meanwhile goes to a stream, and its failure becomes an error of its class."""

import os
from pathlib import Path
from typing import Any

from mltrainer.facilitator.process import WorkerProcess
from mltrainer.settings.errors import BY_EXIT_CODE, ActionFailed, MltrainerError
from mltrainer.settings.events import ActionProgress, Notice
from mltrainer.settings.stream import EventStream


async def ask(
    process: WorkerProcess,
    request: dict[str, Any],
    home: Path,
    stream: EventStream | None = None,
    trial_id: str | None = None,
) -> dict[str, Any]:
    """Return the worker's answer to a request; see ``trials.requests``.

    Parameters
    ----------
    home
        The folder of the store, where the traces of internal errors are kept too.
    stream
        Hears how far a trial is; None where nobody waits for it.

    Raises
    ------
    MltrainerError
        If it cannot be done.
    """
    async for answer in process.ask({"home": str(home)} | request):
        kind = answer.pop("kind")
        if kind == "progress" and stream:
            stream.emit(ActionProgress, trial_id=trial_id, **answer)
        elif kind == "notice" and stream:
            stream.emit(Notice, text=answer["text"])
        elif kind == "done":
            return dict(answer["result"])
        elif kind == "failed":
            _log(home, answer.pop("trace", ""))
            raise _error(answer)
    raise ActionFailed("the worker gave no answer")


def _log(home: Path, trace: str) -> None:
    if trace:
        with os.fdopen(os.open(home / "errors.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a") as log:
            log.write(trace + "\n")


def _error(answer: dict[str, Any]) -> MltrainerError:
    kind = BY_EXIT_CODE.get(answer.get("exit_code", 1), MltrainerError)
    return kind(answer["message"], hint=answer.get("hint", ""), code=answer.get("code", ""))
