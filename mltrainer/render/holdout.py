"""The sealed holdout in a result: one line about it, and how a promoted trial did there."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line, without_empty_columns
from mltrainer.render.numbers import count, decimal, span

_COLUMNS = (
    Column("model", 0),
    Column("figure", 1),
    Column("before", 3, right=True),
    Column("holdout", 2, right=True),
    Column("90% there", 4),
    Column("verdict", 5),
)


def holdout_blocks(document: dict[str, Any]) -> list[Block]:
    """Return where the holdout begins, whether it is sealed, and how often it was looked at."""
    holdout = document.get("holdout")
    if not holdout:
        return []
    looks = holdout["looks"]
    times = f"looked at {looks} time{'s' * (looks != 1)}" if looks else "never looked at"
    text = f"Holdout: {count(holdout['sessions'])} sessions from {holdout['from']} on"
    if not holdout["included"]:
        return [Line(f"{text}, {holdout['status']}, {times}; no figure here depends on them.", "dim")]
    spoilt = " (contaminated)" if looks > 1 else ""
    return [Line(f"{text}, {times}, this trial included; the figures here depend on them{spoilt}.", "warn")]


def promotion_blocks(document: dict[str, Any]) -> list[Block]:
    """Return the figures of a promoted trial, before the holdout and on it."""
    promotion = document.get("promotion")
    if not promotion:
        return []
    look = f", look {promotion['look']}: CONTAMINATED" if promotion["contaminated"] else ", the first look"
    title = (
        f"{promotion['trial']} on the holdout: {promotion['dates']} dates from {promotion['first']} "
        f"to {promotion['last']}{look}"
    )
    rows = [
        [
            one["model"],
            one["figure"].replace("_", " "),
            decimal(one["before"]),
            decimal(one["holdout"]),
            span((one["lower"], one["upper"]), 3) if "lower" in one else "-",
            one.get("verdict", "-"),
        ]
        for one in promotion["figures"]
    ]
    style = "warn" if promotion["contaminated"] else "title"
    return [Line(title, style), without_empty_columns(Grid(_COLUMNS, rows))]
