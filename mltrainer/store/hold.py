"""One process at a time goes on with a conversation."""

import fcntl
from typing import IO

from mltrainer.settings.errors import UsageError
from mltrainer.store.home import make_private
from mltrainer.store.store import Store


def hold_session(store: Store, session_id: str) -> IO[str]:
    """Return an open file that holds the conversation until it is closed or the process ends, however it ends.

    Raises
    ------
    UsageError
        If another process holds it.
    """
    folder = make_private(store.home / "sessions")
    held = (folder / f"{session_id}.lock").open("w")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        raise UsageError(
            f"session {session_id} is open in another process",
            hint=f"end it there, or copy it: mltrainer sessions branch {session_id}",
            code="session_open",
        ) from None
    return held
