"""What completion can name, taken from the conversation as it stands."""

from typing import TYPE_CHECKING, Any, get_args

from mltrainer.models.registry import MODELS
from mltrainer.render.safe import safe_line
from mltrainer.repl.commands import COMMANDS
from mltrainer.repl.completion import Known
from mltrainer.settings.parameters import Settings
from mltrainer.settings.sections import SECTIONS

if TYPE_CHECKING:
    from mltrainer.agent.conversation import Conversation


def known_names(conversation: "Conversation") -> Known:
    """Return every command, key, model, ticker, sector and trial there is now."""
    data: dict[str, Any] = conversation.data
    return Known(
        commands={command.name: command.summary for command in COMMANDS.values()},
        arguments={command.name: command.keys for command in COMMANDS.values() if command.keys},
        choices={
            name: choices
            for name, info in Settings.model_fields.items()
            if (choices := get_args(info.annotation)) and all(isinstance(one, str) for one in choices)
        },
        models=tuple(MODELS),
        # Names of a user's file: they are foreign text like any other.
        tickers=tuple(safe_line(name) for name in data.get("names", ())),
        sectors=tuple(safe_line(name) for name in data.get("sectors", ())),
        trials=tuple(trial["trial_id"] for trial in conversation.facilitator.store.trials(limit=50)),
        sections=SECTIONS,
    )
