"""The 158 features of qlib's Alpha158 (Yang et al. 2020): candle shapes, and statistics of price and volume.

Names, formulas and the constants against division by zero are qlib's; the volume-weighted price that daily bars lack is
the typical price (H + L + C) / 3. A window needs four fifths of its values, where qlib takes any.
"""

from collections.abc import Iterator

import numpy as np

from mltrainer.data.panel import FloatArray
from mltrainer.features.bars import Bars, positive_log
from mltrainer.features.lines import Line
from mltrainer.features.moving import (
    Window,
    lag,
    moving_max,
    moving_mean,
    moving_min,
    moving_rank,
    moving_std,
    place_of_max,
    place_of_min,
)
from mltrainer.features.quantiles import moving_quantiles

WINDOWS = (5, 10, 20, 30, 60)
_TINY = 1e-12
_CANDLE = ("KMID", "KLEN", "KMID2", "KUP", "KUP2", "KLOW", "KLOW2", "KSFT", "KSFT2", "OPEN0", "HIGH0", "LOW0", "VWAP0")
_ROLLING = (
    *("ROC", "MA", "STD", "BETA", "RSQR", "RESI", "MAX", "MIN", "QTLU", "QTLD", "RANK", "RSV", "IMAX", "IMIN", "IMXD"),
    *("CORR", "CORD", "CNTP", "CNTN", "CNTD", "SUMP", "SUMN", "SUMD"),
    *("VMA", "VSTD", "WVMA", "VSUMP", "VSUMN", "VSUMD"),
)
NAMES: tuple[str, ...] = (*_CANDLE, *(f"{name}{window}" for name in _ROLLING for window in WINDOWS))
"""The columns in qlib's order."""
_NEEDS = {
    "K": "OHL",
    "OPEN": "O",
    **dict.fromkeys(("HIGH", "MAX", "IMAX"), "H"),
    **dict.fromkeys(("LOW", "MIN", "IMIN"), "L"),
    **dict.fromkeys(("VWAP", "RSV", "IMXD"), "HL"),
    **dict.fromkeys(("CORR", "CORD", "VMA", "VSTD", "WVMA", "VSUM"), "V"),
}


def needs_of(name: str) -> str:
    """Return the columns beside the close that a feature is computed from: letters of O, H, L, V."""
    return next((needs for start, needs in _NEEDS.items() if name.startswith(start)), "")


def alpha158(bars: Bars) -> Iterator[tuple[str, FloatArray]]:
    """Yield (name, values (n_dates, n_tickers)) of all 158 features, not in the order of :data:`NAMES`.

    One at a time, since all of them at once would take 158 times the memory of the closes. What is known after the
    close of row t decides row t and nothing later does; undefined values are NaN or infinite.
    """
    yield from _candle(bars)
    steps = _Steps(bars)
    for window in WINDOWS:
        for name, values in _rolling(bars, steps, window):
            yield f"{name}{window}", values


def _candle(bars: Bars) -> Iterator[tuple[str, FloatArray]]:
    opened, high, low, close = bars.open, bars.high, bars.low, bars.close
    length = high - low + _TINY
    parts = {
        "MID": close - opened,
        "UP": high - np.maximum(opened, close),
        "LOW": np.minimum(opened, close) - low,
        "SFT": 2 * close - high - low,
    }
    yield "KLEN", (high - low) / opened
    for name, part in parts.items():
        yield f"K{name}", part / opened
        yield f"K{name}2", part / length
    for name, price in {"OPEN": opened, "HIGH": high, "LOW": low, "VWAP": bars.typical}.items():
        yield f"{name}0", price / close


class _Steps:
    """What one session changed: closes and volumes against the session before (n_dates, n_tickers)."""

    def __init__(self, bars: Bars) -> None:
        close, volume = bars.close, bars.volume
        before, volume_before = lag(close, 1), lag(volume, 1)
        self.position = np.broadcast_to(np.arange(len(close), dtype=np.float64)[:, None], close.shape)
        self.log_volume = np.log(volume + 1)
        self.ratio = close / before
        self.log_volume_ratio = positive_log(volume / volume_before + 1)
        self.moved = np.abs(self.ratio - 1) * volume
        self.close = close - before
        self.volume = volume - volume_before


def _rolling(bars: Bars, steps: _Steps, window: int) -> Iterator[tuple[str, FloatArray]]:
    close, volume = bars.close, bars.volume
    yield "ROC", lag(close, window) / close

    prices = Window(np.isfinite(close), window)
    line = Line(prices, steps.position, close)
    yield "MA", line.mean_y / close
    yield "STD", moving_std(close, window) / close
    yield "BETA", line.slope / close
    yield "RSQR", line.correlation**2
    yield "RESI", (close - line.mean_y - line.slope * (steps.position - line.mean_x)) / close

    highest, lowest = moving_max(bars.high, window), moving_min(bars.low, window)
    yield "MAX", highest / close
    yield "MIN", lowest / close
    yield "RSV", (close - lowest) / (highest - lowest + _TINY)
    lower, upper = moving_quantiles(close, window, (0.2, 0.8))
    yield "QTLD", lower / close
    yield "QTLU", upper / close
    yield "RANK", moving_rank(close, window)
    top, bottom = place_of_max(bars.high, window), place_of_min(bars.low, window)
    yield "IMAX", top / window
    yield "IMIN", bottom / window
    yield "IMXD", (top - bottom) / window

    both = np.isfinite(close) & np.isfinite(steps.log_volume)
    yield "CORR", Line(Window(both, window), steps.log_volume, close).correlation
    changed = np.isfinite(steps.ratio) & np.isfinite(steps.log_volume_ratio)
    yield "CORD", Line(Window(changed, window), steps.log_volume_ratio, steps.ratio).correlation
    # qlib's mean counts a comparison with a missing price as False.
    for name, flags in {"CNTP": steps.close > 0, "CNTN": steps.close < 0}.items():
        yield name, prices.mean(flags.astype(np.float64))
    yield "CNTD", prices.mean(np.sign(np.nan_to_num(steps.close)))
    yield from _ups_and_downs(steps.close, window, "SUM")

    yield "VMA", moving_mean(volume, window) / (volume + _TINY)
    yield "VSTD", moving_std(volume, window) / (volume + _TINY)
    yield "WVMA", moving_std(steps.moved, window) / (moving_mean(steps.moved, window) + _TINY)
    yield from _ups_and_downs(steps.volume, window, "VSUM")


def _ups_and_downs(step: FloatArray, window: int, name: str) -> Iterator[tuple[str, FloatArray]]:
    place = Window(np.isfinite(step), window)
    up, whole = place.sum(np.maximum(step, 0.0)), place.sum(np.abs(step))
    share = up / (whole + _TINY)
    down = (whole - up) / (whole + _TINY)
    yield f"{name}P", share
    yield f"{name}N", down
    yield f"{name}D", share - down
