"""``mltrainer chat``: the conversation at the terminal."""

from typing import Annotated

import typer

from mltrainer.cli.options import (
    AsOf,
    Data,
    Home,
    Macro,
    Seed,
    Simulate,
    Source,
    Universe,
    Workers,
    data_request,
    stated_settings,
)
from mltrainer.cli.running import run_until_done
from mltrainer.cli.talk import chosen_agent, open_conversation


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the command."""
    app.command(name, help=summary)(chat)


def chat(
    source: Source = None,
    data: Data = None,
    macro: Macro = None,
    simulate: Simulate = None,
    universe: Universe = None,
    as_of: AsOf = None,
    seed: Seed = None,
    agent: Annotated[str | None, typer.Option(help="claude or offline", metavar="AGENT")] = None,
    max_trials: Annotated[int | None, typer.Option(min=1, help="most trials of the conversation")] = None,
    workers: Workers = 0,
    home: Home = None,
) -> int:
    """Talk until the user leaves."""
    import os
    import sys

    from mltrainer.repl.app import ChatSetup
    from mltrainer.repl.app import chat as talk
    from mltrainer.store.home import home_folder, make_private

    who = chosen_agent(agent)
    request = data_request(source=source, data=data, macro=macro, simulate=simulate, as_of=as_of, seed=seed, home=home)
    folder = make_private(home_folder(home))

    async def open_it():
        from mltrainer.agent.policy import ASK, Limits

        return open_conversation(
            agent=who,
            request=request,
            home=folder,
            stated=stated_settings(universe, seed),
            workers=workers,
            policy=ASK,
            limits=Limits(max_trials=max_trials),
        )

    setup = ChatSetup(
        open=open_it,
        home=folder,
        agent=who,
        data=f"files {request.data.name}" if request.source == "files" and request.data else request.source,
        simulated=request.source == "simulated",
        notice=_notice(who, agent),
        color="NO_COLOR" not in os.environ and sys.stdout.isatty(),
    )
    if not setup.interactive:
        return run_until_done(talk(setup))
    import asyncio

    # At a terminal the prompt itself takes Ctrl-C, and each turn its own.
    return asyncio.run(talk(setup))


def _notice(who: str, asked: str | None) -> str:
    if who == "claude":
        return "mltrainer: Claude proposes, you approve, it really runs. /help lists the commands."
    why = "as asked" if asked else "since ANTHROPIC_API_KEY is not set"
    return f"mltrainer with the offline analyst ({why}): it follows rules, it is no AI. /help lists the commands."
