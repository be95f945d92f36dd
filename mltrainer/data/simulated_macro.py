"""Macro series of the simulated market: driven by its regime, published with the lags of the real ones."""

import numpy as np

from mltrainer.data.macro import point_in_time
from mltrainer.data.panel import DateArray, FloatArray, Macro
from mltrainer.data.simulated_returns import VOLATILITY, Returns

VIX_PREMIUM, VIX_NOISE = 1.15, 0.08


def draw_macro(rng: np.random.Generator, sessions: DateArray, returns: Returns) -> Macro:
    """Return VIXCLS, BAA10Y, T10Y2Y and DFF by session and UNRATE by month, with the day each may be used from."""
    noise = rng.standard_normal((len(sessions), 5))
    stress = _smooth(VOLATILITY[returns.regime] - VOLATILITY[0], 0.97)
    vix = 100 * np.sqrt(252) * returns.market_sd * VIX_PREMIUM * np.exp(VIX_NOISE * noise[:, 0])
    rate = np.maximum(2.0 + _wander(noise[:, 3], 0.999, 0.02) - 1.5 * _smooth(stress, 0.99), 0.05)
    daily = {
        "VIXCLS": vix,
        "BAA10Y": 2.0 + 1.5 * stress + _wander(noise[:, 1], 0.99, 0.02),
        "T10Y2Y": 1.0 + _wander(noise[:, 2], 0.998, 0.03) + 0.5 * _smooth(stress, 0.99),
        "DFF": rate,
    }
    months = sessions.astype("datetime64[M]")
    # Only months that have ended have a figure.
    ended = np.flatnonzero(months[1:] != months[:-1])
    jobless = 4.5 + 2.0 * _smooth(stress, 0.995) + _wander(noise[:, 4], 0.99, 0.02)
    reference = [*[sessions] * len(daily), months[ended].astype("datetime64[D]")]
    names = [*np.repeat(list(daily), len(sessions)), *["UNRATE"] * len(ended)]
    values = np.concatenate([*daily.values(), np.round(jobless[ended], 1)])
    return point_in_time(np.array(names), np.concatenate(reference), np.round(values, 2))


def _smooth(values: FloatArray, memory: float) -> FloatArray:
    """Return the exponential average, started at zero."""
    return _wander(values, memory, 1 - memory)


def _wander(values: FloatArray, memory: float, step: float) -> FloatArray:
    """Return the sum of past values with a fading memory."""
    level, levels = 0.0, np.empty(len(values))
    for session, value in enumerate(values):
        level = memory * level + step * value
        levels[session] = level
    return levels
