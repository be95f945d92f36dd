"""The user's paper holdings: how they stand, and which of them need a look. Nothing here is ever an order."""

import math
from datetime import date
from typing import Any

from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings.errors import UsageError
from mltrainer.settings.stream import utc_now
from mltrainer.settings.values import calendar_day, read_horizon
from mltrainer.store.store import Store


def hold(
    store: Store,
    ticker: str,
    *,
    price: float,
    size: float,
    target: float | None = None,
    stop: float | None = None,
    horizon: tuple[int, int] | None = None,
    since: str | None = None,
) -> str:
    """Write a paper holding into the ledger and return its id, such as ``H1``.

    Parameters
    ----------
    price, target, stop
        In USD; the target above the price, the stop below it.
    size
        Shares.
    horizon
        First and last session ahead in which the target is expected.
    since
        The day of the purchase (ISO), today unless given.

    Raises
    ------
    UsageError
        If a figure cannot be.
    """
    if price <= 0 or size <= 0:
        raise UsageError(f"price and size are above 0, found {price:g} and {size:g}")
    if target is not None and target <= price:
        raise UsageError(f"the target {target:g} is not above the price {price:g}", hint="write it like 190 or 7%")
    if stop is not None and not 0 < stop < price:
        raise UsageError(f"the stop {stop:g} is not below the price {price:g}", hint="write it like 160 or 5%")
    try:
        day = calendar_day(since) if since else date.today().isoformat()
    except ValueError as error:
        raise UsageError(str(error)) from None
    stated = {"target": target, "stop": stop, "horizon": list(horizon) if horizon else None}
    body = {"time": utc_now(), "ticker": ticker.upper(), "price": price, "size": size, "since": day}
    body |= {name: value for name, value in stated.items() if value is not None}
    while True:
        # Another process may take the number first.
        key = f"H{len(store.entries('holding')) + 1}"
        if store.append("holding", {key: body}):
            return key


def read_holding(
    *,
    price: float | str,
    size: float | str,
    target: str | None = None,
    stop: str | None = None,
    horizon: str | None = None,
    since: str | None = None,
) -> dict[str, Any]:
    """Read the figures of a holding as people write them: a target is a price, or a return such as 7%.

    Raises
    ------
    UsageError
        If one cannot be read.
    """
    paid, shares = _number("price", price), _number("size", size)
    stated: dict[str, Any] = {"price": paid, "size": shares, "since": since}
    stated["target"] = _level("target", target, paid, 1) if target else None
    stated["stop"] = _level("stop", stop, paid, -1) if stop else None
    try:
        stated["horizon"] = read_horizon(horizon)
    except ValueError as error:
        raise UsageError(str(error)) from None
    return stated


def _level(name: str, text: str, price: float, side: int) -> float:
    """Return a price: as it is written, or so many percent above or below what was paid."""
    if text.endswith("%"):
        return price * (1 + side * _number(name, text.removesuffix("%")) / 100)
    return _number(name, text)


def _number(name: str, text: float | str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(f"{name}: {text!r} is no number", hint="write it like 187.5")
    return value


def drop(store: Store, key: str, price: float | None = None) -> None:
    """Close a paper holding.

    Raises
    ------
    UsageError
        If there is none of this id, or it is closed.
    """
    if key not in [one["key"] for one in store.holdings()]:
        raise UsageError(f"there is no open holding {key}", hint="see: mltrainer predictions holdings")
    store.append("closed", {key: {"time": utc_now()} | ({"price": price} if price is not None else {})})


async def standing(facilitator: Facilitator) -> list[dict[str, Any]]:
    """Return the open holdings, each with how it stands on the data at hand; see ``trials.holdings``."""
    held = facilitator.store.holdings()
    found = {one["key"]: one for one in await facilitator.follow(held)} if held else {}
    return [one | found[one["key"]] for one in held]


async def alerts(facilitator: Facilitator) -> list[str]:
    """Return a sentence for each open holding that reached its target, its stop, or the end of its horizon."""
    said = []
    for one in await standing(facilitator):
        name = f"{one['key']} {one['ticker']}"
        if day := one.get("target_reached"):
            said.append(f"{name} reached its target of {one['target']:,.2f} on {day}.")
        if day := one.get("stop_reached"):
            said.append(f"{name} fell to its stop of {one['stop']:,.2f} on {day}.")
        if one.get("overdue") and not (one.get("target_reached") or one.get("stop_reached")):
            said.append(f"{name} is past its horizon of {one['horizon'][1]} sessions, neither target nor stop reached.")
    return said
