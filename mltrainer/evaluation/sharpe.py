"""How sure a Sharpe ratio is, and what autocorrelation does to it (Lo 2002)."""

import math

import numpy as np

from mltrainer.evaluation.effective import newey_west_error
from mltrainer.settings.arrays import FloatArray

YEAR = 252


def sharpe_error(returns: FloatArray) -> float:
    """Return the standard error of the Sharpe ratio per period, robust to autocorrelation and fat tails.

    Lo (2002), by the method of moments: the error of the mean of (r - m) / s - SR / 2 ((r - m)^2 / s^2 - 1) with
    floor(4 (T / 100)^(2/9)) Newey-West lags. Independent normal returns give sqrt((1 + SR^2 / 2) / T).

    Parameters
    ----------
    returns
        Of every period, (T,), not constant.
    """
    spread = returns.std()
    away = (returns - returns.mean()) / spread
    influence = away - returns.mean() / spread / 2 * (away**2 - 1)
    return newey_west_error(influence, horizon_end=0)


def annual_factor(autocorrelation: FloatArray, periods: int = YEAR) -> float:
    """Return what a Sharpe ratio per period is multiplied with for ``periods`` of them (Lo 2002).

    q / sqrt(q + 2 sum over k of (q - k) rho_k), which is sqrt(q) without autocorrelation.

    Parameters
    ----------
    autocorrelation
        rho_1, rho_2, ..., those that follow are 0.

    Returns
    -------
    factor
        NaN where the autocorrelations leave no variance.
    """
    lags = np.arange(1, min(len(autocorrelation), periods - 1) + 1)
    total = periods + 2 * float((periods - lags) @ autocorrelation[: len(lags)])
    return periods / math.sqrt(total) if total > 0 else math.nan


def autocorrelations(returns: FloatArray) -> FloatArray:
    """Return the autocorrelations of a series at lags 1 to floor(4 (T / 100)^(2/9)), (n_lags,)."""
    away = returns - returns.mean()
    lags = min(math.floor(4 * (len(returns) / 100) ** (2 / 9)), len(returns) - 1)
    return np.array([away[lag:] @ away[:-lag] for lag in range(1, lags + 1)]) / (away @ away)
