"""Markdown of the AI as terminal text: safe after parsing, without pictures, emoji, HTML or colours behind code."""

import copy
from collections.abc import Iterable
from typing import Any, ClassVar

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement, TableElement
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from mltrainer.render.safe import make_safe

# Without HTML and pictures their source is shown as it stands: nothing that was written disappears.
_PARSER = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"]).disable("image")


class _PlainHeading(Heading):
    """A heading in bold at the left, without a box."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        self.text.justify = "left"
        yield self.text


class _PlainCode(CodeBlock):
    """Code as it stands, set in by two columns."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        text = Text(str(self.text).rstrip(), style=console.get_style("markdown.code_block"), overflow="fold")
        yield Padding(text, (0, 0, 0, 2))


class _WholeTable(TableElement):
    """A table whose cells run over several rows where they have no room: a name that was cut off cannot be typed."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for table in super().__rich_console__(console, options):
            if isinstance(table, Table):
                for column in table.columns:
                    column.overflow = "fold"
            yield table


class _PlainMarkdown(Markdown):
    """Markdown in the elements above, and links as text with their address."""

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _PlainHeading,
        "fence": _PlainCode,
        "code_block": _PlainCode,
        "table_open": _WholeTable,
    }


# Making one builds a parser of its own each time, which costs more than a short paragraph: copies share this one.
_TEMPLATE = _PlainMarkdown("", hyperlinks=False)


def safe_markdown(text: str) -> Markdown:
    """Return Markdown whose text is safe before and after parsing: entities such as ``&#x202e;`` come out there."""
    markdown = copy.copy(_TEMPLATE)
    markdown.markup = make_safe(text)
    markdown.parsed = _PARSER.parse(markdown.markup)
    _make_tokens_safe(markdown.parsed)
    return markdown


def _make_tokens_safe(tokens: Iterable[Token]) -> None:
    for token in tokens:
        token.content = make_safe(token.content)
        token.attrs = {key: make_safe(value) if isinstance(value, str) else value for key, value in token.attrs.items()}
        _make_tokens_safe(token.children or ())


def print_markdown(console: Console, text: str, *, apart: bool = False) -> None:
    """Print Markdown without the blanks that Rich puts at the end of each line, which garble a window made narrower.

    Parameters
    ----------
    apart
        Whether an empty line goes before it.
    """
    lines: list[Any] = console.render_lines(safe_markdown(text), pad=False)
    trimmed = [_without_blanks(line) for line in lines]
    while trimmed and not trimmed[0]:
        trimmed.pop(0)
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    console.print(_Lines([[], *trimmed] if apart else trimmed), end="")


def _without_blanks(line: list[Segment]) -> list[Segment]:
    kept = list(line)
    while kept and not kept[-1].text.strip():
        kept.pop()
    if kept:
        kept[-1] = Segment(kept[-1].text.rstrip(), kept[-1].style)
    return kept


class _Lines:
    """Lines of segments that are printed as they are."""

    def __init__(self, lines: list[list[Segment]]) -> None:
        self._lines = lines

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self._lines:
            yield from line
            yield Segment.line()
