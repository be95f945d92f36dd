"""Slash commands: those of the action registry, and a few for the chat itself."""

import difflib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mltrainer.actions.registry import ACTIONS, Action
from mltrainer.render.blocks import Block, Column, Grid, Line
from mltrainer.repl import ledger, looking, memory
from mltrainer.repl.values import read_pairs
from mltrainer.settings.errors import UsageError
from mltrainer.settings.parameters import Settings

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


async def _quit(conversation: "Conversation", words: list[str]) -> list[Block]:
    raise Leave


def _of_action(action: Action) -> Command:
    """Return the command of an action: it proposes a trial, changes settings, or looks something up."""
    keys = tuple(action.arguments.model_fields)

    async def run(conversation: "Conversation", words: list[str]) -> list[Block]:
        stated = read_pairs(words, keys, conversation.settings.current)
        if action.needs_approval:
            conversation.propose(action.name, stated)
            return []
        if action.kind == "settings":
            return looking.said_of(conversation.change_settings(stated, by="command"), conversation)
        return await _look_up(action, conversation, stated)

    name = "/" + action.name.replace("_", "-")
    return Command(name, f"{name} [key=value ...]" if keys else name, action.summary, run, keys)


async def _look_up(action: Action, conversation: "Conversation", stated: dict[str, Any]) -> list[Block]:
    if action.name == "show_results":
        words = [stated[key] for key in ("trial", "section") if key in stated]
        return await looking.show(conversation, words)
    if action.name == "show_predictions":
        return await ledger.predictions(
            conversation, [str(stated[key]) for key in ("status", "ticker") if key in stated]
        )
    if action.name == "list_models":
        return await looking.models(conversation, [])
    session = await looking.settings(conversation, [])
    return [
        *await looking.data(conversation, []),
        Line(""),
        *session,
        Line(""),
        *await looking.trials(conversation, []),
    ]


COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command("/help", "/help [command]", "Say what can be typed.", _help),
        Command(
            "/settings",
            "/settings [key=value ...]",
            "Show the settings, or change them: /settings confidence=90% horizon=5-7",
            looking.settings,
            tuple(Settings.model_fields),
        ),
        Command("/undo", "/undo", "Take the last change of settings back.", looking.undo),
        Command("/trials", "/trials [count]", "List the stored trials, newest first.", looking.trials),
        Command("/show", "/show [trial] [section]", "Show a trial or a part of it: /show T3 candidates", looking.show),
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
        Command("/models", "/models [model|family]", "List the models, or show some: /models lstm", looking.models),
        Command("/data", "/data", "Say what data are at hand.", looking.data),
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
