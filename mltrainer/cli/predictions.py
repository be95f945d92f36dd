"""``mltrainer predictions``: the ledger of every prediction that was shown, and what came of it."""

import json as json_format
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mltrainer.cli.options import AsOf, Data, Home, Json, Seed, Simulate, Source, data_request
from mltrainer.settings.errors import DataError, UsageError

if TYPE_CHECKING:
    from mltrainer.settings.request import DataRequest
    from mltrainer.store.store import Store


Quotes = Annotated[bool, typer.Option("--quotes", help="ask Polygon for the delayed price of each")]


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
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store

    if still_open and scored:
        raise UsageError("--open and --scored exclude one another")
    if model:
        from mltrainer.models.registry import resolve_model

        model = resolve_model(model)
    store = Store(home_folder(home))
    status = "open" if still_open else "scored" if scored else None
    found = store.find_predictions(status=status, ticker=ticker, model=model, trial=trial)
    shown = found[:limit]
    if quotes:
        priced = _delayed_prices([one["ticker"] for one in shown if _still_runs(one)], home)
        shown = [one | priced.get(one["ticker"], {}) if _still_runs(one) else one for one in shown]
    if json:
        print(json_format.dumps({"ledger": _chain(store), "predictions": shown}, indent=2))
    else:
        from mltrainer.render.ledger import prediction_blocks
        from mltrainer.render.show import show

        show(prediction_blocks(shown, total=len(found)), sys.stdout, simulated=any(one["simulated"] for one in shown))
    return _say_chain(store)


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
    from mltrainer.facilitator.facilitator import Facilitator
    from mltrainer.facilitator.scoring import score_predictions
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store

    store = Store(home_folder(home))
    facilitator = Facilitator(store, request, workers=1)
    try:
        found = await score_predictions(facilitator)
    finally:
        await facilitator.close()
    if json:
        print(json_format.dumps(found | {"ledger": _chain(store)}, indent=2))
        return 0
    from mltrainer.render.ledger import record_blocks, score_blocks
    from mltrainer.render.show import show

    show([*score_blocks(found), *record_blocks(found["record"])], sys.stdout)
    return _say_chain(store)


def hold(
    ticker: Annotated[str, typer.Argument(metavar="TICKER")],
    price: Annotated[float, typer.Option(help="what a share cost, USD", metavar="USD")],
    size: Annotated[float, typer.Option(help="shares", metavar="N")],
    target: Annotated[str | None, typer.Option(help="a price, or a return such as 7%", metavar="USD|%")] = None,
    stop: Annotated[str | None, typer.Option(help="a price, or a loss such as 5%", metavar="USD|%")] = None,
    horizon: Annotated[str | None, typer.Option(help="sessions ahead, such as 7-10", metavar="SESSIONS")] = None,
    since: Annotated[str | None, typer.Option(help="day of the purchase, today unless given", metavar="DATE")] = None,
    home: Home = None,
) -> int:
    """Note a paper holding: what you hold, and where you would leave. No order is ever placed."""
    from mltrainer.facilitator import holdings
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store

    stated = holdings.read_holding(price=price, size=size, target=target, stop=stop, horizon=horizon, since=since)
    print(holdings.hold(Store(home_folder(home)), ticker, **stated))
    print("noted on paper: mltrainer places no orders", file=sys.stderr)
    return 0


def list_holdings(
    source: Source = None,
    data: Data = None,
    simulate: Simulate = None,
    as_of: AsOf = None,
    seed: Seed = None,
    quotes: Quotes = False,
    json: Json = False,
    home: Home = None,
) -> int:
    """Show paper holdings with their progress to target and stop on the data at hand."""
    from mltrainer.cli.running import run_until_done

    try:
        request = data_request(
            source=source, data=data, macro=None, simulate=simulate, as_of=as_of, seed=seed, home=home
        )
    except DataError as error:
        # Holdings can be listed without any price; the table says that it has none.
        print(f"without prices: {error.message} ({error.hint})", file=sys.stderr)
        request = None
    return run_until_done(_holdings(request, quotes, json, home))


async def _holdings(request: "DataRequest | None", quotes: bool, json: bool, home: Path | None) -> int:
    from mltrainer.facilitator.facilitator import Facilitator
    from mltrainer.facilitator.holdings import standing
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store

    store = Store(home_folder(home))
    facilitator = Facilitator(store, request, workers=1)
    try:
        found = await standing(facilitator) if request else store.holdings()
    except DataError as error:
        print(f"without bars: {error.message} ({error.hint})", file=sys.stderr)
        found = store.holdings()
    finally:
        await facilitator.close()
    if quotes:
        found = _quoted(found, home)
    if json:
        print(json_format.dumps(found, indent=2))
        return _say_chain(store)
    from mltrainer.render.holdings import holding_blocks
    from mltrainer.render.show import show

    show(holding_blocks(found), sys.stdout, simulated=request is not None and request.source == "simulated")
    return _say_chain(store)


def _quoted(holdings: list[dict[str, Any]], home: Path | None) -> list[dict[str, Any]]:
    """Return holdings at their delayed prices; one that has none keeps its last bar."""
    priced = _delayed_prices([one["ticker"] for one in holdings], home)
    return [
        one | {"close": now["now"], "date": now["now_is"], "return": now["now"] / one["price"] - 1}
        if (now := priced.get(one["ticker"]))
        else one
        for one in holdings
    ]


def _still_runs(prediction: dict[str, Any]) -> bool:
    return prediction["status"] == "open" and not prediction["simulated"]


def _delayed_prices(tickers: list[str], home: Path | None) -> dict[str, dict[str, Any]]:
    """Return ``now`` (USD) and ``now_is`` (which price, how old) by ticker; stderr names those that have none."""
    if not tickers:
        return {}
    from mltrainer.cli.fetch import polygon

    wanted = sorted(set(tickers))
    quotes = polygon(home).quotes(wanted)
    if missing := [ticker for ticker in wanted if ticker not in quotes]:
        print(f"Polygon has no price now for: {', '.join(missing)}", file=sys.stderr)
    found = {}
    for ticker, quote in quotes.items():
        age = "" if quote.delay is None else f", {quote.delay / 60:.0f} min old"
        found[ticker] = {"now": quote.price, "now_is": f"{quote.kind}{age}"}
    return found


def drop(
    holding: Annotated[str, typer.Argument(help="id such as H1", metavar="ID")],
    price: Annotated[float | None, typer.Option(help="what a share was sold for, USD", metavar="USD")] = None,
    home: Home = None,
) -> int:
    """Close a paper holding."""
    from mltrainer.facilitator import holdings
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store

    holdings.drop(Store(home_folder(home)), holding.upper(), price)
    return 0


def _chain(store: "Store") -> dict[str, Any]:
    entries, head = store.head()
    return {"entries": entries, "head": head, "faults": store.broken(), "clock": store.set_back()}


def _say_chain(store: "Store") -> int:
    """Say on stderr whether the ledger is whole.

    Raises
    ------
    MltrainerError
        If it was edited.
    """
    store.check()
    entries, head = store.head()
    print(f"ledger: {entries} entries, unbroken, last hash {head}", file=sys.stderr)
    for remark in store.set_back():
        print(f"ledger: {remark}", file=sys.stderr)
    return 0
