"""The table of the out-of-sample figures: models first, then the baselines that they must beat."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line, without_empty_columns
from mltrainer.render.numbers import count, decimal, percent, signed, signed_percent, span

_COLUMNS = (
    Column("model", 0),
    Column("AUC", 1, right=True),
    Column("90%", 3),
    Column("Brier skill", 2, right=True),
    Column("90% of skill", 7),
    Column("IC", 4, right=True),
    Column("rank IC", 6, right=True),
    Column("t", 8, right=True),
    Column("hit@k", 5, right=True),
    Column("excess@k", 6, right=True),
    Column("highest", 5, right=True),
    Column("ECE", 8, right=True),
    Column("AUC by date", 9, right=True),
    Column("spread", 10, right=True),
    Column("folds", 9, right=True),
    Column("rows", 10, right=True),
)


def evaluation_blocks(document: dict[str, Any]) -> list[Block]:
    """Return the table of ``evaluation`` and ``baselines`` with 90 % intervals, and how to read it."""
    rows = document.get("evaluation", [])
    baselines = document.get("baselines", [])
    if not rows and not baselines:
        return []
    first = (rows or baselines)[0]
    title = (
        f"Out of sample: {count(first['test_rows'])} rows on {count(first['test_dates'])} dates, "
        f"base rate {percent(first['base_rate'])}"
    )
    grid = Grid(
        _COLUMNS,
        [_row(row) for row in rows] + [_row(row) for row in baselines],
        [""] * len(rows) + ["dim"] * len(baselines),
    )
    return [Line(title, "title"), without_empty_columns(grid), *_notes(rows)]


def _row(row: dict[str, Any]) -> list[str]:
    intervals = row.get("intervals", {})
    return [
        row["model"],
        decimal(row.get("auc")),
        span(intervals.get("auc"), 2),
        signed(row.get("brier_skill")),
        span(intervals.get("brier_skill"), 2),
        signed(row.get("information_coefficient")),
        signed(row.get("rank_ic")),
        signed(row.get("rank_ic_t"), 1),
        percent(row.get("precision_at_k")),
        signed_percent(row.get("excess_return_at_k"), 2),
        percent(row.get("highest_probability")),
        decimal(row.get("ece")),
        decimal(row.get("auc_by_date")),
        signed_percent(row.get("decile_spread"), 2),
        count(row.get("folds")),
        count(row.get("test_rows")),
    ]


def _notes(rows: list[dict[str, Any]]) -> list[Block]:
    legend = (
        "90%: interval from blocks of dates. Brier skill: against the base rate. @k: the first k of each date, "
        "excess over their date's mean. Dimmed rows are baselines."
    )
    notes: list[Block] = [Line(legend, "dim")]
    shares = {row["model"]: row.get("calibrated_share", 1.0) for row in rows}
    if shares and min(shares.values()) < 1.0:
        text = ", ".join(f"{model} {percent(share, 0)}" for model, share in shares.items())
        notes.append(Line(f"Calibrated share of the predictions: {text}. The others are raw.", "dim"))
    return notes
