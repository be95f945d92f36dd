"""``mltrainer sessions``: stored conversations."""

import json as json_format
import sys
from typing import Annotated

import typer

from mltrainer.cli.options import Home, Json


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the group."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help=summary)
    group.command("list")(list_sessions)
    group.command("show")(show_session)
    app.add_typer(group, name=name)


def list_sessions(
    limit: Annotated[int, typer.Option(min=1, help="at most so many, newest first")] = 50,
    json: Json = False,
    home: Home = None,
) -> int:
    """List stored conversations, newest first."""
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store

    sessions = [one for one in Store(home_folder(home)).sessions(limit) if one["agent"] != "none"]
    if json:
        print(json_format.dumps(sessions, indent=2))
        return 0
    from mltrainer.render.show import row_blocks, show

    rows = [
        {"session": one["session_id"], "started": one["started"][:16], "agent": one["agent"], "trials": one["trials"]}
        | {"first words": one["first"]}
        for one in sessions
    ]
    show(row_blocks(rows, empty="no conversation is stored yet"), sys.stdout)
    return 0


def show_session(
    session: Annotated[str, typer.Argument(help="session id such as S3", metavar="ID")],
    json: Json = False,
    home: Home = None,
) -> int:
    """Show a conversation: what was said, proposed, decided and run."""
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store

    events = Store(home_folder(home)).events(session)
    if json:
        for event in events:
            print(json_format.dumps(event))
        return 0
    from pydantic import TypeAdapter

    from mltrainer.render.plain import PlainConsumer
    from mltrainer.settings.events import AnyEvent, Event, Message

    consumer, reader = PlainConsumer(sys.stdout, sys.stdout), TypeAdapter[Event](AnyEvent)
    for told in map(reader.validate_python, events):
        if isinstance(told, Message) and told.role == "user":
            from mltrainer.render.safe import make_safe

            print(f"\n> {make_safe(told.text)}\n")
        else:
            consumer(told)
    return 0
