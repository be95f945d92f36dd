"""How likely a Sharpe ratio is to be skill, given its length, its tails, and everything else that was tried.

Bailey & López de Prado (2012, 2014). Sharpe ratios are per period (per day for daily returns), not annualised.
"""

import math

import numpy as np
from scipy.special import ndtr, ndtri, stdtr

from mltrainer.evaluation.effective import newey_west_error, newey_west_lags
from mltrainer.settings.arrays import FloatArray


def psr(sharpe: float, *, n: int, skewness: float, kurtosis: float, benchmark: float = 0.0) -> float:
    """Return the probabilistic Sharpe ratio: the probability that the true Sharpe ratio is above ``benchmark``.

    Parameters
    ----------
    sharpe
        Observed, per period.
    n
        Number of returns.
    skewness, kurtosis
        Of the returns; the kurtosis of a normal distribution is 3.
    benchmark
        Per period.
    """
    variance = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe**2
    return float(ndtr((sharpe - benchmark) * math.sqrt(n - 1) / math.sqrt(variance)))


def psr_of_returns(returns: FloatArray, benchmark: float = 0.0) -> float:
    """Return `psr` of a series of returns, (n,), with its own moments.

    Raises
    ------
    ValueError
        If the returns do not vary.
    """
    away = returns - returns.mean()
    second = float((away**2).mean())
    if second == 0:
        raise ValueError("the returns do not vary")
    skewness = float((away**3).mean()) / second**1.5
    kurtosis = float((away**4).mean()) / second**2
    sharpe = float(returns.mean() / returns.std(ddof=1))
    return psr(sharpe, n=len(returns), skewness=skewness, kurtosis=kurtosis, benchmark=benchmark)


def expected_max_sharpe(trials: float, variance: float = 1.0) -> float:
    """Return the Sharpe ratio that the best of ``trials`` independent trials without skill is expected to show.

    Parameters
    ----------
    trials
        Number of trials, which may be an effective number; at 1 there is no best to speak of, and the result is 0.
    variance
        Of the tried Sharpe ratios, per period.
    """
    if trials <= 1:
        return 0.0
    largest = (1 - np.euler_gamma) * ndtri(1 - 1 / trials) + np.euler_gamma * ndtri(1 - 1 / (trials * math.e))
    return float(math.sqrt(variance) * largest)


def deflated_sharpe(
    sharpe: float, *, n: int, skewness: float, kurtosis: float, trials: float, variance: float
) -> float:
    """Return the deflated Sharpe ratio: `psr` against the best that luck would have given.

    ``trials`` and ``variance`` as in `expected_max_sharpe`, the rest as in `psr`.
    """
    luck = expected_max_sharpe(trials, variance)
    return psr(sharpe, n=n, skewness=skewness, kurtosis=kurtosis, benchmark=luck)


def p_of_t(t: float, *, n_dates: int, horizon_end: int) -> float:
    """Return the one-sided p-value of a t statistic with Newey-West errors over dates.

    Student's distribution with as many degrees of freedom as there are blocks of twice the horizon, less one: with
    overlapping labels the normal distribution rejects a true null twice as often as it says.
    """
    return float(stdtr(max(n_dates / (2 * horizon_end) - 1, 1.0), -t))


def p_of_overlapping(t: float, *, n_dates: int, horizon_end: int) -> float:
    """Return `p_of_t` of a daily figure of labels that overlap, such as the rank IC of ``horizon_end`` sessions ahead.

    Neighbours k dates apart share 1 - k / h of their window. Newey-West's falling weights see only a part of that, and
    t is drawn in by what they miss: with twice the horizon as lags its error is about 8 % too small.
    """
    lags, shared = newey_west_lags(n_dates, horizon_end=horizon_end), np.arange(1, horizon_end)
    seen = 1 + 2 * float(((1 - shared / horizon_end) * np.maximum(1 - shared / (lags + 1), 0)).sum())
    return p_of_t(t * math.sqrt(seen / horizon_end), n_dates=n_dates, horizon_end=horizon_end)


def p_of_mean(series: FloatArray, *, horizon_end: int) -> float:
    """Return the one-sided p-value of a daily series whose mean should be above 0, (n_days,); see `p_of_t`.

    It is 1 for a series that does not vary.
    """
    error = newey_west_error(series, horizon_end=horizon_end)
    if error == 0:
        return 1.0
    return p_of_t(float(series.mean()) / error, n_dates=len(series), horizon_end=horizon_end)
