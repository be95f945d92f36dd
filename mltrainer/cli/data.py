"""``mltrainer data``: what the data are, what is wrong with them, and where they come from."""

import json as json_format
import sys
from typing import TYPE_CHECKING, Any

import typer

from mltrainer.cli.fetch import fetch
from mltrainer.cli.imports import import_data
from mltrainer.cli.opened import opened
from mltrainer.cli.options import AsOf, Data, Home, Json, Macro, Seed, Simulate, Source, Universe, data_request
from mltrainer.cli.quote import listing, quote
from mltrainer.cli.running import run_until_done
from mltrainer.cli.series import series

if TYPE_CHECKING:
    from mltrainer.facilitator.facilitator import Facilitator

IMPORT_FACTS = ("name", "read", "tickers", "rows", "first", "last", "imported", "sha256")


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the group."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help=summary)
    group.command("check")(check)
    group.command("status")(status)
    group.command("import")(import_data)
    group.command("fetch")(fetch)
    group.command("quote")(quote)
    group.command("listing")(listing)
    group.command("series")(series)
    app.add_typer(group, name=name)


def check(
    source: Source = None,
    data: Data = None,
    macro: Macro = None,
    simulate: Simulate = None,
    universe: Universe = None,
    as_of: AsOf = None,
    seed: Seed = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """List every fault that the quality gate finds."""
    request = data_request(source=source, data=data, macro=macro, simulate=simulate, as_of=as_of, seed=seed, home=home)

    async def work(facilitator: "Facilitator") -> dict[str, Any]:
        return await facilitator.check_data(universe or "all")

    report = _ask(work, request, home)
    if json:
        print(json_format.dumps(report))
        return 0
    from mltrainer.render.faults import fault_blocks
    from mltrainer.render.show import show

    show(fault_blocks(report["faults"]), sys.stdout, simulated=report["simulated"])
    return 0


def status(
    source: Source = None,
    data: Data = None,
    macro: Macro = None,
    simulate: Simulate = None,
    as_of: AsOf = None,
    seed: Seed = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Say what the data are: span, tickers, series, delay, faults; without a source, what was fetched and imported."""
    if source is None and data is None:
        return _fetched(json, home)
    request = data_request(source=source, data=data, macro=macro, simulate=simulate, as_of=as_of, seed=seed, home=home)

    async def work(facilitator: "Facilitator") -> dict[str, Any]:
        return await facilitator.describe_data()

    facts = {key: value for key, value in _ask(work, request, home).items() if key != "names"}
    if json:
        print(json_format.dumps(facts))
        return 0
    from mltrainer.render.show import fact_blocks, show

    show(fact_blocks(facts), sys.stdout, simulated=facts["simulated"])
    return 0


def _fetched(json: bool, home: Any) -> int:
    from mltrainer.data.importing import imported
    from mltrainer.data.stored import inventory
    from mltrainer.store.home import home_folder, index_file

    folder = home_folder(home)
    facts = inventory(folder / "bars")
    imports = [
        {key: one[key] for key in IMPORT_FACTS if key in one} | {"use": f"--data {one['name']}"}
        for one in imported(folder)
    ]
    facts["membership"] = str(index_file(folder)) if index_file(folder).is_file() else "not imported"
    if json:
        print(json_format.dumps(facts | {"imports": imports}))
        return 0
    from mltrainer.render.show import fact_blocks, show

    show(fact_blocks(facts | {f"import {one.pop('name')}": one for one in imports}), sys.stdout)
    return 0


def _ask(work: Any, request: Any, home: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}

    async def ask() -> int:
        async with opened(request, home) as facilitator:
            found.update(await work(facilitator))
        return 0

    if code := run_until_done(ask()):
        raise typer.Exit(code)
    return found
