"""``mltrainer trials``: what was run, what came out, and whether it comes out again."""

import json as json_format
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mltrainer.cli.options import Engine, Home, Json, Scheduler, Workers, chosen_scheduler
from mltrainer.facilitator.saving import as_text, document_of, said_of, write_text
from mltrainer.settings.errors import ActionFailed, UsageError
from mltrainer.settings.sections import part_of

if TYPE_CHECKING:
    from mltrainer.facilitator.facilitator import Facilitator

Trial = Annotated[str, typer.Argument(help="trial id such as T3", metavar="ID")]


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the group."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help=summary)
    group.command("list")(list_trials)
    group.command("show")(show_trial)
    group.command("compare")(compare_trials)
    group.command("export")(export_trial)
    group.command("rerun")(rerun_trial)
    group.command("audit")(audit_trial)
    group.command("promote")(promote_trial)
    app.add_typer(group, name=name)


def list_trials(
    limit: Annotated[int, typer.Option(min=1, help="at most so many, newest first")] = 50,
    json: Json = False,
    home: Home = None,
) -> int:
    """List stored trials, newest first."""
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store

    trials = Store(home_folder(home)).trials(limit)
    if json:
        print(json_format.dumps(trials, indent=2))
        return 0
    from mltrainer.render.show import show
    from mltrainer.render.trials import trial_blocks

    show(trial_blocks(trials), sys.stdout)
    return 0


