"""``mltrainer data quote`` and ``data listing``: what Polygon says of a ticker now, and what it was on a day."""

import json as json_format
import sys
from datetime import date
from typing import Annotated, Any

import typer

from mltrainer.cli.options import Home, Json, On, read_day
from mltrainer.cli.vendor_progress import span
from mltrainer.cli.vendors import polygon
from mltrainer.settings.errors import DataError, UsageError

# Before the first split that a vendor lists.
EARLIEST = "1970-01-01"


def quote(tickers: Annotated[str, typer.Argument(metavar="T1,T2")], json: Json = False, home: Home = None) -> int:
    """Show the newest price that your plan may see, and how old it is; of several tickers, of those that have one."""
    names = list(dict.fromkeys(name.strip().upper() for name in tickers.split(",") if name.strip()))
    if not names:
        raise UsageError("no ticker was named", hint="write them like AAPL,MSFT")
    client = polygon(home)
    found = [client.quote(names[0])] if len(names) == 1 else list(client.quotes(names).values())
    if not found:
        raise DataError(f"Polygon has no price for {', '.join(names)} now", hint="check the tickers")
    rows = [
        {
            "ticker": one.ticker,
            "price": one.price,
            "what": one.kind,
            "traded_at": one.traded_at.isoformat(timespec="seconds") if one.traded_at else "unknown",
            "delay_seconds": round(one.delay) if one.delay is not None else "unknown",
            "market": one.market,
            "source": "polygon",
        }
        for one in found
    ]
    if json:
        print(json_format.dumps(rows[0] if len(names) == 1 else rows))
        return 0
    from mltrainer.render.show import fact_blocks, row_blocks, show

    for row, one in zip(rows, found, strict=True):
        row["delay"] = span(one.delay) if one.delay is not None else "unknown"
        row.pop("delay_seconds")
    show(fact_blocks(rows[0]) if len(rows) == 1 else row_blocks(rows, empty=""), sys.stdout)
    return 0


def listing(
    ticker: Annotated[str, typer.Argument(metavar="TICKER")], on: On = None, json: Json = False, home: Home = None
) -> int:
    """Show what a ticker was on a day, delisted names too, and its splits and dividends until then."""
    day, name = read_day(on, "--on") if on else str(date.today()), ticker.strip().upper()
    client = polygon(home)
    known = client.reference(name, day)
    if known is None:
        raise UsageError(
            f"Polygon knows no {name} on {day}", hint="check the ticker, or give another --on", code="unknown_ticker"
        )
    actions, origin = _actions(client, name, day, home)
    actions = [one for one in reversed(actions) if one.day <= day]
    facts: dict[str, Any] = {"ticker": name, "on": day} | known
    facts["splits"] = [{"day": one.day, "ratio": one.value} for one in actions if one.kind == "split"]
    facts["dividends"] = [
        {"day": one.day, "amount": one.value, "currency": one.currency or "USD"}
        for one in actions
        if one.kind == "dividend"
    ]
    facts["splits_and_dividends_from"] = origin
    if json:
        print(json_format.dumps(facts))
        return 0
    from mltrainer.render.show import fact_blocks, show

    facts["splits"] = [f"{one['ratio']:g}:1 on {one['day']}" for one in facts["splits"]]
    facts["dividends"] = [f"{one['amount']:g} {one['currency']} on {one['day']}" for one in facts["dividends"][:8]]
    show(fact_blocks(facts), sys.stdout)
    return 0


def _actions(client: Any, name: str, day: str, home: Any) -> tuple[list[Any], str]:
    """Return the splits and dividends of a ticker up to a day, and where they are from.

    What was fetched is not asked for again, where it reaches as far.
    """
    from mltrainer.data.corporate import sound
    from mltrainer.data.stored import stored_actions
    from mltrainer.store.home import home_folder

    kept = stored_actions(home_folder(home) / "bars", [name])
    if any(first <= day <= last for first, last in kept.asked.get(name, [])):
        since = kept.asked[name][0][0]
        return kept.actions, f"what was fetched, from {since} on"
    found, _ = sound([*client.splits(EARLIEST, day, name), *client.dividends(EARLIEST, day, name)])
    return found, "Polygon, now"
