"""Slash commands: those of the action registry, and a few for the chat itself."""

import difflib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mltrainer.actions.registry import ACTIONS, Action
from mltrainer.models.registry import members_of, resolve_model
from mltrainer.render.blocks import Block, Column, Grid, Line
from mltrainer.render.faults import fault_summary
from mltrainer.render.models import family_blocks, model_blocks
from mltrainer.render.results import result_blocks
from mltrainer.render.settings_diff import settings_table
from mltrainer.render.simulated import simulated_line
from mltrainer.render.trials import trial_blocks
from mltrainer.repl import ledger, memory
from mltrainer.repl.values import read_pairs
from mltrainer.settings.errors import UsageError
from mltrainer.settings.parameters import Settings
from mltrainer.settings.sections import SECTIONS

if TYPE_CHECKING:
    from mltrainer.agent.conversation import Conversation


class Leave(Exception):  # noqa: N818
    """The user wants to leave."""


@dataclass(frozen=True)
class Command:
    """Something that a line beginning with a slash does.

    Parameters
    ----------
    run
        Takes the conversation and the words after the name, and returns what to show.
    keys
        The keys of ``key=value`` that it takes.
    """

    name: str
    usage: str
    summary: str
    run: Callable[["Conversation", list[str]], Awaitable[list[Block]]]
    keys: tuple[str, ...] = ()


async def run_command(line: str, conversation: "Conversation") -> list[Block]:
    """Run a line that begins with a slash and return what to show.

    What changes or proposes something is shown by its events.

    Raises
    ------
    UsageError
        If there is no such command, or its words cannot be read.
    Leave
        If the user wants to leave.
    Resume
        If the user wants to go on with another session.
    """
    name, *words = line.split()
    return await find_command(name).run(conversation, words)


def find_command(name: str) -> Command:
    """Return the command of this name; hyphens equal underscores.

    Raises
    ------
    UsageError
        If there is none; the message names the nearest.
    """
    key = name.lower().replace("_", "-")
    if key in COMMANDS:
        return COMMANDS[key]
    near = difflib.get_close_matches(key, COMMANDS, n=1)
    raise UsageError(
        f"there is no command {name}",
        hint=f"did you mean {near[0]}?" if near else "/help lists the commands",
        code="unknown_command",
    )


async def _help(conversation: "Conversation", words: list[str]) -> list[Block]:
    if words:
        command = find_command(words[0] if words[0].startswith("/") else f"/{words[0]}")
        known = [Line(f"Keys: {', '.join(command.keys)}")] if command.keys else []
        return [Line(command.usage, "title"), Line(command.summary), *known]
    rows = [[name, command.summary] for name, command in COMMANDS.items()]
    return [
        Line("Say what you want in your own words, such as: Start momentum analysis"),
        Line("A proposal runs only after you type yes; edit or a change shows it again; anything else declines it."),
        Line("Enter sends, Alt-Enter breaks the line, Ctrl-C stops what runs, Ctrl-D leaves."),
        Line("What a command takes: /help and its name, such as /help show"),
        Grid((Column("command", 0), Column("what it does", 1, wrap=True)), rows),
    ]


async def _settings(conversation: "Conversation", words: list[str]) -> list[Block]:
    session = conversation.settings
    if not words:
        return settings_table(session.current.model_dump(mode="json"), session.adjusted)
    stated = read_pairs(words, tuple(Settings.model_fields), session.current)
    return _said_of(conversation.change_settings(stated, by="command"), conversation)


async def _undo(conversation: "Conversation", words: list[str]) -> list[Block]:
    _no_words("/undo", words)
    if not conversation.settings.history:
        return [Line("There is no change of settings to undo.", "dim")]
    return _said_of(conversation.undo_settings(), conversation)


def _said_of(diff: Any, conversation: "Conversation") -> list[Block]:
    """Return a word where nothing changed, or where something waits that the change, shown by its event, misses."""
    if not diff:
        return [Line("The settings are already so.", "dim")]
    if not conversation.waiting:
        return []
    waiting = ", ".join(one.id for one in conversation.waiting)
    return [Line(f"{waiting} still waits as it was shown above; 'edit' changes it, 'no' declines it.", "warn")]


async def _trials(conversation: "Conversation", words: list[str]) -> list[Block]:
    if words and not words[0].isdecimal():
        raise UsageError(f"/trials takes a number, not {words[0]!r}", hint="such as /trials 20")
    return trial_blocks(conversation.facilitator.store.trials(limit=int(words[0]) if words else 20))


