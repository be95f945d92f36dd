"""The one event stream: what the agent and the trials say, and what every screen, pipe and test reads."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from mltrainer.settings.no_nulls import NoNulls


class Event(BaseModel):
    """One line of the stream. ``time`` is ISO 8601 in UTC."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    time: str
    session_id: str


class SessionStarted(Event):
    """A conversation begins, or goes on where it ended. ``notice`` is what the user should read first.

    ``request`` names the data, ``adjusted`` the settings that somebody chose: with them it can go on later. ``outlook``
    says what a screening with the settings now could show at best; the AI is told the same.
    """

    type: Literal["session.started"] = "session.started"
    agent: Literal["claude", "offline"]
    model: str | None = None
    data: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    adjusted: list[str] = []
    request: dict[str, Any] = {}
    resumed: bool = False
    notice: str = ""
    outlook: list[str] = []


class Message(Event):
    """A whole message of the user, the AI, or the system (results that go to the AI)."""

    type: Literal["message"] = "message"
    role: Literal["user", "assistant", "system"]
    text: str


class TextDelta(Event):
    """A piece of the AI's answer, as it arrives. ``kind`` tells answer from thinking."""

    type: Literal["text.delta"] = "text.delta"
    text: str
    kind: Literal["text", "thinking"] = "text"


class ProposalMade(Event):
    """An action that waits for a decision. ``arguments`` are complete and validated: what is shown is what runs.

    ``stated`` names the arguments that were said in the proposal itself, ``defaulted`` those that nobody ever said;
    ``edited`` those that the user changed in a proposal of the AI's; ``calls`` are the tool calls of the AI that its
    outcome answers; ``outlook`` says what the data could show at best.
    """

    type: Literal["proposal"] = "proposal"
    id: str
    source: Literal["tool", "text", "user"]
    action: str
    arguments: dict[str, Any]
    defaulted: list[str]
    stated: list[str] = []
    digest: str
    needs_approval: bool = True
    changes: dict[str, tuple[Any, Any]] = {}
    edited: list[str] = []
    calls: list[str] = []
    outlook: list[str] = []


class SettingsChanged(Event):
    """Settings changed: only the keys that differ, before and after."""

    type: Literal["settings.changed"] = "settings.changed"
    before: dict[str, Any]
    after: dict[str, Any]
    by: Literal["user", "ai", "command"]


class Approval(Event):
    """What became of a proposal."""

    type: Literal["approval"] = "approval"
    proposal: str
    decision: Literal["approved", "declined", "edited"]
    by: Literal["user", "policy"]
    reason: str = ""


class ActionStarted(Event):
    """An approved action begins; a trial has its id from here on.

    ``background`` is true for a trial that runs while the conversation goes on: its later events come between others.
    """

    type: Literal["action.started"] = "action.started"
    action: str
    trial_id: str | None = None
    arguments: dict[str, Any] = {}
    background: bool = False


class ActionProgress(Event):
    """How far an action is: ``done`` of ``total`` steps of ``stage``. Times are in seconds."""

    type: Literal["action.progress"] = "action.progress"
    trial_id: str | None = None
    stage: str
    done: int
    total: int
    model: str | None = None
    fold: int | None = None
    elapsed: float = 0.0
    remaining: float | None = None


class ActionCompleted(Event):
    """An action is done. ``result`` is the result document of a trial, or the answer of a look-up."""

    type: Literal["action.completed"] = "action.completed"
    action: str
    trial_id: str | None = None
    result: dict[str, Any]


class ActionFailed(Event):
    """An action broke; the conversation goes on."""

    type: Literal["action.failed"] = "action.failed"
    action: str
    trial_id: str | None = None
    code: str
    message: str
    hint: str = ""


class ActionCancelled(Event):
    """The user interrupted an action."""

    type: Literal["action.cancelled"] = "action.cancelled"
    action: str
    trial_id: str | None = None


class Grounding(Event):
    """Which numbers in a reply are supported by what was seen, and which are not.

    ``unsupported`` holds for each the text, its place (start, end), the words around, the reason, and whether it is
    ``contradicted``: whether a result has another figure there. Else it may be right, and only cannot be told from what
    was seen. ``sources`` counts the supported ones by the trial they are from (``T3``, or ``T3 and T4`` where the AI
    had one reckoned from both), or by ``settings``, ``data``, ``your words`` and the like. Figures that were cited by
    reference are in it.
    """

    type: Literal["grounding"] = "grounding"
    checked: int
    unsupported: list[dict[str, Any]]
    sources: dict[str, int] = {}


class Usage(Event):
    """What a turn with the AI cost. ``dollars`` is absent where the price of the model is unknown."""

    type: Literal["usage"] = "usage"
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    dollars: float | None = None
    total_dollars: float | None = None


class Notice(Event):
    """Something the user should know that is no error."""

    type: Literal["notice"] = "notice"
    text: str


class ErrorEvent(Event):
    """Something went wrong; the stream goes on unless ``result`` follows."""

    type: Literal["error"] = "error"
    code: str
    message: str
    hint: str = ""
    retryable: bool = False


class FinalResult(Event):
    """The last line of ``run --json`` and ``chat --json``."""

    type: Literal["result"] = "result"
    status: str
    exit_code: int
    trial_ids: list[str]


AnyEvent = Annotated[
    SessionStarted
    | Message
    | TextDelta
    | ProposalMade
    | SettingsChanged
    | Approval
    | ActionStarted
    | ActionProgress
    | ActionCompleted
    | ActionFailed
    | ActionCancelled
    | Grounding
    | Usage
    | Notice
    | ErrorEvent
    | FinalResult,
    Field(discriminator="type"),
]


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of one line of the stream."""
    return TypeAdapter(AnyEvent).json_schema(schema_generator=NoNulls)
