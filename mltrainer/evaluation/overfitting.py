"""The probability of backtest overfitting: whether the best in one half of the days is any good in the other."""

from functools import cache
from itertools import combinations

import numpy as np

from mltrainer.settings.arrays import FloatArray

LEAST_MODELS = 3
# With no skill anywhere, 90 % of samples of 500 days lie between these: the figure alone proves little.
BY_CHANCE = (0.19, 0.84)


def overfitting_probability(returns: FloatArray, *, blocks: int = 16) -> float:
    """Return the share of symmetric splits in which the best model of one half is below the median of the other.

    Combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado & Zhu 2017): the days are cut into
    ``blocks`` equal parts (the first ones a day longer where they must), every half of them is once the sample, and
    models are ranked by Sharpe ratio.

    Parameters
    ----------
    returns
        Of every day and model, (n_days, n_models), at least ``blocks`` days of two models.

    Raises
    ------
    ValueError
        If ``blocks`` is odd, or there are fewer days.
    """
    n_days, n_models = returns.shape
    if blocks % 2 or n_days < blocks:
        raise ValueError(f"{n_days} days cannot be cut into halves of {blocks} blocks")
    parts = np.array_split(returns, blocks)
    total, squares = np.stack([part.sum(axis=0) for part in parts]), np.stack([(part**2).sum(axis=0) for part in parts])
    size = np.array([[len(part)] for part in parts], dtype=np.float64)
    chosen = _halves(blocks)
    inside, outside = (_sharpe(side @ total, side @ squares, side @ size) for side in (chosen, 1 - chosen))
    best = inside.argmax(axis=1)
    at_best = np.take_along_axis(outside, best[:, None], axis=1)
    rank = (outside < at_best).sum(axis=1) + ((outside == at_best).sum(axis=1) + 1) / 2
    return float((rank / (n_models + 1) < 0.5).mean())


@cache
def _halves(blocks: int) -> FloatArray:
    """Return every way to choose half of the blocks, 1 for those chosen, (n_ways, blocks)."""
    halves = np.array(list(combinations(range(blocks), blocks // 2)))
    chosen = np.zeros((len(halves), blocks))
    np.put_along_axis(chosen, halves, 1.0, axis=1)
    return chosen


def _sharpe(total: FloatArray, squares: FloatArray, days: FloatArray) -> FloatArray:
    mean = total / days
    variance = np.maximum(squares / days - mean**2, 0.0) * days / (days - 1)
    return np.divide(mean, np.sqrt(variance), out=np.zeros_like(mean), where=variance > 0)
