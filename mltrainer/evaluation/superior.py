"""Hansen's test of superior predictive ability: whether any of several strategies beats the benchmark."""

import numpy as np

from mltrainer.settings.arrays import FloatArray


def superior_ability(gains: FloatArray, weights: FloatArray, *, mean_block: int) -> float:
    """Return the consistent p-value that none of the strategies is better than the benchmark (Hansen 2005).

    The largest studentised mean gain is compared with what recentred resamples show; strategies that are clearly worse
    than the benchmark do not count against the rest.

    Parameters
    ----------
    gains
        Return beyond the benchmark's of every day and strategy, (n_days, n_strategies).
    weights
        How often each day occurs in each resample of a stationary bootstrap, (resamples, n_days); see `draw_dates`.
    mean_block
        Mean length of its blocks.

    Raises
    ------
    ValueError
        If no strategy differs from the benchmark.
    """
    spread = np.sqrt(_long_run_variance(gains, mean_block))
    if not (spread > 0).any():
        raise ValueError("no strategy differs from the benchmark")
    gains, spread = gains[:, spread > 0], spread[spread > 0]
    days = len(gains)
    mean = gains.mean(axis=0)
    bad = mean < -spread * np.sqrt(2 * np.log(np.log(days)) / days)
    resampled = weights @ gains / days - np.where(bad, 0.0, mean)
    shown = (np.sqrt(days) * mean / spread).max()
    by_chance = (np.sqrt(days) * resampled / spread).max(axis=1)
    return float((np.maximum(by_chance, 0.0) >= max(shown, 0.0)).mean())


def _long_run_variance(gains: FloatArray, mean_block: int) -> FloatArray:
    """Return the variance of sqrt(n) times the mean under the stationary bootstrap (Politis & Romano 1994)."""
    away = gains - gains.mean(axis=0)
    days, stay = len(away), 1 - 1 / mean_block
    # All autocovariances at once, padded so that the ends do not meet.
    power = np.abs(np.fft.rfft(away, 2 * days, axis=0)) ** 2
    covariance = np.fft.irfft(power, 2 * days, axis=0)[:days] / days
    lag = np.arange(1, days)
    kernel = (1 - lag / days) * stay**lag + lag / days * stay ** (days - lag)
    return np.maximum(covariance[0] + 2 * kernel @ covariance[1:], 0.0)
