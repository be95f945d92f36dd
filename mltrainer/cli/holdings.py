"""``mltrainer predictions hold``, ``holdings`` and ``drop``: paper holdings. Nothing here is ever an order."""

import json as json_format
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mltrainer.cli.ledger import Quotes, delayed_prices, say_chain
from mltrainer.cli.opened import opened, store_of
from mltrainer.cli.options import AsOf, Data, Home, Json, Seed, Simulate, Source, data_request
from mltrainer.settings.errors import DataError

if TYPE_CHECKING:
    from mltrainer.settings.request import DataRequest


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

    stated = holdings.read_holding(price=price, size=size, target=target, stop=stop, horizon=horizon, since=since)
    print(holdings.hold(store_of(home), ticker, **stated))
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
    from mltrainer.facilitator.holdings import standing

    store = store_of(home)
    try:
        async with opened(request, home) as facilitator:
            found = await standing(facilitator) if request else store.holdings()
    except DataError as error:
        print(f"without bars: {error.message} ({error.hint})", file=sys.stderr)
        found = store.holdings()
    if quotes:
        found = _quoted(found, home)
    if json:
        print(json_format.dumps(found, indent=2))
        return say_chain(store)
    from mltrainer.render.holdings import holding_blocks
    from mltrainer.render.show import show

    show(holding_blocks(found), sys.stdout, simulated=request is not None and request.source == "simulated")
    return say_chain(store)


def _quoted(holdings: list[dict[str, Any]], home: Path | None) -> list[dict[str, Any]]:
    """Return holdings at their delayed prices; one that has none keeps its last bar."""
    priced = delayed_prices([one["ticker"] for one in holdings], home)
    return [
        one | {"close": now["now"], "date": now["now_is"], "return": now["now"] / one["price"] - 1}
        if (now := priced.get(one["ticker"]))
        else one
        for one in holdings
    ]


def drop(
    holding: Annotated[str, typer.Argument(help="id such as H1", metavar="ID")],
    price: Annotated[float | None, typer.Option(help="what a share was sold for, USD", metavar="USD")] = None,
    home: Home = None,
) -> int:
    """Close a paper holding."""
    from mltrainer.facilitator import holdings

    holdings.drop(store_of(home), holding.upper(), price)
    return 0
