"""How far prices move, against the market and against what is usual for the ticker; always as known on the day."""

from dataclasses import dataclass

import bottleneck as bn
import numpy as np

from mltrainer.data.panel import FloatArray

# A few missing sessions do not end a series of prices.
MOST_MISSING = 5
SCALE_WINDOW, SCALE_LEAST = 63, 15
TRADED_WINDOW, TRADED_LEAST = 21, 5
# The median of fewer tickers says little about the market.
MARKET_LEAST = 10
# The median distance from zero of a normal variable, inverted.
MAD_TO_SD = 1.4826
# No price is calmer than this; a flat one would make every move enormous.
LEAST_SCALE = 0.003


@dataclass(frozen=True, eq=False)
class Moves:
    """Logarithmic moves of the bars.

    Parameters
    ----------
    gap, change
        (n_sessions, n_tickers) from the last close to the open, and to the close, of the session.
    market_gap, market
        (n_sessions,) medians over tickers; 0 where there are fewer than ten.
    scale
        (n_sessions, n_tickers) standard deviation of ``change`` against the market over the 63 sessions before,
        from the median of its size; NaN where fewer than 15 are known.
    spread
        (n_sessions, n_tickers) standard deviation of the logarithm of ``traded`` over the 63 sessions before.
    shares, traded
        (n_sessions, n_tickers) volume, and volume x close, against the median of the 21 sessions before.
    many
        (n_sessions,) True where the market's medians are known.
    """

    gap: FloatArray
    change: FloatArray
    market_gap: FloatArray
    market: FloatArray
    scale: FloatArray
    shares: FloatArray
    traded: FloatArray
    spread: FloatArray
    many: np.ndarray


def moves_of(bars: dict[str, FloatArray]) -> Moves:
    """Return the moves of (n_sessions, n_tickers) bars in which a missing bar is NaN."""
    close = bars["close"]
    with np.errstate(invalid="ignore", divide="ignore"):
        before = np.log(previous_valid(close, MOST_MISSING))
        gap, change = np.log(bars["open"]) - before, np.log(close) - before
    market_gap, market = market_median(gap), market_median(change)
    own = np.abs(change - market[:, None])
    scale = np.maximum(MAD_TO_SD * _past_median(own, SCALE_WINDOW, SCALE_LEAST), LEAST_SCALE)
    traded = against_past(close * bars["volume"])
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = MAD_TO_SD * _past_median(np.abs(np.log(traded)), SCALE_WINDOW, SCALE_LEAST)
    return Moves(
        gap=gap,
        change=change,
        market_gap=market_gap,
        market=market,
        scale=scale,
        shares=against_past(bars["volume"]),
        traded=traded,
        spread=spread,
        many=np.isfinite(change).sum(axis=1) >= MARKET_LEAST,
    )


def previous_valid(close: FloatArray, most: int) -> FloatArray:
    """Return the latest close before each session, at most ``most`` sessions old, NaN where there is none."""
    earlier = np.concatenate([np.full((1, close.shape[1]), np.nan), close[:-1]])
    return bn.push(earlier, n=most - 1, axis=0)


def market_median(values: FloatArray) -> FloatArray:
    """Return the median over tickers of each session, 0 where fewer than ten have a value."""
    known = np.isfinite(values).sum(axis=1) >= MARKET_LEAST
    medians = np.zeros(len(values))
    if known.any():
        medians[known] = bn.nanmedian(np.where(np.isfinite(values[known]), values[known], np.nan), axis=1)
    return medians


def _past_median(values: FloatArray, window: int, least: int) -> FloatArray:
    """Return the median of the ``window`` sessions before each, NaN where fewer than ``least`` are known."""
    earlier = np.concatenate([np.full((1, values.shape[1]), np.nan), values[:-1]])
    window = min(window, len(earlier))
    if window < least:
        return np.full(values.shape, np.nan)
    return bn.move_median(np.where(np.isfinite(earlier), earlier, np.nan), window=window, min_count=least, axis=0)


def against_past(values: FloatArray) -> FloatArray:
    """Return the values against their median over the 21 sessions before, NaN where fewer than 5 are known."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return values / _past_median(values, TRADED_WINDOW, TRADED_LEAST)
