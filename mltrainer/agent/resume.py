"""What a stored conversation comes back with: a pure function of its events."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mltrainer.actions.proposals import Proposal, from_event
from mltrainer.actions.session_settings import SessionSettings
from mltrainer.agent.compact import compact
from mltrainer.agent.reading import Waiting
from mltrainer.agent.redaction import redacted
from mltrainer.settings import events
from mltrainer.settings.events import Event
from mltrainer.settings.parameters import Settings

_EXCERPT = 600


@dataclass
class Past:
    """A conversation as it was when it ended, wherever that was.

    Attributes
    ----------
    waiting
        Proposals that were shown and never decided.
    unstarted
        Proposals that were approved and never started: they stood in the queue of the background.
    interrupted
        Approved trials that have no end, by id.
    unheard
        Results that the AI may not have heard of: the tool calls they answer, and what it is told.
    proposals
        The highest number that a proposal has had.
    dollars
        What the AI has cost, or None where no price is known.
    said, answered
        The user's last words, and the last answer if it came after them.
    """

    settings: SessionSettings = field(default_factory=SessionSettings)
    waiting: list[Waiting] = field(default_factory=list)
    unstarted: list[Waiting] = field(default_factory=list)
    trials: list[str] = field(default_factory=list)
    interrupted: dict[str, Waiting] = field(default_factory=dict)
    unheard: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    request: dict[str, Any] = field(default_factory=dict)
    proposals: int = 0
    dollars: float | None = None
    said: str = ""
    answered: str = ""


def recall(told: Sequence[Event]) -> Past:
    """Return what the events of a conversation, in their order, leave behind.

    The settings are those of its last moment, with their history, so that ``/undo`` still works.
    """
    past = Past()
    shown: dict[str, Waiting] = {}
    approved: list[Waiting] = []
    # How many of the results that the AI may not have heard went out with a turn.
    sent = 0
    for event in told:
        match event:
            case events.SessionStarted():
                past.request = event.request or past.request
                if event.settings and not event.resumed:
                    settings = Settings.model_validate(event.settings)
                    past.settings = SessionSettings(settings, frozenset(event.adjusted))
            case events.Message(role="user"):
                past.said, past.answered = event.text, ""
                sent = len(past.unheard)
            case events.Message(role="assistant"):
                past.answered, past.unheard, sent = event.text, past.unheard[sent:], 0
            case events.Message(role="system"):
                sent = len(past.unheard)
            case events.ProposalMade():
                past.proposals = max(past.proposals, _number(event.id))
                if event.needs_approval:
                    shown[event.id] = Waiting(from_event(event), tuple(event.calls))
            case events.Approval():
                one = shown.pop(event.proposal, None)
                if event.decision == "declined":
                    approved = [one for one in approved if one.proposal.id != event.proposal]
                if one and event.decision == "approved":
                    approved.append(one)
                    past.settings.adjusted |= frozenset(one.proposal.stated) & frozenset(Settings.model_fields)
            case events.SettingsChanged():
                _change(past.settings, event)
            case events.ActionStarted(trial_id=str(trial)):
                past.trials.append(trial)
                if one := next((one for one in approved if _is_of(event, one.proposal)), None):
                    approved.remove(one)
                    # What runs in the background has answered its tool call already.
                    past.interrupted[trial] = Waiting(one.proposal) if event.background else one
            case events.ActionCompleted(trial_id=str(trial)):
                if one := past.interrupted.pop(trial, None):
                    past.unheard.append((one.calls, compact(redacted(event.result))))
            case events.ActionFailed(trial_id=str(trial)):
                if one := past.interrupted.pop(trial, None):
                    past.unheard.append((one.calls, f"{event.action} failed: {event.message}. {event.hint}".strip()))
            case events.ActionCancelled(trial_id=str(trial)):
                past.interrupted.pop(trial, None)
            case events.Usage(total_dollars=float(dollars)):
                past.dollars = dollars
    past.waiting, past.unstarted = list(shown.values()), approved
    return past


def _is_of(event: events.ActionStarted, proposal: Proposal) -> bool:
    """Tell whether a trial is that of a proposal: some arguments are bound only when it starts."""
    return event.action == proposal.action and all(
        event.arguments.get(key) == value for key, value in proposal.arguments.items()
    )


def greeting(past: Past, session_id: str) -> str:
    """Return the first words of a conversation that goes on."""
    trials = f" Trials so far: {', '.join(past.trials)}." if past.trials else ""
    lines = [f"Session {session_id} goes on where it ended.{trials}"]
    if past.said:
        lines.append(f"You said: {_excerpt(past.said)}")
    if past.answered:
        lines.append(f"The answer was: {_excerpt(past.answered)}")
    elif past.said:
        lines.append("It ended before the answer: say it again, or something else.")
    return "\n".join(lines)


def _change(settings: SessionSettings, event: events.SettingsChanged) -> None:
    """Apply a change, or take one back where it leads to what was there before."""
    changed = settings.current.model_dump(mode="json") | event.after
    if event.by == "command" and settings.history:
        before = settings.history[-1][0].model_dump(mode="json")
        if before == changed:
            settings.undo()
            return
    settings.change(event.after)


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _EXCERPT else f"{flat[:_EXCERPT]} ..."


def _number(proposal: str) -> int:
    return int(proposal[1:]) if proposal[1:].isdecimal() else 0
