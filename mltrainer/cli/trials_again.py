"""``mltrainer trials rerun``, ``audit`` and ``promote``: a stored trial at work once more."""

import json as json_format
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mltrainer.cli.opened import opened, store_of
from mltrainer.cli.options import Engine, Home, Json, Scheduler, Workers, chosen_scheduler
from mltrainer.settings.errors import ActionFailed

if TYPE_CHECKING:
    from mltrainer.facilitator.facilitator import Facilitator

Trial = Annotated[str, typer.Argument(help="trial id such as T3", metavar="ID")]


def _command(work: Callable[..., Coroutine[Any, Any, int]]) -> Callable[..., int]:
    """Return the command that does this work on a stored trial; its docstring is the command's help."""

    def command(
        trial: Trial,
        json: Json = False,
        workers: Workers = 0,
        engine: Engine = None,
        scheduler: Scheduler = None,
        home: Home = None,
    ) -> int:
        from mltrainer.cli.running import run_until_done

        return run_until_done(work(trial, json, workers, chosen_scheduler(engine, scheduler), home))

    command.__doc__ = work.__doc__
    return command


@asynccontextmanager
async def _again(
    trial: str, workers: int, cluster: str | None, home: Path | None
) -> AsyncIterator[tuple["Facilitator", dict[str, Any]]]:
    """Open a facilitator on the data of a stored trial, and close it."""
    from mltrainer.settings.request import DataRequest

    store = store_of(home)
    stored = store.trial(trial)
    store.close()
    request = DataRequest.model_validate(stored["data_request"])
    async with opened(request, home, workers=workers, cluster=cluster) as facilitator:
        yield facilitator, stored


async def _rerun(trial: str, json: bool, workers: int, cluster: str | None, home: Path | None) -> int:
    """Run a stored trial again without any cache and say "identical" or what differs."""
    from mltrainer.render.plain import PlainConsumer, without_failure
    from mltrainer.settings.stream import EventStream

    async with _again(trial, workers, cluster, home) as (facilitator, stored):
        found = await facilitator.rerun(
            stored["trial_id"], EventStream("", without_failure(PlainConsumer(sys.stderr, sys.stderr)))
        )
    if json:
        print(json_format.dumps(found, indent=2))
    else:
        word = "identical" if found["identical"] else "different"
        print(f"{trial}: {word} ({found['fits']} fits in {found['wall_seconds']:.1f} s, {found['digest']})")
        for difference in found["differences"]:
            print(f"  {difference}")
    return 0 if found["identical"] else ActionFailed.exit_code


async def _audit(trial: str, json: bool, workers: int, cluster: str | None, home: Path | None) -> int:
    """Check a trial for leaks at full size, run it under other circumstances, and say what survives."""
    from mltrainer.render.audit import audit_blocks
    from mltrainer.render.numbers import duration
    from mltrainer.render.plain import PlainConsumer, without_failure
    from mltrainer.render.show import show
    from mltrainer.settings.stream import EventStream

    async with _again(trial, workers, cluster, home) as (facilitator, stored):
        proof = (stored["document"] or {}).get("provenance", {})
        if proof.get("fits", 0) > proof.get("cached_fits", 0):
            took = duration(proof["wall_seconds"])
            print(f"{trial} took {took}; an audit fits its models some seven times over", file=sys.stderr)
        report = await facilitator.audit(
            stored["trial_id"], EventStream("", without_failure(PlainConsumer(sys.stderr, sys.stderr)))
        )
    if json:
        print(json_format.dumps(report, indent=2))
    else:
        simulated = bool((stored["document"] or {}).get("data", {}).get("simulated"))
        show(audit_blocks(stored["trial_id"], report), sys.stdout, simulated=simulated)
    return 0 if all(one["passed"] for one in report["checks"]) else ActionFailed.exit_code


async def _promote(trial: str, json: bool, workers: int, cluster: str | None, home: Path | None) -> int:
    """Open the sealed holdout for one finished trial, with exactly its settings, and print how it did there."""
    from mltrainer.render.plain import PlainConsumer, without_failure
    from mltrainer.settings.stream import EventStream

    # With --json the document alone goes to stdout.
    stream = EventStream("", without_failure(PlainConsumer(sys.stderr if json else sys.stdout, sys.stderr)))
    async with _again(trial, workers, cluster, home) as (facilitator, stored):
        document = await facilitator.run_trial("promote", {"trial": stored["trial_id"]}, stream)
    if json:
        print(json_format.dumps(document, indent=2))
    return 0


rerun_trial, audit_trial, promote_trial = map(_command, (_rerun, _audit, _promote))
