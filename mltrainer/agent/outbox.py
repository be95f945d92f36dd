"""What the analyst has yet to hear: answers to its tool calls, and notes. Nothing in it gets lost on the way."""

from collections.abc import Sequence
from typing import Any

from mltrainer.agent.analyst import Answer, Turn


class Outbox:
    """Gathers what happens between two turns and hands it over with the next one."""

    def __init__(self) -> None:
        self._notes: list[str] = []
        self._answers: list[Answer] = []
        self._documents: list[dict[str, Any]] = []

    def __bool__(self) -> bool:
        """Tell whether a tool call has an answer that was not yet sent."""
        return bool(self._answers)

    def note(self, text: str) -> None:
        """Add a fact."""
        self._notes.append(text)

    def answer(self, calls: tuple[str, ...], text: str, *, is_error: bool = False) -> None:
        """Answer these tool calls, if any."""
        self._answers += [Answer(call, text, is_error) for call in calls]

    def tell(self, calls: tuple[str, ...], text: str, *, is_error: bool = False) -> None:
        """Answer the tool calls, or note it where a sentence and no tool call was meant."""
        self.answer(calls, text, is_error=is_error)
        if not calls:
            self.note(text)

    def bring(self, document: dict[str, Any]) -> None:
        """Add the result of a trial that ran in the background."""
        self._documents.append(document)

    def take(self, documents: Sequence[dict[str, Any]] = (), **turn: Any) -> Turn:
        """Return the next turn with everything gathered so far, before these results."""
        brought = (*self._documents, *documents)
        taken = Turn(notes=tuple(self._notes), answers=tuple(self._answers), documents=brought, **turn)
        self._notes, self._answers, self._documents = [], [], []
        return taken
