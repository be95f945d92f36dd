"""One view on one stream, for commands that print and end: coloured at a terminal, plain in a pipe."""

import shutil
from collections.abc import Sequence
from typing import IO, Any

from mltrainer.render.blocks import Block, Column, Grid, Line, as_plain
from mltrainer.render.console import make_console, print_blocks, wants_color
from mltrainer.render.simulated import simulated_line


def show(blocks: Sequence[Block], out: IO[str], *, simulated: bool = False) -> None:
    """Write blocks; ``simulated`` puts the mark above figures of an artificial market."""
    marked = [simulated_line(), *blocks] if simulated else list(blocks)
    if wants_color(out):
        print_blocks(make_console(out, color=True), marked)
    else:
        out.write(as_plain(marked, shutil.get_terminal_size().columns if out.isatty() else None))


def fact_blocks(facts: dict[str, Any]) -> list[Block]:
    """Return facts as a table of names and values."""
    rows = [[name.replace("_", " "), _shown(value)] for name, value in facts.items()]
    return [Grid((Column("what", 0), Column("value", 1, wrap=True)), rows)]


def row_blocks(rows: list[dict[str, Any]], *, empty: str) -> list[Block]:
    """Return rows of the same keys as a table, or the sentence for none."""
    if not rows:
        return [Line(empty)]
    names = list(rows[0])
    columns = [Column(name, rank, wrap=rank == len(names) - 1) for rank, name in enumerate(names)]
    return [Grid(columns, [[_shown(row[name]) for name in names] for row in rows])]


def _shown(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {part}" for name, part in value.items()) or "none"
    return str(value)
