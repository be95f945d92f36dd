"""What each event says, for screens and pipes alike."""

from typing import Any

from mltrainer.render.blocks import Block, Line
from mltrainer.render.grounding import grounding_blocks
from mltrainer.render.ledger import prediction_blocks, record_blocks
from mltrainer.render.models import family_blocks
from mltrainer.render.proposal import proposal_blocks
from mltrainer.render.results import result_blocks
from mltrainer.render.settings_diff import diff_blocks
from mltrainer.render.simulated import simulated_line
from mltrainer.settings import events
from mltrainer.settings.events import Event


def is_answer(event: Event) -> bool:
    """Tell whether the event belongs to the answer that a pipe is given: the result of a trial."""
    return isinstance(event, events.ActionCompleted) and "schema" in event.result


def event_blocks(event: Event, *, simulated: bool = False) -> list[Block]:
    """Return what an event says, empty where it says nothing by itself.

    Text of the AI and progress are not for here: they arrive in pieces.

    Parameters
    ----------
    simulated
        Whether the session works on simulated data.
    """
    match event:
        case events.SessionStarted():
            return [Line(event.notice, "dim")] if event.notice else []
        case events.ProposalMade():
            return proposal_blocks(event, simulated=simulated, sentence=_sentence(event))
        case events.SettingsChanged():
            by = {"ai": "the approved proposal", "user": "you"}.get(event.by, "")
            return diff_blocks(event.before, event.after, by=by)
        case events.Approval():
            return _approval(event)
        case events.ActionStarted():
            return [Line(f"Running {_named(event.action, event.trial_id)}")] if event.trial_id else []
        case events.ActionCompleted():
            return _completed(event)
        case events.ActionFailed() | events.ErrorEvent():
            return error_blocks(failure_of(event), event.hint)
        case events.ActionCancelled():
            return [Line(f"Cancelled {_named(event.action, event.trial_id)}", "warn")]
        case events.Notice():
            return [Line(event.text, "warn")]
        case events.Usage():
            return [Line(usage_line(event), "dim")]
        case events.Grounding():
            return grounding_blocks(event)
    return []


def failure_of(event: events.ActionFailed | events.ErrorEvent) -> str:
    """Return what went wrong, and with what."""
    if isinstance(event, events.ErrorEvent):
        return event.message
    return f"{_named(event.action, event.trial_id)} failed: {event.message}"


def error_blocks(message: str, hint: str = "") -> list[Block]:
    """Return an error as a line, and what to do as another."""
    return [Line(f"Error: {message}", "bad"), *([Line(f"Hint: {hint}")] if hint else [])]


def usage_line(event: events.Usage) -> str:
    """Return what a turn cost."""
    cost = "" if event.dollars is None else f", ${event.dollars:.4f}"
    total = "" if event.total_dollars is None else f" (${event.total_dollars:.4f} in all)"
    return f"{event.input_tokens} tokens in ({event.cached_tokens} cached), {event.output_tokens} out{cost}{total}"


def _named(action: str, trial_id: str | None) -> str:
    name = action.replace("_", " ")
    return f"trial {trial_id}: {name}" if trial_id else name


def _approval(event: events.Approval) -> list[Block]:
    by = " by policy" if event.by == "policy" else ""
    if event.decision == "declined":
        reason = f": {event.reason}" if event.reason and event.by == "policy" else ""
        return [Line(f"Declined {event.proposal}{by}{reason}", "dim")]
    return [Line(f"{event.decision.capitalize()} {event.proposal}{by}", "dim")]


def _completed(event: events.ActionCompleted) -> list[Block]:
    if is_answer(event):
        return result_blocks(event.result)
    # A look-up of the AI: that it looked is of interest, what it read is for the AI.
    return [Line(f"Looked up: {event.action.replace('_', ' ')}", "dim")]


def lookup_blocks(action: str, result: dict[str, Any]) -> list[Block]:
    """Return the answer of a look-up that the user asked for."""
    if "schema" in result:
        return result_blocks(result)
    if action == "list_models" and isinstance(result.get("models"), list):
        return family_blocks(result["models"])
    if action == "show_predictions":
        table = prediction_blocks(result["predictions"], total=sum(result["counts"].values()))
        faults = [Line(f"The ledger was edited: {'; '.join(result['ledger_faults'])}", "bad")]
        mark = [simulated_line()] if any(one["simulated"] for one in result["predictions"]) else []
        return [*mark, *table, Line(""), *record_blocks(result["record"]), *(faults if result["ledger_faults"] else [])]
    return [Line(f"{key.replace('_', ' ')}: {value}") for key, value in result.items()]


def _sentence(event: events.ProposalMade) -> str:
    """Return what the target event of a proposal means, empty for an action without one."""
    arguments = event.arguments
    if not event.needs_approval or not {"label", "horizon", "target_return"} <= set(arguments):
        return ""
    # numpy comes with it: by the time something is proposed, the conversation has long begun.
    from mltrainer.evaluation.sentence import sentence_of

    return sentence_of(arguments)
