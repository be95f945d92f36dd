"""The classic indicators, by the conventions of TA-Lib."""

import numpy as np

from mltrainer.data.panel import FloatArray
from mltrainer.features.bars import Bars, Feature
from mltrainer.features.moving import lag, moving_max, moving_mean, moving_min, moving_std
from mltrainer.features.recursive import exponential_mean, wilder_mean


def relative_strength(bars: Bars, window: int) -> FloatArray:
    """Return Wilder's RSI, 0..100; 50 where the price never moved."""
    step = bars.close - np.exp(lag(bars.carried, 1))
    up = wilder_mean(np.maximum(step, 0.0), window)
    down = wilder_mean(np.maximum(-step, 0.0), window)
    both = up + down
    return np.where(both == 0, 50.0, 100 * up / np.where(both > 0, both, np.nan))


def macd_histogram(bars: Bars) -> FloatArray:
    """Return (MACD(12, 26) - its signal(9)) / C."""
    line = exponential_mean(bars.close, 12) - exponential_mean(bars.close, 26)
    return (line - exponential_mean(line, 9)) / bars.close


def bollinger(bars: Bars) -> tuple[FloatArray, FloatArray]:
    """Return %b and the width of the bands mean +- 2 std (population) of 20 closes, in units of the mean."""
    mean, std = moving_mean(bars.close, 20), moving_std(bars.close, 20, ddof=0)
    width = 4 * std
    return (bars.close - mean + 2 * std) / np.where(width > 0, width, np.nan), width / mean


def stochastic(bars: Bars, window: int) -> FloatArray:
    """Return where the close stands in the range of the window, 0..100."""
    low, high = moving_min(bars.low, window), moving_max(bars.high, window)
    return 100 * (bars.close - low) / np.where(high > low, high - low, np.nan)


def commodity_channel(bars: Bars, window: int) -> FloatArray:
    """Return (typical price - its mean) / (0.015 x mean absolute deviation), NaN while a bar of the window lacks."""
    typical = bars.typical
    mean = moving_mean(typical, window)
    deviation = np.zeros(typical.shape)
    for age in range(window):
        deviation += np.abs(lag(typical, age) - mean)
    deviation /= window
    # A flat window leaves rounding in place of zero.
    return (typical - mean) / np.where(deviation > 1e-10 * np.abs(mean), 0.015 * deviation, np.nan)


def _distance(rows: int) -> Feature:
    return Feature(
        f"ma_ratio_{rows}",
        f"C / mean(C, {rows}) - 1",
        "Brock, Lakonishok & LeBaron 1992",
        lambda bars: bars.close / moving_mean(bars.close, rows) - 1,
    )


TECHNICAL = (
    *(_distance(rows) for rows in (5, 10, 20, 50, 200)),
    Feature(
        "ma_cross",
        "mean(C, 50) / mean(C, 200) - 1",
        "Brock, Lakonishok & LeBaron 1992",
        lambda bars: moving_mean(bars.close, 50) / moving_mean(bars.close, 200) - 1,
    ),
    Feature(
        "rsi_14",
        "100 x Wilder mean of rises / of all moves, 14 days",
        "Wilder 1978",
        lambda b: relative_strength(b, 14),
    ),
    Feature("macd_hist", "(MACD(12, 26) - signal(9)) / C", "Appel 1979", macd_histogram),
    Feature(
        "bollinger_b", "(C - lower band) / (upper - lower), 20 days", "Bollinger 2001", lambda bars: bollinger(bars)[0]
    ),
    Feature("bollinger_width", "(upper - lower band) / mean(C, 20)", "Bollinger 2001", lambda bars: bollinger(bars)[1]),
    Feature(
        "stochastic_k",
        "mean of 3 of 100 x (C - min(L, 5)) / (max(H, 5) - min(L, 5))",
        "Lane 1984",
        lambda bars: moving_mean(stochastic(bars, 5), 3),
        needs="HL",
    ),
    Feature(
        "williams_r",
        "100 x (C - max(H, 14)) / (max(H, 14) - min(L, 14))",
        "Williams 1973",
        lambda bars: stochastic(bars, 14) - 100,
        needs="HL",
    ),
    Feature(
        "cci_20",
        "(typical price - mean) / (0.015 x mean absolute deviation), 20 days",
        "Lambert 1980",
        lambda bars: commodity_channel(bars, 20),
        needs="HL",
    ),
)
