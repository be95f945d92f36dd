"""Statistics over the last ``window`` rows of an array (n_dates, n_columns), each from the values in its window alone.

A sum is put together from sums inside fixed blocks of ``window`` rows (van Herk 1992 does so for maxima). Nothing
runs on from the first row, so rounding left by a huge value goes when that value leaves, and rows that are appended
change no earlier result by a single bit.

A missing value (NaN) is left out; a result needs at least four fifths of its window.
"""

import math
from collections.abc import Callable

import bottleneck as bn
import numpy as np

from mltrainer.data.panel import BoolArray, FloatArray

ENOUGH = 0.8
FLAT = 1e-12  # a variance below this share of the squared mean is rounding, not movement


def enough(window: int) -> int:
    """Return how many values a window must hold."""
    return math.ceil(ENOUGH * window)


def window_sum(values: FloatArray, window: int) -> FloatArray:
    """Return the sum of the last ``window`` rows (of all rows before there are so many). Takes no NaN."""
    n_dates = len(values)
    blocks = -(-n_dates // window)
    padded = np.zeros((blocks * window, *values.shape[1:]))
    padded[:n_dates] = values
    forward = padded.reshape(blocks, window, *values.shape[1:])
    backward = forward.copy()
    for step in range(1, window):
        forward[:, step] += forward[:, step - 1]
        backward[:, window - 1 - step] += backward[:, window - step]
    total = forward.reshape(padded.shape)[:n_dates]
    # A window that ends inside a block also needs the tail of the block before, unless it is that whole block.
    tails = backward.reshape(padded.shape)[1 : max(n_dates - window + 1, 1)]
    tails[window - 1 :: window] = 0.0
    total[window : window + len(tails)] += tails
    return total


class Window:
    """Sums over the last ``window`` rows, restricted to the cells that are ``valid``, shared by several statistics.

    Parameters
    ----------
    valid
        (n_dates, n_columns); a cell counts only where this is true.
    window
        Rows.
    """

    def __init__(self, valid: BoolArray, window: int) -> None:
        self.valid = valid
        self.window = window
        self.count = window_sum(valid.astype(np.float64), window)
        self.ready = self.count >= enough(window)

    def sum(self, values: FloatArray) -> FloatArray:
        """Return the sum of the valid values, NaN where there are too few."""
        total = window_sum(np.where(self.valid, values, 0.0), self.window)
        return np.where(self.ready, total, np.nan)

    def mean(self, values: FloatArray) -> FloatArray:
        """Return the mean of the valid values, NaN where there are too few."""
        return self.sum(values) / np.maximum(self.count, 1)


def moving_sum(values: FloatArray, window: int) -> FloatArray:
    """Return the sum of the finite values."""
    return Window(np.isfinite(values), window).sum(values)


def moving_mean(values: FloatArray, window: int) -> FloatArray:
    """Return the mean of the finite values."""
    return Window(np.isfinite(values), window).mean(values)


def moving_std(values: FloatArray, window: int, ddof: int = 1) -> FloatArray:
    """Return the standard deviation with ``ddof``; exactly 0 where the values do not move."""
    place = Window(np.isfinite(values), window)
    mean, square = place.mean(values), place.mean(values * values)
    variance = square - mean * mean
    variance = np.where(variance <= FLAT * square, 0.0, variance)
    variance = np.where(np.isfinite(mean), variance, np.nan)
    return np.sqrt(variance * place.count / np.maximum(place.count - ddof, 1))


def moving_skew(values: FloatArray, window: int) -> FloatArray:
    """Return the third standardised moment (population); NaN where the values do not move."""
    place = Window(np.isfinite(values), window)
    square = values * values
    first, second, third = place.mean(values), place.mean(square), place.mean(square * values)
    variance = second - first * first
    variance = np.where(variance <= FLAT * second, np.nan, variance)
    return (third - 3 * first * second + 2 * first * first * first) / (variance * np.sqrt(variance))


def moving_max(values: FloatArray, window: int) -> FloatArray:
    """Return the largest finite value."""
    return _by_bottleneck(bn.move_max, values, window)


def moving_min(values: FloatArray, window: int) -> FloatArray:
    """Return the smallest finite value."""
    return _by_bottleneck(bn.move_min, values, window)


def since_max(values: FloatArray, window: int) -> FloatArray:
    """Return how many rows ago the window's largest value stood (the latest of equals); 0 is the newest row."""
    return _by_bottleneck(bn.move_argmax, values, window)


def since_min(values: FloatArray, window: int) -> FloatArray:
    """Return how many rows ago the window's smallest value stood (the latest of equals); 0 is the newest row."""
    return _by_bottleneck(bn.move_argmin, values, window)


def place_of_max(values: FloatArray, window: int) -> FloatArray:
    """Return where the window's largest value stands (the oldest of equals); 1 is the oldest row."""
    return _place(bn.move_argmax, values, window)


def place_of_min(values: FloatArray, window: int) -> FloatArray:
    """Return where the window's smallest value stands (the oldest of equals); 1 is the oldest row."""
    return _place(bn.move_argmin, values, window)


def moving_rank(values: FloatArray, window: int) -> FloatArray:
    """Return the rank of the newest value among the finite ones as a share in (0, 1]; equals share their mean rank."""
    count = window_sum(np.isfinite(values).astype(np.float64), window)
    # bottleneck gives -1 for the smallest and 1 for the largest.
    return ((_by_bottleneck(bn.move_rank, values, window) + 1) / 2 * (count - 1) + 1) / count


def _place(move: Callable[..., FloatArray], values: FloatArray, window: int) -> FloatArray:
    # Backwards in time the newest of equals is the oldest.
    padded = np.concatenate([np.full((window - 1, *values.shape[1:]), np.nan), values])
    backwards = np.ascontiguousarray(padded[::-1])
    ago = move(backwards, window=window, min_count=enough(window), axis=0)[window - 1 :]
    return np.ascontiguousarray(ago[::-1]) + 1


def _by_bottleneck(move: Callable[..., FloatArray], values: FloatArray, window: int) -> FloatArray:
    # Order statistics carry no rounding from row to row, so bottleneck's queue is exact.
    # It refuses an array shorter than the window: empty rows in front make it long enough.
    short = max(window - len(values), 0)
    padded = np.concatenate([np.full((short, *values.shape[1:]), np.nan), values])
    return np.ascontiguousarray(move(padded, window=window, min_count=enough(window), axis=0)[short:])


def lag(values: FloatArray, rows: int) -> FloatArray:
    """Return the values of ``rows`` rows earlier, NaN before the first."""
    shifted = np.full(values.shape, np.nan)
    if rows < len(values):
        shifted[rows:] = values[: len(values) - rows]
    return shifted
