"""The stored trials as a list. One of them in full is a result document: see ``results``."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line
from mltrainer.render.numbers import duration
from mltrainer.render.simulated import SIMULATED

_STYLE = {"failed": "bad", "cancelled": "warn"}


def trial_blocks(trials: list[dict[str, Any]]) -> list[Block]:
    """Return stored trials as a table, in the order they are given."""
    if not trials:
        return [Line("No trial has been run yet.", "dim")]
    columns = (
        Column("trial", 0),
        Column("action", 3),
        Column("status", 1),
        Column("data", 4),
        Column("took", 5, right=True),
        Column("created", 6),
        Column("headline", 2, wrap=True, least=20),
    )
    rows = [
        [
            trial["trial_id"],
            trial["action"],
            trial["status"],
            "-" if "simulated" not in trial else SIMULATED if trial["simulated"] else "real",
            duration(trial.get("seconds")),
            trial["created"][:16].replace("T", " "),
            trial.get("headline") or trial.get("error") or "-",
        ]
        for trial in trials
    ]
    return [Grid(columns, rows, [_STYLE.get(trial["status"], "") for trial in trials])]
