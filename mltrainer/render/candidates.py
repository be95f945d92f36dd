"""The table of candidates: today's universe, ordered by confidence."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line, without_empty_columns
from mltrainer.render.numbers import decimal, dollars, percent, signed_percent
from mltrainer.settings.parts.candidates import SUPPORT_MARGIN

_COLUMNS = (
    Column("#", 1, right=True),
    Column("ticker", 0),
    Column("confidence", 1, right=True),
    Column("verdict", 2),
    Column("expected", 3, right=True),
    Column("80% of return", 7),
    Column("close", 4, right=True),
    Column("max entry", 6, right=True),
    Column("target", 5, right=True),
    Column("stop", 6, right=True),
    Column("sessions", 8),
    Column("down", 8, right=True),
    Column("vol. only", 7, right=True),
    Column("past hits", 9),
    Column("score", 10, right=True),
    Column("sector", 9),
    Column("$ a day", 11, right=True),
    Column("corr.", 11, right=True),
    Column("drivers", 12),
)

_PAST = (
    f"past hits: of the past predictions from {100 * SUPPORT_MARGIN:g} points below the confidence upwards, or below "
    "the threshold where that is lower."
)
_STYLE = {"qualified": "good", "unsupported": "warn", "below": ""}


def candidate_blocks(document: dict[str, Any], limit: int | None = 10) -> list[Block]:
    """Return the first ``limit`` candidates as a table; the rest is counted."""
    if "candidates" not in document:
        return []
    candidates = document["candidates"]
    shown = candidates if limit is None else candidates[:limit]
    if not shown:
        return [Line("No candidate was scored today.", "warn")]
    title = f"Candidates, as of {document['data']['as_of']}" if "data" in document else "Candidates"
    grid = Grid(_COLUMNS, [_row(item) for item in shown], [_STYLE.get(item["verdict"], "") for item in shown])
    blocks: list[Block] = [
        Line(title, "title"),
        without_empty_columns(grid),
    ]
    if any(item.get("support") for item in shown):
        blocks.append(Line(_PAST, "dim"))
    if len(candidates) > len(shown):
        blocks.append(Line(f"{len(candidates) - len(shown)} more are stored with the trial.", "dim"))
    return blocks


def _row(item: dict[str, Any]) -> list[str]:
    interval, support = item.get("interval"), item.get("support")
    first, last = item["horizon"]
    return [
        str(item["rank"]),
        item["ticker"],
        percent(item["confidence"]) + ("" if item["calibrated"] else " raw"),
        item["verdict"],
        signed_percent(item["expected_return"]),
        f"{signed_percent(interval[0])}..{signed_percent(interval[1])}" if interval else "-",
        dollars(item["last_close"]),
        dollars(item.get("max_entry")),
        dollars(item.get("target_price")),
        dollars(item.get("stop_loss")),
        f"{first}-{last}" if first != last else str(first),
        percent(item.get("probability_down")),
        percent(item.get("confidence_volatility_only")),
        f"{support['hits']} of {support['n']}" if support and support["n"] else "never reached",
        decimal(item["score"]),
        item.get("sector", "-"),
        f"{item['dollar_volume'] / 1e6:,.1f}m" if "dollar_volume" in item else "-",
        f"{item['correlation']:+.2f}" if "correlation" in item else "-",
        ", ".join(f"{one['feature']} {one['share']:+.2f}" for one in item.get("drivers", [])) or "-",
    ]
