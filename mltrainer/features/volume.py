"""Features of trading: how much changes hands and how easily."""

import numpy as np

from mltrainer.data.panel import FloatArray
from mltrainer.features.bars import Bars, Feature, positive_log
from mltrainer.features.moving import Window, lag, moving_mean, moving_sum


def amihud(bars: Bars, window: int) -> FloatArray:
    """Return ln of the mean of |r| per million USD traded."""
    return positive_log(moving_mean(np.abs(bars.returns) / (bars.value / 1e6), window))


def balance_slope(bars: Bars, window: int) -> FloatArray:
    """Return the least-squares slope of on-balance volume a session, in mean volumes.

    The balance within the window is a sum of signed volumes, so the slope is a weighted sum of them: the signed volume
    of j sessions ago moves the last j+1 of the ``window`` points.
    """
    signed = np.sign(bars.returns) * bars.volume
    x = np.arange(window) - (window - 1) / 2
    weights = np.cumsum(x[::-1]) / np.sum(x**2)
    slope = np.zeros(signed.shape)
    for age, weight in enumerate(weights):
        # A day without a bar trades nothing.
        slope += weight * np.nan_to_num(lag(signed, age))
    place = Window(np.isfinite(signed), window)
    return slope / place.mean(bars.volume)


def money_flow(bars: Bars, window: int) -> FloatArray:
    """Return the money flow index, 0..100: the share of typical price x volume on days when that price rose."""
    typical = bars.typical
    step = typical - lag(typical, 1)
    flow = typical * bars.volume
    up = moving_sum(np.where(np.isfinite(step), flow * (step > 0), np.nan), window)
    down = moving_sum(np.where(np.isfinite(step), flow * (step < 0), np.nan), window)
    both = up + down
    return 100 * up / np.where(both > 0, both, np.nan)


def value_ratio(bars: Bars) -> FloatArray:
    """Return ln of mean(C V, 5) / mean(C V, 63)."""
    return positive_log(moving_mean(bars.value, 5)) - positive_log(moving_mean(bars.value, 63))


VOLUME = (
    Feature(
        "amihud_21",
        "ln mean(|r| / million USD traded), 21 days",
        "Amihud 2002",
        lambda bars: amihud(bars, 21),
        needs="V",
    ),
    Feature(
        "value_63",
        "ln mean(C V), 63 days",
        "Brennan, Chordia & Subrahmanyam 1998",
        lambda bars: positive_log(moving_mean(bars.value, 63)),
        needs="V",
    ),
    Feature(
        "value_ratio", "ln mean(C V, 5) / mean(C V, 63)", "Gervais, Kaniel & Mingelgrin 2001", value_ratio, needs="V"
    ),
    Feature(
        "volume_z",
        "(ln V - mean) / std of ln V, 63 days",
        "Gervais, Kaniel & Mingelgrin 2001",
        lambda bars: bars.volume_z,
        needs="V",
    ),
    Feature(
        "balance_slope_21",
        "slope of on-balance volume / mean(V), 21 days",
        "Granville 1963",
        lambda bars: balance_slope(bars, 21),
        needs="V",
    ),
    Feature(
        "money_flow_14",
        "100 x flow on rising days / all flow, 14 days; flow = (H+L+C)/3 x V",
        "Quong & Soudack 1989",
        lambda bars: money_flow(bars, 14),
        needs="HLV",
    ),
)
