"""How models did here, with how many trials that rests on."""

from statistics import median
from typing import Any

from mltrainer.models.record import FEW, REGIMES
from mltrainer.render.blocks import Block, Column, Grid, Line, without_empty_columns
from mltrainer.render.numbers import count, decimal, duration, percent, signed
from mltrainer.render.simulated import SIMULATED

_NEWEST = 10


def record_blocks(model: str, record: list[dict[str, Any]], regimes: list[dict[str, Any]]) -> list[Block]:
    """Return how a model did over the stored trials, and in which regimes; see ``models.record``."""
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
    return blocks + _regime_blocks(regimes)


def _regime_blocks(regimes: list[dict[str, Any]]) -> list[Block]:
    if not regimes:
        return []
    kinds: dict[tuple[str, ...], dict[str, str]] = {(_data(one), one["label"], _window(one)): {} for one in regimes}
    for one in regimes:
        cell = f"{signed(one['rank_ic'])} on {count(one['dates'])} dates"
        kinds[_data(one), one["label"], _window(one)][one["regime"]] = cell
    columns = [Column(name, place) for place, name in enumerate(("data", "label", "sessions", *REGIMES))]
    rows = [[*kind, *(cells.get(regime, "-") for regime in REGIMES)] for kind, cells in kinds.items()]
    return [Line(""), Line("When it works: rank IC by regime (medians)", "title"), Grid(columns, rows)]


def stored_blocks(fits: list[dict[str, Any]]) -> list[Block]:
    """Return the fits of a model that are kept; see ``models.stored``."""
    if not fits:
        return []
    several = len({fit["model"] for fit in fits}) > 1
    columns = (
        Column("fitted (UTC)", 0),
        Column("model", 0),
        Column("data", 1),
        Column("trained on", 2),
        Column("rows", 3, right=True),
        Column("parameters", 4, wrap=True),
        Column("library", 6),
        Column("panel", 5),
        Column("fingerprint", 7),
    )
    rows = [
        [
            fit["fitted"][:16].replace("T", " "),
            fit["model"] if several else "-",
            _data(fit),
            f"{fit['from']} to {fit['until']}",
            count(fit["rows"]),
            ", ".join(f"{name}={value}" for name, value in fit["params"].items()) or "defaults",
            fit["library"],
            fit["data"].removeprefix("sha256:")[:12],
            fit["fingerprint"][:12],
        ]
        for fit in fits[:_NEWEST]
    ]
    title = Line("Fits that are kept: a trial on the same rows scores them and does not fit again", "title")
    older = [Line(f"And {count(len(fits) - _NEWEST)} older ones; --json names all.", "dim")] if fits[_NEWEST:] else []
    return [Line(""), title, without_empty_columns(Grid(columns, rows)), *older]


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
