"""The Rich console that every screen shares: only the terminal's 16 named colours, and no markup in any text."""

import os
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING

from mltrainer.render.blocks import Block, as_spans

if TYPE_CHECKING:
    from rich.console import Console

# No background and neither black nor white: it reads on dark and on light terminals alike.
STYLES = {
    "": "",
    "head": "bold",
    "title": "bold",
    "good": "green",
    "warn": "yellow",
    "bad": "red",
    "accent": "cyan",
    "dim": "dim",
    "simulated": "bold magenta",
}


def wants_color(stream: IO[str]) -> bool:
    """Tell whether to colour what goes to this stream: a terminal that can, and no ``NO_COLOR``."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def make_console(stream: IO[str], *, color: bool, width: int | None = None) -> "Console":
    """Return a console that interprets no markup and no emoji names in the text it is given."""
    from rich.console import Console
    from rich.theme import Theme

    # Rich's own Markdown styles put black behind code, which is unreadable on a light terminal.
    theme = Theme(
        {
            "markdown.code": "cyan",
            "markdown.code_block": "cyan",
            "markdown.block_quote": "dim",
            "markdown.h1": "bold",
            "markdown.h2": "bold",
            "markdown.h3": "bold",
            "markdown.h4": "bold",
            "markdown.item.bullet": "bold",
            "markdown.item.number": "bold",
            "markdown.hr": "dim",
            "markdown.link_url": "underline",
            "markdown.table.border": "dim",
            "markdown.table.header": "bold",
        }
    )
    width = width or _width_of_a_dumb_terminal(stream)
    return Console(
        file=stream,
        width=width,
        # Rich heeds a width only beside a height, which nothing here depends on.
        height=25 if width else None,
        theme=theme,
        color_system="standard" if color else None,
        no_color=not color,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )


def _width_of_a_dumb_terminal(stream: IO[str]) -> int | None:
    """Return the width where Rich, which takes every dumb terminal for one of 80 columns, would not ask for it."""
    if not stream.isatty() or os.environ.get("TERM") not in ("dumb", "unknown"):
        return None
    return os.get_terminal_size(stream.fileno()).columns or None


def print_blocks(console: "Console", blocks: Sequence[Block]) -> None:
    """Print blocks in the console's width."""
    from rich.text import Text

    text = Text()
    for spans in as_spans(blocks, console.width):
        for part, style in spans:
            text.append(part, STYLES[style] or None)
        text.append("\n")
    if text:
        console.print(text, end="", soft_wrap=True)
