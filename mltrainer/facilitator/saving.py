"""Writing a stored trial into a file of the user's: its document, its predictions, or a report."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from mltrainer.settings.errors import ActionFailed, UsageError
from mltrainer.store.home import make_private
from mltrainer.store.store import Store

# From a document and its curves to a page.
Page = Callable[[dict[str, Any], dict[str, Any]], str]
# What each ending holds.
HOLDS = {".html": "report", ".json": "document", ".csv": "predictions", ".parquet": "predictions"}


def document_of(store: Store, stored: dict[str, Any]) -> dict[str, Any]:
    """Return the result document of a stored trial, with a warning where its figures turned out to be of the holdout.

    A trial that was run before the holdout was fixed cannot say so itself.

    Raises
    ------
    ActionFailed
        If it has none.
    """
    if not stored["document"]:
        raise ActionFailed(f"trial {stored['trial_id']} is {stored['status']}: it has no result", code="no_result")
    document = dict(stored["document"])
    look = None if (document.get("holdout") or {}).get("included") else store.look(stored["trial_id"])
    if look:
        warning = {"code": "holdout", "message": f"the figures here {_come_from(look)}"}
        document["warnings"] = [*document.get("warnings", []), warning]
    return document


def _come_from(look: dict[str, Any]) -> str:
    times = f"looked at {look['looks']} time{'s' * (look['looks'] != 1)}"
    return f"come from the sealed holdout too: sessions from {look['from']} on, {times} so far"


def refuse_sealed(store: Store, trial_id: str) -> None:
    """Refuse to write a trial out of a conversation where its figures come from sessions that stay sealed in it.

    Raises
    ------
    UsageError
        If they do.
    """
    if look := store.look(trial_id):
        raise UsageError(
            f"the figures of {trial_id} {_come_from(look)}; no conversation writes them out",
            hint=f"outside of it: mltrainer trials export {trial_id} --html FILE",
            code="sealed_sessions",
        )


def new_file(store: Store, trial_id: str, path: str | None) -> Path:
    """Return where to write: what was said, or a report in the store.

    Raises
    ------
    UsageError
        If the ending says no format, the file is there already, or its folder is not.
    """
    file = Path(path).expanduser().absolute() if path else make_private(store.home / "exports") / f"{trial_id}.html"
    if file.suffix not in HOLDS:
        raise UsageError(f"{file.name} has no known ending", hint=f"end it in {', '.join(HOLDS)}")
    if file.exists():
        raise UsageError(f"{file} is there already", hint="choose another name, or move it away", code="file_exists")
    if not file.parent.is_dir():
        raise UsageError(f"the folder {file.parent} is not there", hint="create it, or choose another")
    return file


def write_text(path: Path, text: str) -> None:
    """Write a file.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror})") from None


def as_text(store: Store, stored: dict[str, Any], kind: str, page: Page) -> str:
    """Return a trial as text: its ``document`` as JSON, or a ``report``."""
    document = document_of(store, stored)
    if kind == "document":
        return json.dumps(document, indent=2) + "\n"
    return page(document, store.curves(stored["trial_id"]))


async def save(
    store: Store,
    stored: dict[str, Any],
    file: Path,
    page: Page | None,
    export: Callable[[str, str], Awaitable[None]],
) -> dict[str, Any]:
    """Write a trial into a file and return the result document that says so.

    Parameters
    ----------
    file
        Its ending says what is written.
    export
        Writes the predictions of a trial, by its id, to a path.

    Raises
    ------
    ActionFailed
        If a report is wanted where none can be drawn, or the trial has no result.
    UsageError
        If the file cannot be written.
    """
    if HOLDS[file.suffix] == "predictions":
        await export(stored["trial_id"], str(file))
    elif page is None:
        raise ActionFailed("no report can be drawn here", hint="use: mltrainer trials export ID --html FILE")
    else:
        write_text(file, as_text(store, stored, HOLDS[file.suffix], page))
    text = f"{stored['trial_id']} ({HOLDS[file.suffix]}) is saved in {file}"
    headline = said_of(store, stored, text)
    # Who lists trials waits for no schema of results.
    from mltrainer.settings.result import SCHEMA

    return {"schema": SCHEMA, "action": "save_results", "status": "succeeded", "headline": headline}


def said_of(store: Store, stored: dict[str, Any], text: str) -> str:
    """Return what is said of a file that was written, with what its reader must know of the figures in it."""
    simulated = "SIMULATED: " if document_of(store, stored).get("data", {}).get("simulated") else ""
    look = store.look(stored["trial_id"])
    return f"{simulated}{text}" + (f"; its figures {_come_from(look)}" if look else "")
