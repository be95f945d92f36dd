"""What is to be shown, apart from how: lines and tables of safe text that a screen colours and a pipe prints.

Every view of this folder returns blocks. A table is fitted to the width by leaving out the columns that matter least
and naming them; only a column marked ``wrap`` may run over several rows, and nothing is cut off.
"""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mltrainer.render.safe import make_safe, safe_line

GAP = 2
_LEAST_WRAPPED = 12  # columns: a narrower cell cannot be read
Span = tuple[str, str]  # text and style


@dataclass(frozen=True)
class Line:
    """A line or paragraph. ``style`` is one of the names that ``console.STYLES`` knows."""

    text: str
    style: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", make_safe(self.text))


@dataclass(frozen=True)
class Column:
    """A column of a table: the lower its ``rank``, the longer it stays when the window is narrow.

    With ``initials`` it does not go where it has no room but shrinks to first letters, which are explained below.
    A column marked ``wrap`` gets at least ``least`` columns of the terminal, or goes.
    """

    name: str
    rank: int = 5
    right: bool = False
    wrap: bool = False
    initials: bool = False
    least: int = _LEAST_WRAPPED


@dataclass(frozen=True)
class Grid:
    """A table. ``rows`` hold one text for each column; ``styles`` one style for each row, none where it is empty."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    styles: Sequence[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", [[safe_line(cell) for cell in row] for row in self.rows])


Block = Line | Grid


def without_empty_columns(grid: Grid) -> Grid:
    """Leave out the columns that have a figure in no row; the first one stays."""
    filled = [index for index in range(1, len(grid.columns)) if any(row[index] != "-" for row in grid.rows)]
    kept = [0, *filled]
    rows = [[row[index] for index in kept] for row in grid.rows]
    return Grid([grid.columns[index] for index in kept], rows, grid.styles)


def cell_width(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def as_plain(blocks: Sequence[Block], width: int | None = None) -> str:
    """Return the blocks as plain text: no colours, no spaces at the end of a line, a line feed at the end."""
    lines = ["".join(text for text, _ in spans).rstrip() for spans in as_spans(blocks, width)]
    return "".join(line + "\n" for line in lines)


def as_spans(blocks: Sequence[Block], width: int | None = None) -> Iterator[list[Span]]:
    """Yield line after line, each a list of texts with their styles. Without a width nothing is wrapped or left out."""
    for block in blocks:
        if isinstance(block, Grid):
            yield from _grid(block, width)
        else:
            for line in block.text.split("\n"):
                for part in wrap_line(line, width):
                    yield [(part, block.style)]


def wrap_line(text: str, width: int | None) -> list[str]:
    """Return the text in lines of at most this width, broken between words where that is possible."""
    if width is None or cell_width(text) <= width:
        return [text]
    if not text.isascii():
        return _wrapped_wide(text, max(width, 2))
    return textwrap.wrap(text, max(width, 1)) or [""]


def _wrapped_wide(text: str, width: int) -> list[str]:
    """Wrap a text with characters that may be two columns wide, between words where that is possible."""
    lines, current = [], ""
    for char in text:
        if cell_width(current + char) > width:
            head, space, tail = current.rpartition(" ")
            lines.append(head if space and head.strip() else current)
            current = tail if space and head.strip() else ""
        current += char
    return [*lines, current]


def _grid(grid: Grid, width: int | None) -> Iterator[list[Span]]:
    shown = _chosen(grid, width)
    notes: list[str] = []
    for index, column in enumerate(grid.columns):
        if column.initials and index not in shown:
            notes.append(_explained(column.name, [row[index] for row in grid.rows]))
            grid = _with_initials(grid, index)
            shown = _chosen(grid, width)
    natural = _natural_widths(grid)
    widths = {index: natural[index] for index in shown}
    excess = sum(widths.values()) + GAP * (len(shown) - 1) - (width or 10**9)
    if excess > 0:
        index = next((index for index in shown if grid.columns[index].wrap), shown[0])
        widths[index] = max(widths[index] - excess, 1)
    yield from _row(grid.columns, [column.name for column in grid.columns], shown, widths, "head")
    for number, row in enumerate(grid.rows):
        yield from _row(grid.columns, row, shown, widths, grid.styles[number] if grid.styles else "")
    if left_out := [column.name for index, column in enumerate(grid.columns) if index not in shown]:
        notes.append(f"(no room for: {', '.join(left_out)})")
    yield from ([(part, "dim")] for note in notes for part in wrap_line(note, width))


def _with_initials(grid: Grid, index: int) -> Grid:
    """Return the table with one column cut to first letters."""
    column = grid.columns[index]
    columns = [*grid.columns[:index], replace(column, name=column.name[:1], initials=False), *grid.columns[index + 1 :]]
    return Grid(columns, [[*row[:index], row[index][:1], *row[index + 1 :]] for row in grid.rows], grid.styles)


def _explained(name: str, cells: Sequence[str]) -> str:
    """Say what the first letters of a column mean: ``(o: origin; d: default; s: stated)``."""
    words = [name, *sorted({cell for cell in cells if cell})]
    return f"({'; '.join(f'{word[0]}: {word}' for word in words)})"


def _natural_widths(grid: Grid) -> list[int]:
    return [
        max(cell_width(column.name), *(cell_width(row[index]) for row in grid.rows), 0)
        for index, column in enumerate(grid.columns)
    ]


def _chosen(grid: Grid, width: int | None) -> list[int]:
    """Return the columns that fit, the most important first served, in their own order."""
    columns, natural = grid.columns, _natural_widths(grid)
    if width is None:
        return list(range(len(columns)))
    chosen: list[int] = []
    used = -GAP
    for index in sorted(range(len(columns)), key=lambda index: columns[index].rank):
        least = min(natural[index], columns[index].least) if columns[index].wrap else natural[index]
        if chosen and used + GAP + least > width:
            break
        chosen.append(index)
        used += GAP + least
    return sorted(chosen)


def _row(
    columns: Sequence[Column], cells: Sequence[str], shown: list[int], widths: dict[int, int], style: str
) -> Iterator[list[Span]]:
    parts = {index: wrap_line(cells[index], widths[index]) for index in shown}
    for depth in range(max(len(lines) for lines in parts.values())):
        line = ""
        for index in shown:
            text = parts[index][depth] if depth < len(parts[index]) else ""
            space = " " * (widths[index] - cell_width(text))
            line += (space + text if columns[index].right else text + space) + " " * GAP
        yield [(line.rstrip(), style)]
