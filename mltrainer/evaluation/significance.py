"""How likely a Sharpe ratio is to be skill, given its length, its tails, and everything else that was tried.

Bailey & López de Prado (2012, 2014). Sharpe ratios are per period (per day for daily returns), not annualised.
"""

import math

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

FloatArray = npt.NDArray[np.float64]


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
