"""Telling everybody that an action begins, and how it ends where it does not succeed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mltrainer.settings.errors import MltrainerError
from mltrainer.settings.events import ActionCancelled, ActionFailed, ActionStarted
from mltrainer.settings.result import SCHEMA
from mltrainer.settings.stream import EventStream


@contextmanager
def told(stream: EventStream, action: str, arguments: dict[str, Any], trial_id: str | None = None) -> Iterator[None]:
    """Emit that an action begins, and that it failed or was cancelled; who runs it says what it gave."""
    stream.emit(ActionStarted, action=action, trial_id=trial_id, arguments=arguments)
    try:
        yield
    except asyncio.CancelledError:
        stream.emit(ActionCancelled, action=action, trial_id=trial_id)
        raise
    except MltrainerError as error:
        fields = {"code": error.code, "message": error.message, "hint": error.hint}
        stream.emit(ActionFailed, action=action, trial_id=trial_id, **fields)
        raise


def unsuccessful(action: str, trial_id: str, error: BaseException) -> dict[str, Any]:
    """Return the document of a trial that ended without a result."""
    document = {"schema": SCHEMA, "trial_id": trial_id, "action": action}
    if isinstance(error, MltrainerError):
        return document | {"status": "failed", "error": error.as_dict()}
    return document | {"status": "cancelled"}
