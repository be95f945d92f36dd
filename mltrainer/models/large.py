"""Rows that need not fit into memory: what learns from them reads a part at a time."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

# Bytes from which on rows are not read at once. Below, reading twice would cost more than it saves.
LARGE = 256 * 1024**2
AT_ONCE = 65_536


class LargeRows:
    """Rows of a matrix on disk, (n_rows, n_features).

    Parameters
    ----------
    read
        Returns a copy of some rows, given their positions in ascending order.
    rows
        Positions of the rows, ascending, (n_rows,).
    """

    def __init__(self, read: Callable[[npt.NDArray[np.int64]], npt.NDArray[np.float32]], rows: Any, width: int) -> None:
        self._read, self._rows = read, rows
        self.shape = (len(rows), width)
        self._first, self._part = 0, np.empty((0, width), dtype=np.float32)

    def __len__(self) -> int:
        return len(self._rows)

    def part(self, first: int, stop: int) -> npt.NDArray[np.float32]:
        """Return a copy of the rows from ``first`` to before ``stop``."""
        return self._read(self._rows[first:stop])

    def row(self, place: int) -> npt.NDArray[np.float32]:
        """Return a row, quickly where the next one that is asked for lies near."""
        if not self._first <= place < self._first + len(self._part):
            self._first = place
            self._part = self.part(place, place + AT_ONCE)
        return self._part[place - self._first]
