"""What half the spread costs, where no quotes are given: a proxy from volatility and traded value."""

import bottleneck
import numpy as np

from mltrainer.settings.arrays import BoolArray, FloatArray

WINDOW, LEAST = 63, 21
# Kyle & Obizhaeva (2016): a stock of 40 USD that trades a million shares and moves 2 % a day has half a spread of
# 8.21 basis points; elsewhere it scales with volatility and with the cube root of trading activity. As a check: that
# is a whole spread of 7.6 s^(2/3) / value^(1/3), where Fong, Holden & Tobek (2018) use 8.0. It is an estimate all the
# same; the setting ``slippage`` leaves it out.
REFERENCE_COST, REFERENCE_VOLATILITY, REFERENCE_ACTIVITY = 8.21e-4, 0.02, 0.02 * 40 * 1e6


def half_spread(close: FloatArray, volume: FloatArray, void: BoolArray | None = None) -> FloatArray:
    """Return half the spread as a fraction of the price, (n_dates, n_tickers), from the last 63 sessions.

    cost = 8.21 bp * (s / 2 %) * (s * value / activity of the reference)^(-1/3), with s the standard deviation of daily
    log returns and value the mean traded value (Kyle & Obizhaeva 2016, market microstructure invariance). At least 21
    sessions are needed; a ticker without them, or without any move, costs the date's median, and 0 where nobody has
    them. A return into a void bar is none.
    """
    daily = np.full(close.shape, np.nan)
    daily[1:] = np.log(close[1:] / close[:-1])
    if void is not None:
        daily[void] = np.nan
    window = min(WINDOW, len(close))
    least = min(LEAST, window)
    volatility = bottleneck.move_std(daily, window=window, min_count=least, axis=0, ddof=1)
    value = bottleneck.move_mean(close * volume, window=window, min_count=least, axis=0)
    usable = (volatility > 0) & (value > 0)
    activity = np.where(usable, volatility * value, np.nan) / REFERENCE_ACTIVITY
    cost = REFERENCE_COST * (volatility / REFERENCE_VOLATILITY) * activity ** (-1 / 3)
    median = np.nan_to_num(bottleneck.nanmedian(cost, axis=1))
    return np.where(np.isnan(cost), median[:, None], cost)