def show_trial(
    trial: Trial,
    section: Annotated[str | None, typer.Option(help="one part, such as evaluation or provenance")] = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Show a stored trial with its proof: settings, data, figures, fits, time, fingerprint."""
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store

    store = Store(home_folder(home))
    document = document_of(store, store.trial(trial))
    part = part_of(document, section) if section else document
    if part is None:
        raise UsageError(f"trial {trial} has no part {section!r}", hint=f"it has: {', '.join(document)}")
    if json:
        print(json_format.dumps(part, indent=2))
        return 0
    from mltrainer.render.plots import curve_blocks, drawable
    from mltrainer.render.results import result_blocks
    from mltrainer.render.show import show

    whole = section is None and drawable(sys.stdout.encoding)
    plots = curve_blocks(document, store.curves(trial)) if whole else []
    show([*result_blocks(document, section=section or "all"), *plots], sys.stdout)
    return 0


def compare_trials(
    trials: Annotated[list[str], typer.Argument(help="two trials or more; the first is the yardstick", metavar="ID..")],
    model: Annotated[
        str | None, typer.Option(help="compare this model of each; without it, what ranked the candidates")
    ] = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Put trials side by side: settings that differ, figures, and whether their forecasts really differ."""
    from mltrainer.models.registry import resolve_model
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store
    from mltrainer.trials.side_by_side import side_by_side

    if len(trials) < 2:
        raise UsageError("one trial alone is nothing to compare", hint="such as: mltrainer trials compare T1 T2")
    store = Store(home_folder(home))
    documents = [document_of(store, store.trial(trial)) for trial in trials]
    folders = [store.trial_folder(trial) for trial in trials]
    found = side_by_side(documents, folders, resolve_model(model) if model else None)
    if json:
        print(json_format.dumps(found, indent=2))
        return 0
    from mltrainer.render.show import show
    from mltrainer.render.side_by_side import side_by_side_blocks

    show(side_by_side_blocks(found), sys.stdout)
    return 0


def export_trial(
    trial: Trial,
    predictions: Annotated[
        Path | None, typer.Option(help="write the out-of-sample predictions to .parquet or .csv", metavar="FILE")
    ] = None,
    document: Annotated[Path | None, typer.Option(help="write the result document", metavar="FILE")] = None,
    html: Annotated[Path | None, typer.Option(help="write a report that any browser shows", metavar="FILE")] = None,
    home: Home = None,
) -> int:
    """Export a trial: its predictions, its document, a report, or (with no option) the document to stdout."""
    from mltrainer.render.page import report_page
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store

    store = Store(home_folder(home))
    stored = store.trial(trial)
    for kind, file in (("document", document), ("report", html)):
        if file:
            write_text(file, as_text(store, stored, kind, report_page))
            print(said_of(store, stored, f"the {kind} of {trial} is in {file}"), file=sys.stderr)
    if predictions:
        # Reading a table needs no worker: nothing can be cancelled, and nothing is trained.
        from mltrainer.trials.predictions import export

        rows = export(store.trial_folder(trial), predictions)
        print(said_of(store, stored, f"{rows} predictions of {trial} are in {predictions}"), file=sys.stderr)
    if not document and not predictions and not html:
        sys.stdout.write(as_text(store, stored, "document", report_page))
    return 0


@asynccontextmanager
async def _facilitator_of(
    trial: str, workers: int, cluster: str | None, home: Path | None
) -> AsyncIterator[tuple["Facilitator", dict[str, Any]]]:
    """Open a stored trial and a facilitator on its data, and close what was opened."""
    from mltrainer.facilitator.facilitator import Facilitator
    from mltrainer.settings.request import DataRequest
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store

    store = Store(home_folder(home))
    try:
        stored = store.trial(trial)
        request = DataRequest.model_validate(stored["data_request"])
        facilitator = Facilitator(store, request, workers=workers, scheduler=cluster)
        try:
            yield facilitator, stored
        finally:
            await facilitator.close()
    finally:
        store.close()


def rerun_trial(
    trial: Trial,
    json: Json = False,
    workers: Workers = 0,
    engine: Engine = None,
    scheduler: Scheduler = None,
    home: Home = None,
) -> int:
    """Run a stored trial again without any cache and say "identical" or what differs."""
    from mltrainer.cli.running import run_until_done

    return run_until_done(_rerun(trial, json, workers, chosen_scheduler(engine, scheduler), home))


async def _rerun(trial: str, json: bool, workers: int, cluster: str | None, home: Path | None) -> int:
    from mltrainer.render.plain import PlainConsumer
    from mltrainer.settings.stream import EventStream

    async with _facilitator_of(trial, workers, cluster, home) as (facilitator, stored):
        found = await facilitator.rerun(stored["trial_id"], EventStream("", PlainConsumer(sys.stderr, sys.stderr)))
    if json:
        print(json_format.dumps(found, indent=2))
    else:
        word = "identical" if found["identical"] else "different"
        print(f"{trial}: {word} ({found['fits']} fits in {found['wall_seconds']:.1f} s, {found['digest']})")
        for difference in found["differences"]:
            print(f"  {difference}")
    return 0 if found["identical"] else ActionFailed.exit_code


def audit_trial(
    trial: Trial,
    json: Json = False,
    workers: Workers = 0,
    engine: Engine = None,
    scheduler: Scheduler = None,
    home: Home = None,
) -> int:
    """Check a trial for leaks at full size, run it under other circumstances, and say what survives."""
    from mltrainer.cli.running import run_until_done

    return run_until_done(_audit(trial, json, workers, chosen_scheduler(engine, scheduler), home))


async def _audit(trial: str, json: bool, workers: int, cluster: str | None, home: Path | None) -> int:
    from mltrainer.render.audit import audit_blocks
    from mltrainer.render.numbers import duration
    from mltrainer.render.plain import PlainConsumer
    from mltrainer.render.show import show
    from mltrainer.settings.stream import EventStream

    async with _facilitator_of(trial, workers, cluster, home) as (facilitator, stored):
        proof = (stored["document"] or {}).get("provenance", {})
        if proof.get("fits", 0) > proof.get("cached_fits", 0):
            took = duration(proof["wall_seconds"])
            print(f"{trial} took {took}; an audit fits its models some seven times over", file=sys.stderr)
        report = await facilitator.audit(stored["trial_id"], EventStream("", PlainConsumer(sys.stderr, sys.stderr)))
    if json:
        print(json_format.dumps(report, indent=2))
    else:
        simulated = bool((stored["document"] or {}).get("data", {}).get("simulated"))
        show(audit_blocks(stored["trial_id"], report), sys.stdout, simulated=simulated)
    return 0 if all(one["passed"] for one in report["checks"]) else ActionFailed.exit_code


def promote_trial(
    trial: Trial,
    json: Json = False,
    workers: Workers = 0,
    engine: Engine = None,
    scheduler: Scheduler = None,
    home: Home = None,
) -> int:
    """Open the sealed holdout for one finished trial, with exactly its settings, and print how it did there."""
    from mltrainer.cli.running import run_until_done

    return run_until_done(_promote(trial, json, workers, chosen_scheduler(engine, scheduler), home))


async def _promote(trial: str, json: bool, workers: int, cluster: str | None, home: Path | None) -> int:
    from mltrainer.render.plain import PlainConsumer
    from mltrainer.settings.stream import EventStream

    # With --json the document alone goes to stdout.
    stream = EventStream("", PlainConsumer(sys.stderr if json else sys.stdout, sys.stderr))
    async with _facilitator_of(trial, workers, cluster, home) as (facilitator, stored):
        document = await facilitator.run_trial("promote", {"trial": stored["trial_id"]}, stream)
    if json:
        print(json_format.dumps(document, indent=2))
    return 0
