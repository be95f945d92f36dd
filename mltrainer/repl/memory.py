"""Slash commands about the session itself: what it cost, what may run unasked, and where it goes on."""

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from mltrainer.actions.permissions import make_permission
from mltrainer.render.blocks import Block, Column, Grid, Line
from mltrainer.render.cost import cost_blocks
from mltrainer.settings.errors import UsageError
from mltrainer.settings.events import AnyEvent, Event

if TYPE_CHECKING:
    from mltrainer.agent.conversation import Conversation

_USAGE = "/permissions, /permissions allow ACTION [max_models=N] [times=N], or /permissions revoke NUMBER"


class Resume(Exception):  # noqa: N818
    """The user wants to go on with another session."""

    def __init__(self, session: str) -> None:
        super().__init__(session)
        self.session = session


async def permissions(conversation: "Conversation", words: list[str]) -> list[Block]:
    """List what may run without asking, add to it, or take from it; what changes is shown by its event."""
    held = conversation.permissions
    match words:
        case []:
            rows = [[str(number), str(one), str(held.used[number])] for number, one in held.given.items()]
            columns = (Column("number", 0), Column("runs without asking", 1, wrap=True), Column("used", 2))
            nothing = "Nothing runs without asking. This would change it: /permissions allow regime_detection times=3"
            return [Grid(columns, rows)] if rows else [Line(nothing, "dim")]
        case ["allow", action, *bounds]:
            held.allow(make_permission(action, **_bounds(bounds)))
            return []
        case ["revoke", number] if number.isdecimal():
            held.revoke(int(number))
            return []
    raise UsageError(f"/permissions cannot read {' '.join(words)!r}", hint=_USAGE)


def _bounds(words: list[str]) -> dict[str, int]:
    bounds = {}
    for word in words:
        name, _, number = word.removeprefix("--").replace("-", "_").partition("=")
        if name not in ("max_models", "times") or not number.isdecimal():
            raise UsageError(f"{word!r} is no bound of a permission", hint=_USAGE)
        bounds[name] = int(number)
    return bounds


async def jobs(conversation: "Conversation", words: list[str]) -> list[Block]:
    """List what runs in the background, or stop it."""
    held = conversation.jobs
    match words:
        case []:
            columns = (Column("job", 0), Column("trial", 1), Column("action", 2), Column("state", 3))
            rows = [
                [str(one.number), one.trial_id or "-", one.proposal.action, f"{one.state} {one.stage}".strip()]
                for one in held.all
            ]
            return [Grid(columns, rows)] if rows else [Line("Nothing was run in the background.", "dim")]
        case ["cancel", number] if number.isdecimal():
            await held.cancel(int(number))
            return []
    raise UsageError(f"/jobs cannot read {' '.join(words)!r}", hint="/jobs, or /jobs cancel NUMBER")


async def cost(conversation: "Conversation", words: list[str]) -> list[Block]:
    """Say what each turn with the AI cost."""
    return cost_blocks(_told(conversation))


async def export(conversation: "Conversation", words: list[str]) -> list[Block]:
    """Write the conversation as Markdown."""
    from mltrainer.render.transcript import session_markdown

    session = conversation.stream.session_id
    path = Path(" ".join(words) or f"mltrainer-{session}.md").expanduser()
    try:
        path.write_text(session_markdown(_told(conversation), session))
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror})") from None
    return [Line(f"Session {session} is in {path}.")]


async def regime(conversation: "Conversation", words: list[str]) -> list[Block]:
    """Show the latest regime there is, of this session first."""
    from mltrainer.render.results import result_blocks

    store = conversation.facilitator.store
    for session in (conversation.stream.session_id, None):
        for action in ("regime_detection", "momentum_screening"):
            stored = store.latest_trial(session, action)
            if stored and "regime" in stored["document"]:
                return result_blocks(stored["document"], section="regime")
    raise UsageError("no regime was detected yet", hint="/regime-detection proposes it", code="unknown_trial")


async def resume(conversation: "Conversation", words: list[str]) -> list[Block]:
    """Go on with another session."""
    here = conversation.stream.session_id
    store = conversation.facilitator.store
    others = [one["session_id"] for one in store.sessions() if one["agent"] != "none"]
    wanted = words[0].upper() if words else next((one for one in others if one != here), "")
    if not wanted:
        raise UsageError("there is no other session yet", code="unknown_session")
    if wanted == here:
        raise UsageError(f"session {here} is this one")
    store.session(wanted)
    if conversation.jobs.active:
        raise UsageError("something still runs in the background", hint="/jobs lists it, /jobs cancel NUMBER stops it")
    raise Resume(wanted)


def _told(conversation: "Conversation") -> list[Event]:
    reader = TypeAdapter[Event](AnyEvent)
    stored = conversation.facilitator.store.events(conversation.stream.session_id)
    return [reader.validate_python(event) for event in stored]