async def _show(conversation: "Conversation", words: list[str]) -> list[Block]:
    section = words.pop() if words and words[-1].lower() in SECTIONS else None
    if len(words) > 1:
        raise UsageError(f"a result has no section {words[1]!r}", hint=f"sections: {', '.join(SECTIONS)}")
    store = conversation.facilitator.store
    stored = store.trial(words[0].upper()) if words else store.latest_trial()
    if not stored:
        raise UsageError("there is no finished trial yet", hint="say: Start momentum analysis", code="unknown_trial")
    document = stored["document"] or {key: stored[key] for key in ("trial_id", "action", "status")}
    return result_blocks(document, section=section and section.lower())


async def _models(conversation: "Conversation", words: list[str]) -> list[Block]:
    models = conversation.facilitator.models()
    if not words:
        return [*family_blocks(models), Line("/models and a name or a family says more.", "dim")]
    said = " ".join(words).lower()
    if family := [model for model in models if model["family"] == said]:
        return model_blocks(family)
    name = resolve_model(said)
    return model_blocks([model for model in models if model["name"] in members_of(name)], notes=True)


async def _data(conversation: "Conversation", words: list[str]) -> list[Block]:
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


async def _quit(conversation: "Conversation", words: list[str]) -> list[Block]:
    raise Leave


def _no_words(name: str, words: list[str]) -> None:
    if words:
        raise UsageError(f"{name} takes nothing, but {' '.join(words)!r} was given")


def _of_action(action: Action) -> Command:
    """Return the command of an action: it proposes a trial, changes settings, or looks something up."""
    keys = tuple(action.arguments.model_fields)

    async def run(conversation: "Conversation", words: list[str]) -> list[Block]:
        stated = read_pairs(words, keys, conversation.settings.current)
        if action.needs_approval:
            conversation.propose(action.name, stated)
            return []
        if action.kind == "settings":
            return _said_of(conversation.change_settings(stated, by="command"), conversation)
        return await _look_up(action, conversation, stated)

    name = "/" + action.name.replace("_", "-")
    return Command(name, f"{name} [key=value ...]" if keys else name, action.summary, run, keys)


async def _look_up(action: Action, conversation: "Conversation", stated: dict[str, Any]) -> list[Block]:
    if action.name == "show_results":
        words = [stated[key] for key in ("trial", "section") if key in stated]
        return await _show(conversation, words)
    if action.name == "show_predictions":
        return await ledger.predictions(
            conversation, [str(stated[key]) for key in ("status", "ticker") if key in stated]
        )
    if action.name == "list_models":
        return await _models(conversation, [])
    session = await _settings(conversation, [])
    return [*await _data(conversation, []), Line(""), *session, Line(""), *await _trials(conversation, [])]


COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command("/help", "/help [command]", "Say what can be typed.", _help),
        Command(
            "/settings",
            "/settings [key=value ...]",
            "Show the settings, or change them: /settings confidence=90% horizon=5-7",
            _settings,
            tuple(Settings.model_fields),
        ),
        Command("/undo", "/undo", "Take the last change of settings back.", _undo),
        Command("/trials", "/trials [count]", "List the stored trials, newest first.", _trials),
        Command("/show", "/show [trial] [section]", "Show a trial or a part of it: /show T3 candidates", _show),
        Command(
            "/predictions",
            "/predictions [open|scored] [ticker]",
            "Show what was predicted and what came of it.",
            ledger.predictions,
        ),
        Command(
            "/hold",
            "/hold TICKER price=USD size=N [target=.. stop=.. horizon=.. since=..]",
            "Note a paper holding; no order is ever placed.",
            ledger.hold,
            ledger.KEYS,
        ),
        Command("/holdings", "/holdings [drop ID]", "Show paper holdings, or close one.", ledger.holdings),
        Command(
            "/score", "/score", "Say what came of the predictions that are due, on the data at hand.", ledger.score
        ),
        Command("/models", "/models [model|family]", "List the models, or show some: /models lstm", _models),
        Command("/data", "/data", "Say what data are at hand.", _data),
        *(_of_action(action) for action in ACTIONS.values()),
        Command("/regime", "/regime", "Show the latest regime of the market.", memory.regime),
        Command(
            "/permissions",
            "/permissions [allow ACTION [max_models=N] [times=N] | revoke NUMBER]",
            "List what runs without asking in this session, or change it.",
            memory.permissions,
        ),
        Command("/jobs", "/jobs [cancel NUMBER]", "List what runs in the background, or stop it.", memory.jobs),
        Command("/cost", "/cost", "Say what the AI cost, a turn and in total.", memory.cost),
        Command("/resume", "/resume [session]", "Go on with another session, the latest by default.", memory.resume),
        Command("/export", "/export [file]", "Write this conversation as Markdown.", memory.export),
        Command("/quit", "/quit", "Leave; so does Ctrl-D.", _quit),
    )
}
