"""Figures recomputed the long way, with other tools than the product uses."""

import numpy as np
import pandas as pd
from scipy.stats import norm, pearsonr, spearmanr


def by_date_correlations(by_date: list[pd.DataFrame]) -> tuple[np.ndarray, np.ndarray]:
    """Return Pearson's and Spearman's correlations of dates with 20 tickers or more, where they are defined."""
    large = [
        (group.expected_return, group.realized_return)
        for group in by_date
        if len(group) >= 20 and group.expected_return.nunique() > 1
    ]
    return tuple(np.array([how(*pair).statistic for pair in large]) for how in (pearsonr, spearmanr))  # type: ignore[return-value]


def newey_west(series: np.ndarray, horizon_end: int) -> float:
    """Return the standard error of the mean by autocovariances, one by one."""
    count = len(series)
    lags = max(2 * horizon_end, int(np.floor(4 * (count / 100) ** (2 / 9))))
    mean = sum(series) / count
    total = 0.0
    for lag in range(lags + 1):
        weight = (1.0 if lag == 0 else 2.0) * (1 - lag / (lags + 1))
        total += weight * sum((series[i] - mean) * (series[i - lag] - mean) for i in range(lag, count)) / count
    return float(np.sqrt(total / count))


def intercept_at_slope_one(odds: np.ndarray, y: np.ndarray) -> float:
    """Return the shift of the log-odds at which the mean probability is the base rate, by bisection."""
    low, high = -20.0, 20.0
    for _ in range(200):
        middle = (low + high) / 2
        if (1 / (1 + np.exp(-odds - middle))).mean() < y.mean():
            low = middle
        else:
            high = middle
    return middle


def decile_spread(group: pd.DataFrame) -> float:
    place = group["expected_return"].rank()
    tenth = len(group) / 10
    top, bottom = place > len(group) - tenth, place <= tenth
    if not (top.any() and bottom.any()):
        return np.nan
    return group["realized_return"][top].mean() - group["realized_return"][bottom].mean()


def independent(session: np.ndarray, horizon_end: int) -> float:
    """Return what these rows are worth: fewer for company on the same date, and for neighbours in time."""
    dates = np.unique(session)
    runs = 1 + int((np.diff(dates) > 1).sum())
    crowd = 1 + (len(session) / len(dates) - 1) * 0.0955
    return len(session) / crowd / min(horizon_end, len(dates) / runs)


def wilson(rate: float, count: float) -> tuple[float, float]:
    z = norm.ppf(0.95)
    centre = rate + z**2 / (2 * count)
    half = z * np.sqrt(rate * (1 - rate) / count + z**2 / (4 * count**2))
    return (centre - half) / (1 + z**2 / count), (centre + half) / (1 + z**2 / count)
