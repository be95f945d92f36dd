"""Quantiles over the last ``window`` rows."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import FloatArray
from mltrainer.features.moving import enough, window_sum

IndexArray = npt.NDArray[np.int64]
_PART = 100_000


def moving_quantiles(values: FloatArray, window: int, shares: tuple[float, ...]) -> list[FloatArray]:
    """Return quantiles of the finite values, linear between neighbours (numpy's default), one array for each share.

    ``values`` are (n_dates, n_columns); a result needs at least four fifths of its window.
    """
    count = window_sum(np.isfinite(values).astype(np.float64), window)
    # The filter is many times quicker than sorting, but knows no gaps: windows with gaps are sorted.
    found = [_by_filter(values, window, share) for share in shares]
    padded = np.concatenate([np.full((window - 1, values.shape[1]), np.nan), values])
    for rows, columns in _parts(*np.nonzero((count >= enough(window)) & (count < window))):
        windows = np.sort(padded[rows[:, None] + np.arange(window), columns[:, None]], axis=1)
        for share, out in zip(shares, found, strict=True):
            out[rows, columns] = _between(windows, share * (count[rows, columns] - 1))
    for out in found:
        out[count < enough(window)] = np.nan
    return found


def _parts(rows: IndexArray, columns: IndexArray) -> Iterator[tuple[IndexArray, IndexArray]]:
    """Yield the places in parts: the windows of all at once may not fit into memory."""
    for start in range(0, len(rows), _PART):
        part = slice(start, start + _PART)
        yield rows[part], columns[part]


def _by_filter(values: FloatArray, window: int, share: float) -> FloatArray:
    """Return the quantile of each full window without gaps; the others hold anything."""
    # Slow to import, and of no use where the features are built already.
    from scipy.ndimage import rank_filter

    place = share * (window - 1)
    low = int(place)
    high = min(low + 1, window - 1)
    # One column after the other as one series: only windows that are not full yet reach into the column before.
    series = np.nan_to_num(values).T.ravel()
    # The filter centres its window; this origin ends it at the newest row.
    origin = (window - 1) // 2
    below, above = (rank_filter(series, rank, size=window, origin=origin) for rank in (low, high))
    return np.ascontiguousarray((below + (place - low) * (above - below)).reshape(values.shape[::-1]).T)


def _between(ordered: FloatArray, place: FloatArray) -> FloatArray:
    """Return the value at a place between sorted neighbours, (n_rows,) of (n_rows, window)."""
    rows, low = np.arange(len(ordered)), place.astype(np.int64)
    below, above = ordered[rows, low], ordered[rows, np.minimum(low + 1, ordered.shape[1] - 1)]
    # The neighbour above the largest value is missing, and weighs nothing.
    return np.where(place > low, below + (place - low) * (above - below), below)
