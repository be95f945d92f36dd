"""Slash commands that look at what is at hand: settings, trials, models, data."""

from typing import TYPE_CHECKING, Any

from mltrainer.models.registry import members_of, resolve_model
from mltrainer.render.blocks import Block, Column, Grid, Line
from mltrainer.render.faults import fault_summary
from mltrainer.render.models import family_blocks, model_blocks
from mltrainer.render.results import result_blocks
from mltrainer.render.settings_diff import settings_table
from mltrainer.render.simulated import simulated_line
from mltrainer.render.trials import trial_blocks
from mltrainer.repl.values import read_pairs
from mltrainer.settings.errors import UsageError
from mltrainer.settings.parameters import Settings
from mltrainer.settings.sections import SECTIONS

if TYPE_CHECKING:
    from mltrainer.agent.conversation import Conversation


async def settings(conversation: "Conversation", words: list[str]) -> list[Block]:
    """Show the settings, or change them; the change is shown by its event."""
    session = conversation.settings
    if not words:
        return settings_table(session.current.model_dump(mode="json"), session.adjusted)
    stated = read_pairs(words, tuple(Settings.model_fields), session.current)
    return said_of(conversation.change_settings(stated, by="command"), conversation)


async def undo(conversation: "Conversation", words: list[str]) -> list[Block]:
    """Take the last change of settings back."""
    _no_words("/undo", words)
    if not conversation.settings.history:
        return [Line("There is no change of settings to undo.", "dim")]
    return said_of(conversation.undo_settings(), conversation)


def said_of(diff: Any, conversation: "Conversation") -> list[Block]:
    """Return a word where nothing changed, or where something waits that the change, shown by its event, misses."""
    if not diff:
        return [Line("The settings are already so.", "dim")]
    if not conversation.waiting:
        return []
    waiting = ", ".join(one.id for one in conversation.waiting)
    return [Line(f"{waiting} still waits as it was shown above; 'edit' changes it, 'no' declines it.", "warn")]


async def trials(conversation: "Conversation", words: list[str]) -> list[Block]:
    """List stored trials, newest first."""
    if words and not words[0].isdecimal():
        raise UsageError(f"/trials takes a number, not {words[0]!r}", hint="such as /trials 20")
    return trial_blocks(conversation.facilitator.store.trials(limit=int(words[0]) if words else 20))


async def show(conversation: "Conversation", words: list[str]) -> list[Block]:
    """Show a stored trial or a part of it; the latest where none is named."""
    section = words.pop() if words and words[-1].lower() in SECTIONS else None
    if len(words) > 1:
        raise UsageError(f"a result has no section {words[1]!r}", hint=f"sections: {', '.join(SECTIONS)}")
    store = conversation.facilitator.store
    stored = store.trial(words[0].upper()) if words else store.latest_trial()
    if not stored:
        raise UsageError("there is no finished trial yet", hint="say: Start momentum analysis", code="unknown_trial")
    document = stored["document"] or {key: stored[key] for key in ("trial_id", "action", "status")}
    return result_blocks(document, section=section and section.lower())


async def models(conversation: "Conversation", words: list[str]) -> list[Block]:
    """Show the families, or the models of a name or a family."""
    models = conversation.facilitator.models()
    if not words:
        return [*family_blocks(models), Line("/models and a name or a family says more.", "dim")]
    said = " ".join(words).lower()
    if family := [model for model in models if model["family"] == said]:
        return model_blocks(family)
    name = resolve_model(said)
    return model_blocks([model for model in models if model["name"] in members_of(name)], notes=True)


async def data(conversation: "Conversation", words: list[str]) -> list[Block]:
    """Say what data are at hand."""
    _no_words("/data", words)
    data = await conversation.facilitator.describe_data()
    rows = [
        [name.replace("_", " "), _described(data[name])]
        for name in ("source", "first", "last", "tickers", "sessions", "delay", "fingerprint", "macro", "sectors")
        if data.get(name) not in (None, [], {})
    ]
    rows.append(["faults", fault_summary(data.get("faults", {})) or "none found"])
    mark: list[Block] = [simulated_line()] if data.get("simulated") else []
    return [*mark, Grid((Column("data", 0), Column("value", 1, wrap=True)), rows)]


def _described(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _no_words(name: str, words: list[str]) -> None:
    if words:
        raise UsageError(f"{name} takes nothing, but {' '.join(words)!r} was given")
