"""Settings and their changes: what it was, what it is now."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line


def diff_blocks(before: dict[str, Any], after: dict[str, Any], *, by: str = "") -> list[Block]:
    """Return one line for each setting that changed."""
    if not after:
        return [Line("No setting changed.", "dim")]
    who = f" (by {by})" if by else ""
    return [Line(f"Setting {change_line(name, before.get(name), value)}{who}", "warn") for name, value in after.items()]


def change_line(name: str, before: Any, after: Any) -> str:
    """Return a change in a line: ``confidence_threshold: 85% -> 90%``."""
    from mltrainer.actions.describe import show_value

    return f"{name}: {show_value(name, before)} -> {show_value(name, after)}"


def settings_table(values: dict[str, Any], adjusted: frozenset[str]) -> list[Block]:
    """Return all settings of a session with those marked that nobody ever set."""
    from mltrainer.actions.describe import show_value

    rows = [[name, show_value(name, value), "set" if name in adjusted else "default"] for name, value in values.items()]
    columns = (Column("setting", 0), Column("value", 1, wrap=True), Column("origin", 2, initials=True))
    return [Grid(columns, rows, ["" if name in adjusted else "dim" for name in values])]
