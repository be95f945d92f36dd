"""Open, high, low, close and volume of the simulated market from its returns."""

import numpy as np

from mltrainer.data.panel import FloatArray
from mltrainer.data.simulated_returns import Returns

Bars = dict[str, FloatArray]

# Median price in USD and its spread, median traded value a day in USD and its spread, in logarithms.
PRICE, PRICE_SPREAD = 60.0, 0.6
TRADED, TRADED_SPREAD = 1.5e8, 0.9
VOLUME_MEMORY, VOLUME_STEP = 0.95, 0.06
VOLUME_BY_MOVE, VOLUME_MOVE_CAP, VOLUME_NOISE = 0.30, 8.0, 0.22
# Volume is higher where the planted signal is, so that it can be seen there too.
VOLUME_BY_SIGNAL = 0.32


def draw_bars(
    prices: np.random.Generator, volume: np.random.Generator, names: np.random.Generator, returns: Returns
) -> Bars:
    """Return consistent bars, every array (n_sessions, n_tickers).

    High and low are the extremes of a Brownian bridge from open to close, so that they enclose both.
    """
    shape = returns.overnight.shape
    start = PRICE * np.exp(names.normal(0, PRICE_SPREAD, shape[1]))
    traded = TRADED * np.exp(names.normal(0, TRADED_SPREAD, shape[1]))

    close_log = np.log(start) + np.cumsum(returns.overnight + returns.intraday, axis=0)
    open_log = close_log - returns.intraday
    draws = -np.log1p(-prices.random((shape[0], 2, shape[1])))
    spread = 2 * returns.intraday_sd**2 * np.moveaxis(draws, 1, 0)
    up = (returns.intraday + np.sqrt(returns.intraday**2 + spread[0])) / 2
    down = (returns.intraday - np.sqrt(returns.intraday**2 + spread[1])) / 2

    noise = volume.standard_normal((shape[0], 2, shape[1]))
    level, levels = np.zeros(shape[1]), np.empty(shape)
    for session in range(shape[0]):
        level = VOLUME_MEMORY * level + VOLUME_STEP * noise[session, 0]
        levels[session] = level
    move = np.abs(returns.overnight + returns.intraday) / (1.3 * returns.own_sd)
    log_volume = (
        np.log(traded / start)
        + levels
        + VOLUME_BY_MOVE * np.minimum(move, VOLUME_MOVE_CAP)
        + VOLUME_NOISE * noise[:, 1]
        + VOLUME_BY_SIGNAL * returns.oracle
    )
    logs = {"open": open_log, "high": open_log + up, "low": open_log + down, "close": close_log}
    # Rounding keeps the order of prices, so that bars stay consistent.
    return {name: np.round(np.exp(values), 4) for name, values in logs.items()} | {
        "volume": np.rint(np.exp(log_volume))
    }
