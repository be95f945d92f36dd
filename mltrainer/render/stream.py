"""An answer in Markdown while it arrives: closed blocks are printed for good, only the open one is drawn again."""

import re
import shutil
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from mltrainer.render.blocks import wrap_line
from mltrainer.render.live import LiveLines
from mltrainer.render.safe import SafeStream

if TYPE_CHECKING:
    from rich.console import Console

ROWS = 6
_REDRAW_SECONDS = 0.08
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_ITEM = re.compile(r"\s{0,3}([-*+]|\d{1,9}[.)])\s")


class BlockSplitter:
    """Cuts Markdown that arrives in pieces into blocks that nothing later can change.

    A block ends at an empty line outside a fence. A list goes on over empty lines as long as its next line is set in
    or another item.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._partial = ""
        self._fence = ""
        self._blank = False

    def feed(self, text: str) -> list[str]:
        """Take in a piece and return the blocks that it closes."""
        *whole, self._partial = (self._partial + text).split("\n")
        return [block for line in whole if (block := self._line(line))]

    def close(self) -> str:
        """Return what is left."""
        rest = self.open_text
        self.__init__()  # type: ignore[misc]
        return rest

    @property
    def open_text(self) -> str:
        """Return the block that may still change."""
        return "\n".join([*self._lines, *([""] if self._blank else []), self._partial]).strip("\n")

    def _line(self, line: str) -> str:
        """Take in a whole line and return the block that it closes, or nothing."""
        if self._fence:
            self._lines.append(line)
            mark = line.strip()
            if mark.startswith(self._fence) and not mark.strip(self._fence[0]):
                self._fence = ""
            return ""
        if not line.strip():
            if self._lines and _ITEM.match(self._lines[0]):
                self._blank = True
                return ""
            return self._take()
        block = ""
        if self._blank:
            self._blank = False
            if line.startswith((" ", "\t")) or _ITEM.match(line):
                self._lines.append("")
            else:
                block = self._take()
        if match := _FENCE.match(line):
            self._fence = match[1]
        self._lines.append(line)
        return block

    def _take(self) -> str:
        block, self._lines = "\n".join(self._lines), []
        return block


class MarkdownStream:
    """Shows an answer while it arrives.

    Parameters
    ----------
    console
        Where closed blocks are printed.
    lines
        Where the open block is drawn; None where the screen cannot be drawn again, which then waits for whole blocks.
    """

    def __init__(
        self, console: "Console", lines: LiveLines | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._live = lines
        self._clock = clock
        self._safe = SafeStream()
        self._blocks = BlockSplitter()
        self._drawn = 0.0
        self._printed = False

    def feed(self, piece: str) -> None:
        """Take in a piece of the answer."""
        closed = self._blocks.feed(self._safe.feed(piece))
        for block in closed:
            self._print(block)
        if closed or self._clock() - self._drawn >= _REDRAW_SECONDS:
            self.draw()

    def draw(self) -> None:
        """Draw the last rows of the open block."""
        if self._live:
            self._drawn = self._clock()
            self._live.show(tail_rows(self._blocks.open_text))

    def finish(self) -> None:
        """Print what is left: the answer is at its end."""
        # The last line is whole now: after an empty line it may stand apart from a list above it.
        for block in self._blocks.feed(self._safe.close() + "\n"):
            self._print(block)
        if rest := self._blocks.close():
            self._print(rest)
        if self._live:
            self._live.clear()
        self._printed = False

    def _print(self, block: str) -> None:
        from mltrainer.render.markdown import print_markdown

        if self._live:
            self._live.clear()
        print_markdown(self._console, block, apart=self._printed)
        self._printed = True


def tail_rows(text: str, rows: int = ROWS) -> list[str]:
    """Return the last rows of a text in the window's width, fewer than the window has, empty for no text."""
    columns, height = shutil.get_terminal_size()
    width, rows = max(columns - 1, 1), max(min(rows, height - 1), 1)
    # Only the end is looked at: a long open block costs no more than a short one.
    ending = text[-rows * width :]
    lines = [part for line in ending.split("\n") for part in wrap_line(line.expandtabs(4), width)]
    return lines[-rows:] if text else []
