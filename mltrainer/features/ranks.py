"""Ranks across the tickers of a date."""

import bottleneck as bn
import numpy as np

from mltrainer.data.panel import BoolArray, FloatArray


def rank_by_date(values: FloatArray, member: BoolArray) -> FloatArray:
    """Return the rank among the members of the date, scaled to -0.5 .. 0.5 (ties share their mean), NaN elsewhere.

    The lowest of n is 0.5/n - 0.5 and the highest 0.5 - 0.5/n, so that 0 is the middle whatever n is.
    """
    among = np.where(member & np.isfinite(values), values, np.nan)
    ranks = bn.nanrankdata(among, axis=1)
    count = np.isfinite(among).sum(axis=1, keepdims=True)
    return (ranks - 0.5) / np.maximum(count, 1) - 0.5
