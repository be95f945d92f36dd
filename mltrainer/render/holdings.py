"""The user's paper holdings: how far each is from its target and its stop."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line, without_empty_columns
from mltrainer.render.numbers import count, dollars, percent, signed_percent


def holding_blocks(holdings: list[dict[str, Any]]) -> list[Block]:
    """Return holdings as a table; see ``facilitator.holdings``."""
    if not holdings:
        return [Line("No paper holding is open.", "dim")]
    columns = (
        Column("id", 0),
        Column("ticker", 1),
        Column("size", 6, right=True),
        Column("paid", 4, right=True),
        Column("now", 2, right=True),
        Column("return", 3, right=True),
        Column("with dividends", 7, right=True),
        Column("target", 5, right=True),
        Column("way to it", 7, right=True),
        Column("stop", 5, right=True),
        Column("sessions", 8, right=True),
        Column("price of", 9),
        Column("news", 2, wrap=True),
    )
    rows = [
        [
            one["key"],
            one["ticker"],
            f"{one['size']:g}",
            dollars(one["price"]),
            dollars(one.get("close")),
            signed_percent(one.get("return")),
            signed_percent(one.get("total_return")),
            dollars(one.get("target")),
            _way(one),
            dollars(one.get("stop")),
            count(one.get("sessions")),
            one.get("date", "-"),
            _news(one),
        ]
        for one in holdings
    ]
    styles = ["good" if "target_reached" in one else "bad" if "stop_reached" in one else "" for one in holdings]
    return [
        without_empty_columns(Grid(columns, rows, styles)),
        Line("Return: of the price, without dividends. On paper only: mltrainer places no orders.", "dim"),
    ]


def _way(one: dict[str, Any]) -> str:
    """Return how much of the way to the target is gone."""
    if "target" not in one or "close" not in one:
        return "-"
    return percent((one["close"] - one["price"]) / (one["target"] - one["price"]), 0)


def _news(one: dict[str, Any]) -> str:
    news = [f"{name} reached {one[key]}" for name in ("target", "stop") if (key := f"{name}_reached") in one]
    news += ["past its horizon"] if one.get("overdue") else []
    if ratio := one.get("split"):
        news.append(f"after splits of {ratio:g} for 1, in price and size")
    if one.get("scale_unknown"):
        news.append("what was paid is far from the close of that day: a split since then is not known here")
    return one.get("unknown") or ", ".join(news) or "-"
