"""Which values hold, and where each comes from."""

from typing import Any

from mltrainer.render.blocks import Block, Column, Grid, Line


def config_blocks(values: dict[str, Any], origin: dict[str, str], surroundings: dict[str, str]) -> list[Block]:
    """Return values with their origin, and what surrounds them: files and variables."""
    from mltrainer.actions.describe import show_value

    rows = [[name, show_value(name, value), origin[name]] for name, value in values.items()]
    columns = (Column("name", 0), Column("value", 1, wrap=True), Column("from", 2))
    styles = ["dim" if origin[name] == "default" else "" for name in values]
    around = [[name, value] for name, value in surroundings.items()]
    return [
        Grid(columns, rows, styles),
        Line(""),
        Line("An option comes first, then the environment, the project file, the user file, and the default.", "dim"),
        Line(""),
        Grid((Column("file or variable", 0), Column("value", 1, wrap=True)), around),
    ]
