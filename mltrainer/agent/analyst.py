"""What an analyst is: whoever hears a turn and answers in text and tool calls, Claude or rules."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from mltrainer.settings.parameters import Settings


@dataclass(frozen=True)
class TextPart:
    """A piece of the answer, as it arrives."""

    text: str
    kind: Literal["text", "thinking"] = "text"


@dataclass(frozen=True)
class ToolCall:
    """An action called as a tool. ``fault`` says why the input cannot be used, such as an answer that was cut."""

    id: str
    name: str
    input: dict[str, Any]
    fault: str = ""


@dataclass(frozen=True)
class Spent:
    """What an answer cost. ``dollars`` is None where the price of the model is unknown."""

    input_tokens: int
    output_tokens: int
    cached_tokens: int
    dollars: float | None


@dataclass(frozen=True)
class Cut:
    """The answer ended before its end: nothing may be read out of its text."""

    reason: str


@dataclass(frozen=True)
class Remark:
    """Something the user should know while the answer is on its way, such as a wait for a rate limit."""

    text: str


Part = TextPart | ToolCall | Spent | Cut | Remark


@dataclass(frozen=True)
class Answer:
    """What became of a tool call."""

    call: str
    text: str
    is_error: bool = False


@dataclass(frozen=True)
class Turn:
    """What an analyst hears next.

    Parameters
    ----------
    kind
        ``user`` for the user's words, ``result`` for finished trials, ``failed`` for a broken one, ``declined`` for
        proposals that the user refused, ``answers`` for look-ups and for proposals that could not be read.
    text
        The user's words; for ``failed`` what went wrong, which an answer or a note holds as well.
    notes
        Facts the system adds: settings that changed, an answer that was interrupted.
    answers
        One for each tool call that was decided since the last turn.
    documents
        Result documents of the trials that this turn brings.
    settings, adjusted
        The settings now, and which of them somebody chose.
    last_action
        The action of the latest approved trial.
    changed
        Settings that the user's own words just changed.
    """

    kind: Literal["user", "result", "failed", "declined", "answers"]
    text: str
    settings: Settings
    notes: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    documents: tuple[dict[str, Any], ...] = ()
    adjusted: frozenset[str] = frozenset()
    last_action: str | None = None
    changed: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Briefing:
    """The facts of a session, fixed at its start.

    Parameters
    ----------
    data
        What the facilitator's ``describe_data`` returns.
    regime
        The latest result document that has a regime of the same data, None where there is none.
    limits
        What the session may use, in words; empty for no limit.
    """

    session_id: str
    data: dict[str, Any]
    models: list[dict[str, Any]]
    regime: dict[str, Any] | None = None
    limits: str = ""


class Analyst(Protocol):
    """Whoever proposes trials and explains their results."""

    name: Literal["claude", "offline"]
    model: str | None
    notice: str

    async def open(self, briefing: Briefing) -> None:
        """Take in the facts of the session, and what was said in it before."""

    def answer(self, turn: Turn) -> AsyncIterator[Part]:
        """Answer one turn, piece by piece.

        Raises
        ------
        MltrainerError
            If no whole answer could be had. The analyst stays usable.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
