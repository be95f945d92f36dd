"""What the commands about the ledger share: whether it is whole, and delayed prices."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from mltrainer.store.store import Store

Quotes = Annotated[bool, typer.Option("--quotes", help="ask Polygon for the delayed price of each")]


def delayed_prices(tickers: list[str], home: Path | None) -> dict[str, dict[str, Any]]:
    """Return ``now`` (USD) and ``now_is`` (which price, how old) by ticker; stderr names those that have none."""
    if not tickers:
        return {}
    from mltrainer.cli.vendors import polygon

    wanted = sorted(set(tickers))
    quotes = polygon(home).quotes(wanted)
    if missing := [ticker for ticker in wanted if ticker not in quotes]:
        print(f"Polygon has no price now for: {', '.join(missing)}", file=sys.stderr)
    found = {}
    for ticker, quote in quotes.items():
        age = "" if quote.delay is None else f", {quote.delay / 60:.0f} min old"
        found[ticker] = {"now": quote.price, "now_is": f"{quote.kind}{age}"}
    return found


def chain(store: "Store") -> dict[str, Any]:
    """Return how long the ledger is, its last hash, and what is wrong with it."""
    entries, head = store.head()
    return {"entries": entries, "head": head, "faults": store.broken(), "clock": store.set_back()}


def say_chain(store: "Store") -> int:
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
