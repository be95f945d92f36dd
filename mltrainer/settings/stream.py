"""The stream that carries events to whoever listens: a screen, a pipe, the store, a test."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from mltrainer.settings.events import Event

Listener = Callable[[Event], None]


def utc_now() -> str:
    """Return the time as events carry it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class EventStream:
    """Stamps events with time and session, and hands them to every listener in order."""

    def __init__(self, session_id: str, *listeners: Listener) -> None:
        self.session_id = session_id
        self.listeners = list(listeners)

    def emit(self, kind: type[Event], /, **fields: Any) -> Event:
        """Make an event of this kind and hand it on."""
        event = kind(time=utc_now(), session_id=self.session_id, **fields)
        self.hand_on(event)
        return event

    def hand_on(self, event: Event) -> None:
        """Hand an event that was made elsewhere to every listener."""
        for listener in self.listeners:
            listener(event)
