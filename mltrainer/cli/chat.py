"""``mltrainer chat``: the conversation at the terminal."""

from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from mltrainer.cli.app import LATEST
from mltrainer.cli.common import Common, with_common
from mltrainer.cli.options import Agent, Allow, DryRun, Json, MaxSeconds, MaxUsd, Yes
from mltrainer.cli.running import run_until_done
from mltrainer.cli.talk import chosen_agent, open_conversation, past_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mltrainer.agent.conversation import Conversation
    from mltrainer.cli.talk import AgentName
    from mltrainer.data.polygon import Polygon
    from mltrainer.data.quotes import Quote
    from mltrainer.settings.request import DataRequest


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the command."""
    app.command(name, help=summary)(with_common(chat))


def chat(
    common: Common,
    resume: Annotated[
        str | None, typer.Option(help="go on with a session, the latest where none is named", metavar="[SESSION]")
    ] = None,
    yes: Yes = False,
    allow: Allow = None,
    agent: Agent = None,
    max_trials: Annotated[int | None, typer.Option(min=1, help="most trials of the conversation")] = None,
    max_seconds: MaxSeconds = None,
    max_usd: MaxUsd = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> int:
    """Talk until the user leaves."""
    import os
    import sys

    from mltrainer.repl.app import ChatSetup
    from mltrainer.repl.app import chat as talk
    from mltrainer.store.home import home_folder, make_private

    folder = make_private(home_folder(common.home))
    stored = _stored(folder, resume) if resume else None
    who = stored.agent if stored and agent is None else chosen_agent(agent, folder)
    goes_on = stored.request if stored and not common.names_data else None
    request = goes_on or common.request()

    def make_setup(request: "DataRequest", who: "AgentName", session: str | None) -> ChatSetup:
        async def open_it() -> "Conversation":
            from mltrainer.agent.policy import Limits, chosen_policy

            return open_conversation(
                agent=who,
                request=request,
                home=folder,
                stated=common.stated(),
                workers=common.workers,
                scheduler=common.cluster(),
                policy=chosen_policy(yes=yes, allow=allow or (), dry_run=dry_run, chat=True),
                limits=Limits(max_trials=max_trials, max_seconds=max_seconds, max_usd=max_usd),
                resume=session,
            )

        def reopen(session: str) -> ChatSetup:
            found = _stored(folder, session)
            return make_setup(found.request or request, found.agent, found.session)

        return ChatSetup(
            open=open_it,
            home=folder,
            agent=who,
            data=f"files {request.data.name}" if request.source == "files" and request.data else request.source,
            simulated=request.source == "simulated",
            notice=_notice(who, agent),
            color="NO_COLOR" not in os.environ and sys.stdout.isatty(),
            price=_price(request, folder),
            resumed=session is not None,
            reopen=reopen,
            json=json,
        )

    setup = make_setup(request, who, stored.session if stored else None)
    if json or not setup.interactive:
        return run_until_done(talk(setup))
    import asyncio

    # At a terminal the prompt itself takes Ctrl-C, and each turn its own.
    return asyncio.run(talk(setup))


class Stored(NamedTuple):
    """A session to go on with: who answered in it, and on which data."""

    session: str
    agent: "AgentName"
    request: "DataRequest | None"


def _stored(home: "Path", session: str) -> Stored:
    """Look up a session.

    Raises
    ------
    UsageError
        If there is none.
    """
    from mltrainer.settings.request import DataRequest
    from mltrainer.store.store import Store

    store = Store(home)
    found = store.session(None if session.lower() == LATEST else session)
    past = past_of(store, found["session_id"])
    store.close()
    request = DataRequest.model_validate(past.request) if past.request else None
    return Stored(found["session_id"], found["agent"], request)


def _price(request: "DataRequest", home: "Path") -> "Callable[[str], Quote] | None":
    """Return what asks Polygon for a delayed price, None where the data are others or there is no key."""
    from mltrainer.store.keys import find_key

    if request.source != "polygon" or not find_key("POLYGON_API_KEY", home):
        return None
    clients: list[Polygon] = []

    def ask(ticker: str) -> "Quote":
        # Made when it is first needed, since the vendor's client is slow to load.
        if not clients:
            from mltrainer.cli.vendors import polygon

            clients.append(polygon(home))
        return clients[0].quote(ticker)

    return ask


def _notice(who: str, asked: str | None) -> str:
    if who == "claude":
        return "mltrainer: Claude proposes, you approve, it really runs. /help lists the commands."
    why = "as asked" if asked else "since there is no ANTHROPIC_API_KEY"
    return f"mltrainer with the offline analyst ({why}): it follows rules, it is no AI. /help lists the commands."
