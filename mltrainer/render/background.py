"""What ends in the background, in a few lines that come between other things."""

from mltrainer.render.blocks import Block, Line
from mltrainer.render.messages import error_blocks
from mltrainer.settings import events
from mltrainer.settings.events import Event


def announcement(event: Event) -> list[Block]:
    """Return what to say of an event of a trial in the background: only its end is worth a word."""
    match event:
        case events.ActionCompleted():
            name = f"Trial {event.trial_id} in the background is done: {event.action.replace('_', ' ')}"
            headline = event.result.get("headline", "")
            hint = f"/show {event.trial_id} opens it; the AI hears of it with your next words."
            return [Line(""), Line(name, "title"), *([Line(headline)] if headline else []), Line(hint, "dim")]
        case events.ActionFailed():
            return [Line(""), *error_blocks(f"trial {event.trial_id} in the background: {event.message}", event.hint)]
        case events.ActionCancelled():
            return [Line(f"Cancelled trial {event.trial_id} in the background", "warn")]
    return []
