"""``mltrainer trials``: what was run, and what came out."""

import json as json_format
import sys
from pathlib import Path
from typing import Annotated

import typer

from mltrainer.cli.opened import store_of
from mltrainer.cli.options import Home, Json
from mltrainer.cli.trials_again import Trial, audit_trial, promote_trial, rerun_trial
from mltrainer.facilitator.saving import as_text, document_of, said_of, write_text
from mltrainer.settings.errors import UsageError
from mltrainer.settings.sections import part_of


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
    trials = store_of(home).trials(limit)
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
    store = store_of(home)
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
    from mltrainer.trials.side_by_side import side_by_side

    if len(trials) < 2:
        raise UsageError("one trial alone is nothing to compare", hint="such as: mltrainer trials compare T1 T2")
    store = store_of(home)
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

    store = store_of(home)
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
