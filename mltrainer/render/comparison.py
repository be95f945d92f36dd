"""The leaderboard of a model comparison, and what a search of parameters found."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line
from mltrainer.render.numbers import by_chance, count, decimal, signed

_COLUMNS = (
    Column("rank", 0, right=True),
    Column("model", 0),
    Column("Brier skill", 1, right=True),
    Column("AUC", 2, right=True),
    Column("rank IC", 5, right=True),
    Column("to best", 3, right=True),
    Column("q", 3, right=True),
    Column("to volatility", 4, right=True),
    Column("q", 4, right=True),
    Column("tested from", 6),
)
_LEGEND = (
    "to: daily Brier score minus that of the other, in 1/1000; below 0 is better. q: share of such differences that "
    "are chance (Diebold-Mariano, Benjamini-Hochberg over the table); real below 0.10."
)


def comparison_blocks(document: dict[str, Any]) -> list[Block]:
    """Return the leaderboard with every difference tested, and the models that failed."""
    found = document.get("comparison")
    if not found:
        return []
    rows = [
        [
            str(row["rank"]),
            row["model"],
            signed(row.get("brier_skill")),
            decimal(row.get("auc")),
            signed(row.get("rank_ic")),
            *(text for other in ("to_best", "to_volatility") for text in _tested(row, other)),
            row.get("tested_from", ""),
        ]
        for row in found["rows"]
    ]
    columns = _COLUMNS if any(row.get("tested_from") for row in found["rows"]) else _COLUMNS[:-1]
    title = f"Leaderboard of {len(rows)} models over {count(found['test_dates'])} dates"
    failed = [
        Line(f"Failed: {one['model']}: {one['message']} [{one['code']}]", "bad") for one in found.get("failed", [])
    ]
    return [Line(title, "title"), Grid(columns, [row[: len(columns)] for row in rows]), Line(_LEGEND, "dim"), *failed]


def _tested(row: dict[str, Any], other: str) -> tuple[str, str]:
    if row.get(other) is None:
        return "-", "-"
    return f"{1000 * row[other]:+.2f}", by_chance(row.get(f"{other}_q"))


def search_blocks(document: dict[str, Any]) -> list[Block]:
    """Return what each search tried and found, with the figures of the earlier parameters beside those of the best."""
    blocks: list[Block] = []
    for one in document.get("search", []):
        model, before = one["model"], one["evaluation_before"]
        after = next(row for row in document["evaluation"] if row["model"] == model)
        failed = f", {count(one['failed'])} failed" if one["failed"] else ""
        title = f"Search for {model}: {count(one['tries'])} tries{failed}, from {one['first']} to {one['last']} only"
        rows = [
            [
                name,
                _params(tried["params"]),
                decimal(tried["auc"]),
                decimal(row.get("auc")),
                signed(row.get("brier_skill")),
            ]
            for name, tried, row in (("before", one["before"], before), ("best", one["best"], after))
        ]
        columns = (
            Column("", 0),
            Column("parameters", 1, wrap=True),
            Column("AUC in the search", 2, right=True),
            Column("AUC afterwards", 3, right=True),
            Column("Brier skill afterwards", 4, right=True),
        )
        proof = f"Daily Brier score afterwards, best minus before: {1000 * one['difference']:+.2f} / 1000"
        blocks += [
            Line(title, "title"),
            Grid(columns, rows),
            Line(f"{proof} (p {by_chance(one.get('difference_p'), 2)}).", "dim"),
        ]
    return blocks


def _params(params: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}" for name, value in params.items()
    )
