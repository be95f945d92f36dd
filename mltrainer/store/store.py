"""The store: sessions, events, messages and trials in SQLite, artefacts of trials in folders beside it."""

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mltrainer.settings.errors import MltrainerError, UsageError
from mltrainer.settings.events import ActionProgress, Event, TextDelta
from mltrainer.settings.stream import utc_now
from mltrainer.store.home import make_private, unwritable
from mltrainer.store.migrations import migrate


class Store:
    """Everything that is kept for good. Several processes may use one home folder at the same time.

    Parameters
    ----------
    home
        The folder of the store; created for the owner alone if it is not there.

    Raises
    ------
    MltrainerError
        If the folder cannot be written or its database cannot be used.
    """

    def __init__(self, home: Path) -> None:
        self.home = make_private(home)
        path = home / "mltrainer.db"
        try:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise unwritable(home, error) from None
        with self._clear_errors():
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            migrate(self._db)
            self._end_orphans()

    def _end_orphans(self) -> None:
        """Mark trials as interrupted whose process was killed before it could say so."""
        for row in self._read("SELECT id, process FROM trials WHERE status='running' AND process IS NOT NULL"):
            if not lives(row["process"]):
                self._write("UPDATE trials SET status='interrupted' WHERE id=? AND status='running'", (row["id"],))

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise MltrainerError(
                f"the store in {self.home} cannot be used ({error})",
                hint="free some space, or choose another folder with --home",
                code="store_unusable",
            ) from error

    def _write(self, sql: str, values: Sequence[Any]) -> int:
        with self._clear_errors():
            return self._db.execute(sql, values).lastrowid or 0

    def _read(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._clear_errors():
            return self._db.execute(sql, values).fetchall()

    # Sessions

    def new_session(self, agent: str, model: str | None = None, first: str = "") -> str:
        """Record a new conversation and return its id, such as ``S1``."""
        number = self._write(
            "INSERT INTO sessions (started, agent, model, first) VALUES (?, ?, ?, ?)", (utc_now(), agent, model, first)
        )
        return f"S{number}"

    def sessions(self, limit: int = 50) -> list[dict[str, Any]]:
        """Return the newest conversations, newest first."""
        rows = self._read(
            "SELECT 'S' || s.id AS session_id, s.started, s.agent, s.model,"
            " COALESCE((SELECT json_extract(e.body, '$.text') FROM events e WHERE e.session = 'S' || s.id"
            "  AND e.type = 'message' AND json_extract(e.body, '$.role') = 'user' ORDER BY e.id LIMIT 1), s.first)"
            " AS first, (SELECT COUNT(*) FROM trials t WHERE t.session = 'S' || s.id) AS trials"
            " FROM sessions s ORDER BY s.id DESC LIMIT ?",
            (limit,),
        )
        return [dict(row) for row in rows]

    def session(self, session_id: str | None = None) -> dict[str, Any]:
        """Return one conversation, the latest where none is named.

        Raises
        ------
        UsageError
            If there is no such conversation.
        """
        rows = self._read(
            "SELECT 'S' || id AS session_id, started, agent, model FROM sessions"
            " WHERE agent != 'none' AND (?1 IS NULL OR id=?2) ORDER BY id DESC LIMIT 1",
            (session_id, _number(session_id or "", "Ss")),
        )
        if not rows:
            what = f"there is no session {session_id!r}" if session_id else "there is no session to go on with"
            raise UsageError(what, hint="see: mltrainer sessions list", code="unknown_session")
        return dict(rows[0])

    def search(self, text: str, limit: int = 50) -> list[dict[str, Any]]:
        """Return what was said with this text in it, newest first; capitals do not matter."""
        rows = self._read(
            "SELECT session AS session_id, json_extract(body, '$.time') AS time, json_extract(body, '$.role') AS role,"
            " json_extract(body, '$.text') AS text FROM events WHERE type='message' AND role != 'system'"
            " AND instr(lower(text), lower(?)) ORDER BY id DESC LIMIT ?",
            (text, limit),
        )
        return [dict(row) for row in rows]

    def branch(self, session_id: str) -> str:
        """Copy a conversation as it stands, and return the id of the copy; its trials stay where they are.

        Raises
        ------
        UsageError
            If there is no such conversation.
        """
        old = self.session(session_id)["session_id"]
        with self._clear_errors():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                copy = self._db.execute(
                    "INSERT INTO sessions (started, agent, model, first)"
                    " SELECT ?, agent, model, first FROM sessions WHERE id=?",
                    (utc_now(), _number(old, "S")),
                )
                new = f"S{copy.lastrowid}"
                self._db.execute(
                    "INSERT INTO events (session, type, body) SELECT ?1, type, json_set(body, '$.session_id', ?1)"
                    " FROM events WHERE session=?2 ORDER BY id",
                    (new, old),
                )
                self._db.execute(
                    "INSERT INTO messages (session, body) SELECT ?, body FROM messages WHERE session=? ORDER BY id",
                    (new, old),
                )
                self._db.execute("COMMIT")
            except sqlite3.Error:
                self._db.execute("ROLLBACK")
                raise
        return new

    def add_event(self, event: Event) -> None:
        """Keep an event; progress and deltas pass by, since what they lead to is kept."""
        if not isinstance(event, (ActionProgress, TextDelta)):
            body = event.model_dump_json(exclude_none=True)
            kind = body_type(event)
            self._write("INSERT INTO events (session, type, body) VALUES (?, ?, ?)", (event.session_id, kind, body))

    def events(self, session_id: str) -> list[dict[str, Any]]:
        """Return the events of a conversation in order.

        Raises
        ------
        UsageError
            If there is no such conversation.
        """
        if not self._read("SELECT 1 FROM sessions WHERE 'S' || id = ?", (session_id,)):
            raise UsageError(f"there is no session {session_id!r}", hint="see: mltrainer sessions list")
        return [
            json.loads(r[0]) for r in self._read("SELECT body FROM events WHERE session=? ORDER BY id", (session_id,))
        ]

    def add_message(self, session_id: str, message: dict[str, Any]) -> None:
        """Append a message of the AI's transcript, word for word."""
        self._write("INSERT INTO messages (session, body) VALUES (?, ?)", (session_id, json.dumps(message)))

    def messages(self, session_id: str) -> list[dict[str, Any]]:
        """Return the AI's transcript of a conversation in order."""
        rows = self._read("SELECT body FROM messages WHERE session=? ORDER BY id", (session_id,))
        return [json.loads(row[0]) for row in rows]

    # Trials

    def new_trial(
        self,
        action: str,
        arguments: dict[str, Any],
        request: dict[str, Any],
        *,
        defaulted: Sequence[str] = (),
        session_id: str | None = None,
    ) -> str:
        """Record that a trial begins and return its id, such as ``T1``."""
        number = self._write(
            "INSERT INTO trials (session, action, status, created, arguments, defaulted, request, process)"
            " VALUES (?, ?, 'running', ?, ?, ?, ?, ?)",
            (
                session_id,
                action,
                utc_now(),
                json.dumps(arguments),
                json.dumps(list(defaulted)),
                json.dumps(request),
                os.getpid(),
            ),
        )
        return f"T{number}"

    def finish_trial(
        self,
        trial_id: str,
        document: dict[str, Any],
        *,
        seconds: float,
        tried: list[dict[str, Any]] | None = None,
    ) -> None:
        """Record how a trial ended: its result document, and what it tried for later significance."""
        digest = document.get("provenance", {}).get("digest")
        self._write(
            "UPDATE trials SET status=?, seconds=?, document=?, digest=?, tried=? WHERE id=?",
            (document["status"], seconds, json.dumps(document), digest, json.dumps(tried or []), _number(trial_id)),
        )

    def trial(self, trial_id: str) -> dict[str, Any]:
        """Return a trial with its document.

        Raises
        ------
        UsageError
            If there is no such trial.
        """
        rows = self._read("SELECT * FROM trials WHERE id=?", (_number(trial_id),))
        if not rows:
            raise UsageError(f"there is no trial {trial_id!r}", hint="see: mltrainer trials list", code="unknown_trial")
        return _trial(rows[0])

    def latest_trial(self, session_id: str | None = None, action: str | None = None) -> dict[str, Any] | None:
        """Return the newest trial that succeeded, of a session and an action if given."""
        rows = self._read(
            "SELECT * FROM trials WHERE status='succeeded' AND (?1 IS NULL OR session=?1)"
            " AND (?2 IS NULL OR action=?2) ORDER BY id DESC LIMIT 1",
            (session_id, action),
        )
        return _trial(rows[0]) if rows else None

    def trials(self, limit: int = 50, session_id: str | None = None) -> list[dict[str, Any]]:
        """Return the newest trials without their documents, newest first."""
        rows = self._read(
            "SELECT 'T' || id AS trial_id, session AS session_id, action, status, created, seconds,"
            " json_extract(document, '$.headline') AS headline,"
            " json_extract(document, '$.data.simulated') AS simulated,"
            " json_extract(document, '$.error.message') AS error"
            " FROM trials WHERE (?1 IS NULL OR session=?1) ORDER BY id DESC LIMIT ?2",
            (session_id, limit),
        )
        listed = [{key: row[key] for key in row.keys() if row[key] is not None} for row in rows]  # noqa: SIM118
        return [entry | ({"simulated": bool(entry["simulated"])} if "simulated" in entry else {}) for entry in listed]

    def tried(self) -> list[dict[str, Any]]:
        """Return what every stored trial tried: data span, label and Sharpe ratio of each evaluated model."""
        rows = self._read("SELECT id, tried FROM trials WHERE tried IS NOT NULL")
        return [entry | {"trial_id": f"T{row['id']}"} for row in rows for entry in json.loads(row["tried"])]

    def trial_folder(self, trial_id: str) -> Path:
        """Return the folder of a trial's artefacts, created for the owner alone."""
        return make_private(self.home / "trials" / f"T{_number(trial_id)}")


def lives(process: int) -> bool:
    """Tell whether a process of this number is there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def body_type(event: Event) -> str:
    """Return the type of an event as the stream names it."""
    return str(event.type)  # type: ignore[attr-defined]


def _number(id: str, letters: str = "Tt") -> int:
    text = id.strip().lstrip(letters)
    return int(text) if text.isdecimal() and len(text) < 18 else -1


def _trial(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "trial_id": f"T{row['id']}",
        "session_id": row["session"],
        "action": row["action"],
        "status": row["status"],
        "created": row["created"],
        "seconds": row["seconds"],
        "arguments": json.loads(row["arguments"]),
        "defaulted": json.loads(row["defaulted"]),
        "data_request": json.loads(row["request"]),
        "document": json.loads(row["document"]) if row["document"] else None,
        "digest": row["digest"],
    }
