"""Faults of the data, as the quality gate found them."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line

_STYLE = {"error": "bad", "warning": "warn", "info": ""}


def fault_blocks(faults: list[dict[str, Any]]) -> list[Block]:
    """Return faults as a table."""
    if not faults:
        return [Line("No faults found.", "good")]
    columns = (
        Column("ticker", 0),
        Column("date", 2),
        Column("code", 1),
        Column("severity", 4),
        Column("detail", 3, wrap=True),
    )
    rows = [[fault["ticker"], fault["date"], fault["code"], fault["severity"], fault["detail"]] for fault in faults]
    return [Grid(columns, rows, [_STYLE.get(fault["severity"], "") for fault in faults])]


def fault_summary(counts: dict[str, int]) -> str:
    """Return how often each kind of fault was found: ``12 stale_bars, 2 duplicate``."""
    return ", ".join(f"{number} {code}" for code, number in sorted(counts.items(), key=lambda item: -item[1]))
