"""``mltrainer run``: one conversation without a person."""

import sys
from typing import Annotated

import typer

from mltrainer.cli.common import Common, with_common
from mltrainer.cli.options import Agent, Allow, DryRun, Json, MaxSeconds, MaxUsd, Yes
from mltrainer.cli.running import run_until_done
from mltrainer.cli.talk import chosen_agent, open_conversation
from mltrainer.settings.errors import UsageError

Prompt = Annotated[str | None, typer.Argument(help="what to say; - reads it from stdin", metavar="[PROMPT|-]")]


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the command."""
    app.command(name, help=summary)(with_common(run))


def run(
    common: Common,
    prompt: Prompt = None,
    yes: Yes = False,
    allow: Allow = None,
    agent: Agent = None,
    max_trials: Annotated[int, typer.Option(min=1, help="most trials")] = 1,
    max_seconds: MaxSeconds = None,
    max_usd: MaxUsd = None,
    dry_run: DryRun = False,
    deltas: Annotated[bool, typer.Option("--deltas", help="with --json, stream the AI's text")] = False,
    json: Json = False,
) -> int:
    """Propose, decide by policy, run, analyse."""
    from mltrainer.agent.oneshot import run_once
    from mltrainer.agent.policy import Limits, chosen_policy
    from mltrainer.render.plain import JsonConsumer, PlainConsumer
    from mltrainer.store.home import home_folder

    policy = chosen_policy(yes=yes, allow=allow or (), dry_run=dry_run, chat=False)
    request = common.request()
    text, home = _prompt(prompt), home_folder(common.home)
    conversation = open_conversation(
        agent=chosen_agent(agent, home),
        request=request,
        home=home,
        stated=common.stated(),
        workers=common.workers,
        scheduler=common.cluster(),
        policy=policy,
        limits=Limits(max_trials=max_trials, max_seconds=max_seconds, max_usd=max_usd),
        listeners=(JsonConsumer(sys.stdout, deltas) if json else PlainConsumer(sys.stdout, sys.stderr),),
    )

    async def talk() -> int:
        try:
            return (await run_once(conversation, text)).exit_code
        finally:
            await conversation.close()

    def note(code: int) -> None:
        conversation.interrupt_code = code

    return run_until_done(talk(), on_signal=note)


def _prompt(prompt: str | None) -> str:
    """Return what to say; standard input is read only where nothing else was given."""
    if prompt is not None and prompt != "-":
        text = prompt
    elif prompt is None and sys.stdin.isatty():
        raise UsageError("run needs something to say", hint='such as: mltrainer run "Start momentum analysis"')
    else:
        text = sys.stdin.read()
    if not text.strip():
        raise UsageError("the prompt is empty", hint='such as: mltrainer run "Start momentum analysis"')
    return text.strip()
