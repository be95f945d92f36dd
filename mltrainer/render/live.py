"""Lines at the bottom of a terminal that change in place and leave nothing behind."""

import shutil
from collections.abc import Callable, Sequence
from typing import IO

from mltrainer.render.blocks import cell_width


def terminal_width() -> int:
    """Return the width of the terminal in columns."""
    return shutil.get_terminal_size().columns


class LiveLines:
    """Draws a few lines again and again in the same place.

    Nothing else may write to the stream between `show` and `clear`. The lines must be safe and each fit in the width.

    Parameters
    ----------
    stream
        A terminal that obeys cursor movements.
    width
        Returns the width of the terminal now.
    """

    def __init__(self, stream: IO[str], width: Callable[[], int] = terminal_width) -> None:
        self._stream = stream
        self._width = width
        self._shown: list[str] = []

    def show(self, lines: Sequence[str]) -> None:
        """Put these lines in the place of the last ones."""
        if list(lines) == self._shown:
            return
        # Without line feed at the end the cursor stays on the last line, and nothing scrolls at the last row.
        self._stream.write(self._erasure() + "\n".join(lines))
        self._stream.flush()
        self._shown = list(lines)

    def clear(self) -> None:
        """Take the lines away; the cursor stands where the first one began."""
        if self._shown:
            self._stream.write(self._erasure())
            self._stream.flush()
            self._shown = []

    def _erasure(self) -> str:
        if not self._shown:
            return ""
        # A window that became narrower has broken the lines into more rows.
        width = max(self._width(), 1)
        rows = sum(max(-(-cell_width(line) // width), 1) for line in self._shown)
        return "\r" + (f"\x1b[{rows - 1}A" if rows > 1 else "") + "\x1b[J"
