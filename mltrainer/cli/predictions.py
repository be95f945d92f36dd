"""``mltrainer predictions``: the ledger of every prediction that was shown, and what came of it."""

import json as json_format
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mltrainer.cli.holdings import drop, hold, list_holdings
from mltrainer.cli.ledger import Quotes, chain, delayed_prices, say_chain
from mltrainer.cli.opened import opened, store_of
from mltrainer.cli.options import AsOf, Data, Home, Json, Seed, Simulate, Source, data_request
from mltrainer.settings.errors import UsageError

if TYPE_CHECKING:
    from mltrainer.settings.request import DataRequest


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the group."""
    group = typer.Typer(rich_markup_mode=None, no_args_is_help=True, help=summary)
    group.command("list")(list_predictions)
    group.command("score")(score)
    group.command("hold")(hold)
    group.command("holdings")(list_holdings)
    group.command("drop")(drop)
    app.add_typer(group, name=name)


def list_predictions(
    still_open: Annotated[bool, typer.Option("--open", help="only those whose outcome is not known yet")] = False,
    scored: Annotated[bool, typer.Option("--scored", help="only those with an outcome")] = False,
    ticker: Annotated[str | None, typer.Option(help="only of this ticker", metavar="TICKER")] = None,
    model: Annotated[
        str | None, typer.Option(help="of this model; without it, of the model that ranked each trial", metavar="MODEL")
    ] = None,
    trial: Annotated[str | None, typer.Option(help="only of this trial", metavar="ID")] = None,
    limit: Annotated[int, typer.Option(min=1, help="at most so many, newest first")] = 50,
    quotes: Quotes = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """List what was predicted and what came of it, and check that nobody edited the ledger."""
    if still_open and scored:
        raise UsageError("--open and --scored exclude one another")
    if model:
        from mltrainer.models.registry import resolve_model

        model = resolve_model(model)
    store = store_of(home)
    status = "open" if still_open else "scored" if scored else None
    found = store.find_predictions(status=status, ticker=ticker, model=model, trial=trial)
    shown = found[:limit]
    if quotes:
        priced = delayed_prices([one["ticker"] for one in shown if _still_runs(one)], home)
        shown = [one | priced.get(one["ticker"], {}) if _still_runs(one) else one for one in shown]
    if json:
        print(json_format.dumps({"ledger": chain(store), "predictions": shown}, indent=2))
    else:
        from mltrainer.render.ledger import prediction_blocks
        from mltrainer.render.show import show

        show(prediction_blocks(shown, total=len(found)), sys.stdout, simulated=any(one["simulated"] for one in shown))
    return say_chain(store)


def score(
    source: Source = None,
    data: Data = None,
    simulate: Simulate = None,
    as_of: AsOf = None,
    seed: Seed = None,
    json: Json = False,
    home: Home = None,
) -> int:
    """Say what came of the predictions whose horizon has passed, and whether the models kept what they promised."""
    from mltrainer.cli.running import run_until_done

    request = data_request(source=source, data=data, macro=None, simulate=simulate, as_of=as_of, seed=seed, home=home)
    return run_until_done(_score(request, json, home))


async def _score(request: "DataRequest", json: bool, home: Path | None) -> int:
    from mltrainer.facilitator.scoring import score_predictions

    async with opened(request, home) as facilitator:
        found = await score_predictions(facilitator)
    store = store_of(home)
    if json:
        print(json_format.dumps(found | {"ledger": chain(store)}, indent=2))
        return 0
    from mltrainer.render.ledger import record_blocks, score_blocks
    from mltrainer.render.show import show

    show([*score_blocks(found), *record_blocks(found["record"])], sys.stdout)
    return say_chain(store)


def _still_runs(prediction: dict[str, Any]) -> bool:
    return prediction["status"] == "open" and not prediction["simulated"]
