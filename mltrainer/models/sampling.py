"""Which rows a model with a cap on its rows learns from."""

import numpy as np
import numpy.typing as npt


def spread_rows(count: int, most: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    """Draw at most ``most`` of ``count`` rows in order of date, spread evenly over time.

    One row of each stride is drawn, at a random place in it: every date keeps its share, and the last are no more
    likely than the first.
    """
    if count <= most:
        return np.arange(count)
    edges = np.linspace(0, count, most + 1).astype(np.int64)
    return edges[:-1] + random.integers(0, np.maximum(np.diff(edges), 1))
