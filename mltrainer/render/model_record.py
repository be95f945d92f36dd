"""How models did here, with how many trials that rests on."""

from statistics import median
from typing import Any

from mltrainer.models.record import FEW
from mltrainer.render.blocks import Block, Column, Grid, Line, without_empty_columns
from mltrainer.render.numbers import count, decimal, duration, percent, signed
from mltrainer.render.simulated import SIMULATED


def record_blocks(
    model: str, record: list[dict[str, Any]], regimes: tuple[str, list[dict[str, Any]]] | None
) -> list[Block]:
    """Return how a model did over the stored trials; see ``models.record``."""
    if not record:
        return [Line(""), Line(f"No stored trial evaluated {model} yet.", "dim")]
    columns = (
        Column("data", 0),
        Column("label", 1),
        Column("sessions", 2),
        Column("trials", 3, right=True),
        Column("results", 3, right=True),
        Column("AUC", 4, right=True),
        Column("above 0.5", 5),
        Column("Brier skill", 6, right=True),
        Column("rank IC", 7, right=True),
        Column("hit@k", 8, right=True),
        Column("base rate", 9, right=True),
        Column("a fit took", 10, right=True),
        Column("on rows", 11, right=True),
        Column("latest", 12),
    )
    rows = [
        [
            _data(one),
            one["label"],
            _window(one),
            count(one["trials"]),
            count(one["results"]),
            decimal(one.get("auc")),
            f"{one['better']} of {one['judged']}" if "better" in one else "-",
            signed(one.get("brier_skill")),
            signed(one.get("rank_ic")),
            percent(one.get("precision_at_k")),
            percent(one.get("base_rate")),
            duration(one.get("fit_seconds")),
            count(one.get("train_rows")),
            one["latest"],
        ]
        for one in record
    ]
    blocks: list[Block] = [Line(""), Line(f"How {model} did here (medians)", "title")]
    blocks.append(without_empty_columns(Grid(columns, rows)))
    if max(one["results"] for one in record) < FEW:
        blocks.append(Line(f"Fewer than {FEW} different results of a kind: an anecdote, no evidence.", "warn"))
    if regimes:
        shares = ", ".join(
            f"{one['regime']} {signed(one['rank_ic'])} on {count(one['dates'])} dates" for one in regimes[1]
        )
        blocks.append(Line(f"Rank IC by regime in {regimes[0]}: {shares}."))
    return blocks


def head_to_head_blocks(one: str, other: str, found: list[dict[str, Any]]) -> list[Block]:
    """Return two models over the trials that evaluated both, and how often the first was ahead."""
    if not found:
        text = f"No stored trial evaluated both {one} and {other}; run model_comparison with both."
        return [Line(text, "dim")]
    columns = (
        Column("trial", 0),
        Column("data", 2),
        Column("label", 3),
        Column("sessions", 4),
        Column("AUC", 1),
        Column("Brier skill", 5),
        Column("rank IC", 6),
        Column("fits took", 7),
    )
    rows = [
        [
            result["trial"],
            _data(result),
            result["label"],
            _window(result),
            _pair(result, "auc", decimal),
            _pair(result, "brier_skill", signed),
            _pair(result, "rank_ic", signed),
            _pair(result, "seconds", duration),
        ]
        for result in found
    ]
    blocks: list[Block] = [Line(f"{one} against {other}, on the same folds", "title"), Grid(columns, rows)]
    for name, key in (("AUC", "auc"), ("Brier skill", "brier_skill"), ("rank IC", "rank_ic")):
        gaps = [result[key][0] - result[key][1] for result in found if key in result]
        if gaps:
            ahead = sum(gap > 0 for gap in gaps)
            blocks.append(
                Line(f"{name}: {one} ahead in {ahead} of {len(gaps)}, median difference {signed(median(gaps))}")
            )
    if len(found) < FEW:
        blocks.append(Line(f"Fewer than {FEW} different results: an anecdote, no evidence.", "warn"))
    blocks.append(
        Line("Trials on the same data are no independent evidence: mltrainer trials compare tests one pair.", "dim")
    )
    return blocks


def _data(one: dict[str, Any]) -> str:
    return SIMULATED if one["simulated"] else str(one["source"])


def _window(one: dict[str, Any]) -> str:
    return "-".join(str(end) for end in dict.fromkeys(one["horizon"]))


def _pair(result: dict[str, Any], key: str, number: Any) -> str:
    return " / ".join(number(value) for value in result[key]) if key in result else "-"
