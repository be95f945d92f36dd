"""The curves of a trial in a terminal: small plots of block characters that fit a window of 40 columns."""

from collections.abc import Sequence
from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line
from mltrainer.render.curves import by_month, drawdown, growth_of, main_model
from mltrainer.render.numbers import count, percent, signed, signed_percent

_STEPS = "▁▂▃▄▅▆▇█"
_WIDTH = 24


def curve_blocks(document: dict[str, Any], curves: dict[str, Any]) -> list[Block]:
    """Return equity, rank IC by month, reliability and regime as far as they are there."""
    blocks: list[Block] = []
    if document.get("evaluation") and curves.get("worth"):
        blocks += _equity(document, curves)
    if document.get("evaluation") and curves.get("skill"):
        blocks += _skill(document, curves)
    if document.get("evaluation"):
        blocks += _reliability(document)
    if regime := curves.get("regime"):
        days = regime["dates"]
        plot = sparkline(regime["score"], low=0, high=100)
        blocks += [Line(""), Line("Regime score, 0 calm to 100 crisis", "title"), Line(plot)]
        blocks.append(Line(f"{days[0]} to {days[-1]}, now {regime['score'][-1]:.0f}: {regime['label'][-1]}", "dim"))
    return blocks


def drawable(encoding: str | None) -> bool:
    """Tell whether a stream of this encoding can carry the plots."""
    try:
        _STEPS.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def sparkline(values: Sequence[float], *, low: float, high: float) -> str:
    """Return values as a line of blocks between ``low`` and ``high``; of several in one place the last is shown."""
    shown = min(_WIDTH, len(values))
    span = (high - low) or 1.0
    kept = [values[(place + 1) * len(values) // shown - 1] for place in range(shown)]
    return "".join(_STEPS[min(max(int((value - low) / span * len(_STEPS)), 0), len(_STEPS) - 1)] for value in kept)


def bar(share: float, width: int = _WIDTH) -> str:
    """Return a share of 1 as a bar."""
    return "█" * max(round(share * width), 0)


def _equity(document: dict[str, Any], curves: dict[str, Any]) -> list[Block]:
    grown = growth_of(document, curves)
    low, high = min(map(min, grown.values())), max(map(max, grown.values()))
    columns = (
        Column("picks of", 0, wrap=True),
        Column("growth, after costs", 1),
        Column("total", 2, right=True),
        Column("drawdown", 3, right=True),
    )
    rows = [
        [name, sparkline(values, low=low, high=high), signed_percent(values[-1] - 1), percent(min(drawdown(values)))]
        for name, values in grown.items()
    ]
    days = curves["worth"]["dates"]
    return [Line(""), Line(f"Equity, {days[0]} to {days[-1]}", "title"), Grid(columns, rows)]


def _skill(document: dict[str, Any], curves: dict[str, Any]) -> list[Block]:
    monthly = {
        name: list(by_month(curves["skill"]["dates"], values).values())
        for name, values in curves["skill"]["rank_ic"].items()
    }
    monthly = {name: values for name, values in monthly.items() if values}
    if not monthly:
        return []
    reach = max(abs(value) for values in monthly.values() for value in values)
    columns = (
        Column("rank IC of", 0, wrap=True),
        Column("by month, middle is 0", 1),
        Column("mean", 2, right=True),
        Column("above 0", 3, right=True),
    )
    main = main_model(document)
    rows = [
        [
            name,
            sparkline(values, low=-reach, high=reach),
            signed(sum(values) / len(values)),
            f"{sum(value > 0 for value in values)} of {len(values)}",
        ]
        for name, values in sorted(monthly.items(), key=lambda one: one[0] != main)
    ]
    return [Line(""), Line("Rank IC by month", "title"), Grid(columns, rows)]


def _reliability(document: dict[str, Any]) -> list[Block]:
    main = main_model(document)
    row = next(row for row in document["evaluation"] if row["model"] == main)
    if not row.get("reliability"):
        return []
    columns = (
        Column("said", 0, right=True),
        Column("came true", 1, right=True),
        Column("", 2),
        Column("90%", 4),
        Column("rows", 3, right=True),
    )
    highest = max(point["hit_rate"] for point in row["reliability"]) or 1.0
    rows = [
        [
            percent(point["mean_probability"]),
            percent(point["hit_rate"]),
            bar(point["hit_rate"] / highest, _WIDTH // 2),
            f"{percent(point['lower'], 0)}..{percent(point['upper'], 0)}" if "lower" in point else "-",
            count(point["n"]),
        ]
        for point in row["reliability"]
    ]
    return [Line(""), Line(f"Reliability of {main}", "title"), Grid(columns, rows)]
