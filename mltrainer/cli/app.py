"""The tree of commands. A group is loaded only when it is named, so that the others start fast."""

import importlib
from typing import Any

import typer
from typer.main import get_command

LATEST = "latest"
GROUPS = {
    "chat": ("mltrainer.cli.chat", "Talk with the AI; the same as mltrainer alone."),
    "run": ("mltrainer.cli.run", "Run one conversation without a person."),
    "do": ("mltrainer.cli.do", "Do one action directly, without an AI."),
    "models": ("mltrainer.cli.models", "List and show the models of the registry."),
    "trials": ("mltrainer.cli.trials", "List, show, export and rerun stored trials."),
    "predictions": (
        "mltrainer.cli.predictions",
        "The ledger: every prediction that was shown, its outcome, and paper holdings.",
    ),
    "data": ("mltrainer.cli.data", "Fetch data, look at them and check their quality."),
    "sessions": ("mltrainer.cli.sessions", "List and show stored conversations."),
    "status": ("mltrainer.cli.status", "Say what is at hand: models, trials, sessions, keys."),
    "doctor": ("mltrainer.cli.doctor", "Check that this installation works."),
    "cluster": ("mltrainer.cli.cluster", "Start a cluster to fit models on, and how to use a larger one."),
    "config": ("mltrainer.cli.config", "Show where settings come from."),
}


def application(arguments: list[str]) -> Any:
    """Return the command line, with the named group loaded and the others as their one line of help."""
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("--help", "-h")):
        arguments.insert(0, "chat")
    _name_latest(arguments)
    if arguments[0] == "do" and len(arguments) > 1 and not arguments[1].startswith("-"):
        from mltrainer.actions.registry import find_action

        # Hyphens equal underscores, and a name that is nearly right is answered with the nearest.
        arguments[1] = find_action(arguments[1]).name.replace("_", "-")
    app = typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Market machine learning in one conversation: an AI proposes trials, you approve, they really run.\n\n"
        "mltrainer alone opens the conversation. No investment advice, no orders.",
    )
    for name, (module, summary) in GROUPS.items():
        if arguments[0] == name:
            importlib.import_module(module).add_to(app, name, summary)
        else:
            app.command(name, help=summary)(_not_loaded)
    return get_command(app)


def _name_latest(arguments: list[str]) -> None:
    """Let ``--resume`` alone mean the latest session."""
    if "--resume" in arguments:
        place = arguments.index("--resume") + 1
        if place == len(arguments) or arguments[place].startswith("-"):
            arguments.insert(place, LATEST)


def _not_loaded() -> None:
    raise AssertionError("a group that is not named is not run")
