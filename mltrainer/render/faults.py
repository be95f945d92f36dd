"""Faults of the data, as the quality gate found them."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line

_STYLE = {"error": "bad", "warning": "warn", "info": ""}


def fault_blocks(faults: list[dict[str, Any]], limit: int | None = 20) -> list[Block]:
    """Return faults as a table; those beyond ``limit`` are counted."""
    if not faults:
        return [Line("No faults found.", "good")]
    shown = faults if limit is None else faults[:limit]
    columns = (
        Column("ticker", 0),
        Column("date", 2),
        Column("code", 1),
        Column("severity", 4),
        Column("detail", 3, wrap=True),
    )
    rows = [[fault["ticker"], fault["date"], fault["code"], fault["severity"], fault["detail"]] for fault in shown]
    blocks: list[Block] = [Grid(columns, rows, [_STYLE.get(fault["severity"], "") for fault in shown])]
    if len(faults) > len(shown):
        blocks.append(Line(f"{len(faults) - len(shown)} more faults.", "dim"))
    return blocks


def fault_summary(counts: dict[str, int]) -> str:
    """Return how often each kind of fault was found: ``12 stale_bars, 2 duplicate``."""
    return ", ".join(f"{number} {code}" for code, number in sorted(counts.items(), key=lambda item: -item[1]))
