"""Scoring in blocks of one size, so that a score does not depend on how many rows are scored with it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

_BLOCK = 1024


def score_in_blocks(score: Callable[[Any], npt.NDArray[Any]], X: Any, block: int = _BLOCK) -> npt.NDArray[np.float64]:
    """Return ``score`` (n_rows,) of ``X``, computed for ``block`` rows at a time.

    Matrix products round a row by the size of the block that it is in; the last block is therefore filled up with
    copies of the last row. It also bounds the memory of what is wide, such as kernels.
    """
    parts = []
    for start in range(0, len(X), block):
        rows = np.minimum(np.arange(start, start + block), len(X) - 1)
        parts.append(np.asarray(score(X[rows]), dtype=np.float64).reshape(block))
    return np.concatenate(parts)[: len(X)] if parts else np.empty(0)
