"""A stored conversation as a Markdown document: what was said, proposed, decided, run and found."""

from collections.abc import Sequence

from mltrainer.actions.describe import proposal_rows
from mltrainer.actions.proposals import from_event
from mltrainer.render.safe import make_safe, safe_line
from mltrainer.render.settings_diff import change_line
from mltrainer.settings import events
from mltrainer.settings.events import Event


def session_markdown(told: Sequence[Event], session_id: str) -> str:
    """Return the document; every text in it is safe to show in a terminal."""
    parts = [f"# Session {session_id}"]
    simulated = False
    for event in told:
        if isinstance(event, events.SessionStarted):
            simulated = bool(event.data.get("simulated"))
            parts.append(_start(event))
        elif part := _part(event, "SIMULATED " if simulated else ""):
            parts.append(part)
    return "\n\n".join(parts) + "\n"


def _start(event: events.SessionStarted) -> str:
    data = event.data
    mark = "SIMULATED data" if data.get("simulated") else f"data from {data.get('source', 'an unknown source')}"
    word = "Continued" if event.resumed else "Begun"
    who = f"Claude ({event.model})" if event.agent == "claude" else "the offline analyst"
    span = f"{data.get('tickers', '?')} tickers, {data.get('first', '?')} to {data.get('last', '?')}"
    return safe_line(f"{word} {event.time[:16].replace('T', ' ')} UTC with {who} on {mark}: {span}.")


def _part(event: Event, mark: str) -> str:
    match event:
        case events.Message(role="user"):
            return "\n".join(f"> {line}" for line in make_safe(event.text).splitlines())
        case events.Message(role="assistant"):
            return make_safe(event.text)
        case events.ProposalMade():
            return _proposal(event, mark)
        case events.Approval():
            reason = f": {event.reason}" if event.reason else ""
            return f"*{event.proposal} {event.decision} by the {event.by}{safe_line(reason)}*"
        case events.SettingsChanged():
            lines = [change_line(name, event.before.get(name), value) for name, value in event.after.items()]
            return "\n".join(f"- Setting {safe_line(line)}" for line in lines)
        case events.ActionCompleted(trial_id=str(trial)):
            return f"**{mark}Trial {trial}: {safe_line(event.result.get('headline', event.action))}**"
        case events.ActionFailed(trial_id=str(trial)):
            return f"**Trial {trial} failed: {safe_line(event.message)}**"
        case events.ActionCancelled(trial_id=str(trial)):
            return f"**Trial {trial} was cancelled.**"
        case events.ErrorEvent():
            return f"*Error: {safe_line(event.message)}*"
    return ""


def _proposal(event: events.ProposalMade, mark: str) -> str:
    rows = [
        f"| {row.name} | {safe_line(row.value).replace('|', '/')} | {row.origin} |"
        for row in proposal_rows(from_event(event))
    ]
    title = f"**{mark}Proposal {event.id}: {event.action.replace('_', ' ')}**"
    return "\n".join([title, "", "| parameter | value | origin |", "|---|---|---|", *rows]) if rows else title
