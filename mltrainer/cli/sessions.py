"""``mltrainer sessions``: stored conversations."""

import json as json_format
import sys
from pathlib import Path
from typing import Annotated

import typer

from mltrainer.cli.opened import store_of
from mltrainer.cli.options import Home, Json
from mltrainer.settings.errors import UsageError

Session = Annotated[str, typer.Argument(help="session id such as S3", metavar="ID")]


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the group."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help=summary)
    group.command("list")(list_sessions)
    group.command("show")(show_session)
    group.command("export")(export_session)
    group.command("search")(search_sessions)
    group.command("branch")(branch_session)
    app.add_typer(group, name=name)


def list_sessions(
    limit: Annotated[int, typer.Option(min=1, help="at most so many, newest first")] = 50,
    json: Json = False,
    home: Home = None,
) -> int:
    """List stored conversations, newest first."""
    sessions = [one for one in store_of(home).sessions(limit) if one["agent"] != "none"]
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
    session: Session,
    json: Json = False,
    home: Home = None,
) -> int:
    """Show a conversation: what was said, proposed, decided and run."""
    events = store_of(home).events(session)
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


def export_session(
    session: Session,
    output: Annotated[Path | None, typer.Option(help="write to this file, not to stdout", metavar="FILE")] = None,
    home: Home = None,
) -> int:
    """Write a conversation as Markdown."""
    from mltrainer.cli.talk import told_in
    from mltrainer.render.transcript import session_markdown

    text = session_markdown(told_in(store_of(home), session), session)
    if output is None:
        sys.stdout.write(text)
        return 0
    try:
        output.write_text(text)
    except OSError as error:
        raise UsageError(f"{output} cannot be written ({error.strerror})") from None
    print(f"session {session} is in {output}", file=sys.stderr)
    return 0


def search_sessions(
    text: Annotated[str, typer.Argument(help="what was said, in any session", metavar="TEXT")],
    limit: Annotated[int, typer.Option(min=1, help="at most so many, newest first")] = 20,
    json: Json = False,
    home: Home = None,
) -> int:
    """Find what was said; capitals do not matter."""
    found = store_of(home).search(text, limit)
    if json:
        print(json_format.dumps(found, indent=2))
        return 0
    from mltrainer.render.show import row_blocks, show

    rows = [
        {
            "session": one["session_id"],
            "time": one["time"][:16],
            "who": one["role"],
            "words": _around(one["text"], text),
        }
        for one in found
    ]
    show(row_blocks(rows, empty=f"nobody ever said {text!r}"), sys.stdout)
    return 0


def branch_session(session: Session, home: Home = None) -> int:
    """Copy a conversation, so that it can go on in two ways; prints the id of the copy."""
    print(store_of(home).branch(session))
    return 0


def _around(said: str, text: str, width: int = 60) -> str:
    """Return the words around what was found."""
    flat = " ".join(said.split())
    place = max(flat.lower().find(text.lower()), 0)
    start, end = max(place - width, 0), place + len(text) + width
    return f"{'... ' * (start > 0)}{flat[start:end]}{' ...' * (end < len(flat))}"
