"""One-dimensional statistics of the past: expanding percentiles and moving windows over (n,) series."""

from bisect import bisect_left, bisect_right

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import FloatArray


def expanding_percentile(values: FloatArray, first: int) -> FloatArray:
    """Return where each value stands among all finite values up to it, 0..1, equals counted half.

    Parameters
    ----------
    values
        (n,); NaN is no value and gets none.
    first
        How many values there must be, the newest included.
    """
    ranks = np.full(len(values), np.nan)
    seen: list[float] = []
    for t in np.flatnonzero(np.isfinite(values)):
        value = float(values[t])
        low, high = bisect_left(seen, value), bisect_right(seen, value)
        seen.insert(high, value)
        if len(seen) >= first:
            ranks[t] = (low + 0.5 * (high - low + 1)) / len(seen)
    return ranks


def windows(values: FloatArray, length: int) -> FloatArray:
    """Return (n, length): the last ``length`` values at each place, NaN in the rows before there are so many."""
    rows = np.full((len(values), length), np.nan)
    if len(values) >= length:
        rows[length - 1 :] = np.lib.stride_tricks.sliding_window_view(values, length)
    return rows


def volatility(returns: FloatArray, length: int) -> FloatArray:
    """Return the standard deviation of the last ``length`` returns, NaN where one of them is missing."""
    return np.std(windows(returns, length), axis=1, ddof=1)


def share_above_mean(close: npt.NDArray[np.float64], length: int) -> FloatArray:
    """Return the share of tickers whose close is above the mean of their last ``length`` closes.

    Parameters
    ----------
    close
        (n_dates, n_tickers). A ticker counts where it has a bar and four fifths of its window.

    Returns
    -------
    (n_dates,), NaN where no ticker counts.
    """
    present = np.isfinite(close)
    filled = np.where(present, close, 0.0)
    total, count = np.zeros(close.shape), np.zeros(close.shape)
    # Added age by age: no running sum, so nothing is carried from one window to the next.
    for age in range(min(length, len(close))):
        total[age:] += filled[: len(close) - age]
        count[age:] += present[: len(close) - age]
    counted = present & (count >= 0.8 * length)
    above = counted & (filled * count > total)
    tickers = counted.sum(axis=1)
    return np.where(tickers > 0, above.sum(axis=1) / np.maximum(tickers, 1), np.nan)
