"""The conversations of the store: what was said and done as events, and the AI's transcript word for word."""

import json
import sqlite3
from typing import Any

from mltrainer.settings.errors import UsageError
from mltrainer.settings.events import ActionProgress, Event, TextDelta
from mltrainer.settings.stream import utc_now
from mltrainer.store.database import Database, number_of


class Sessions(Database):
    """Conversations, kept as they happen."""

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
            (session_id, number_of(session_id or "", "Ss")),
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
                    (utc_now(), number_of(old, "S")),
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


def body_type(event: Event) -> str:
    """Return the type of an event as the stream names it."""
    return str(event.type)  # type: ignore[attr-defined]
