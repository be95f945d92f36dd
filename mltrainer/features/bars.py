"""The bars of a panel with the arrays that many features share: carried closes, returns, the market."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import bottleneck as bn
import numpy as np

from mltrainer.data.panel import BoolArray, DateArray, FloatArray, Macro, Panel
from mltrainer.features.moving import lag, moving_mean, moving_std

CARRY = 5
# Few enough to stay in the processor's cache, enough to be worth a loop over dates.
TICKERS_AT_ONCE = 256


@dataclass(frozen=True, eq=False)
class Bars:
    """Prices and volume (n_dates, n_tickers), C-contiguous float64, and what is derived from them.

    Everything at row t is known after the close of session t. Where these are only some tickers, ``whole`` are the bars
    that make their market.
    """

    sessions: DateArray
    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray
    macro: Macro | None = None
    jumped: BoolArray | None = None
    whole: "Bars | None" = None

    @classmethod
    def of(cls, panel: Panel) -> "Bars":
        """Return the bars of a panel."""
        arrays = (panel.open, panel.high, panel.low, panel.close, panel.volume)
        opened, high, low, close, volume = (np.ascontiguousarray(array, dtype=np.float64) for array in arrays)
        return cls(panel.sessions, opened, high, low, close, volume, panel.macro, _jumped(panel))

    def parts(self, at_once: int = TICKERS_AT_ONCE) -> Iterator[tuple[slice, "Bars"]]:
        """Yield columns and their bars, a few tickers at a time: arrays of all of them would need much memory."""
        tickers = self.close.shape[1]
        for first in range(0, tickers, at_once):
            part = slice(first, min(first + at_once, tickers))
            yield part, self.of_tickers(part)

    def of_tickers(self, part: slice) -> "Bars":
        """Return the bars of some tickers, whose market is that of all."""
        arrays = (self.open, self.high, self.low, self.close, self.volume)
        opened, high, low, close, volume = (np.ascontiguousarray(array[:, part]) for array in arrays)
        jumped = None if self.jumped is None else np.ascontiguousarray(self.jumped[:, part])
        whole = self.whole or self
        return Bars(self.sessions, opened, high, low, close, volume, self.macro, jumped, whole)

    @cached_property
    def log_close(self) -> FloatArray:
        """Return ln C, NaN where there is no bar."""
        return positive_log(self.close)

    @cached_property
    def carried(self) -> FloatArray:
        """Return ln C with the last close carried over gaps of at most five sessions: what a lag looks at."""
        return np.ascontiguousarray(bn.push(self.log_close, n=CARRY, axis=0))

    def change(self, rows: int) -> FloatArray:
        """Return the log return from ``rows`` sessions ago to now."""
        return self.log_close - lag(self.carried, rows)

    @cached_property
    def returns(self) -> FloatArray:
        """Return the log return of one session, NaN where the price changed its scale."""
        return self._real(self.change(1))

    @cached_property
    def overnight(self) -> FloatArray:
        """Return ln(open / close before), NaN where the price changed its scale."""
        return self._real(positive_log(self.open) - lag(self.carried, 1))

    def _real(self, returns: FloatArray) -> FloatArray:
        return returns if self.jumped is None else np.where(self.jumped, np.nan, returns)

    @cached_property
    def intraday(self) -> FloatArray:
        """Return ln(close / open)."""
        return self.log_close - positive_log(self.open)

    @cached_property
    def range(self) -> FloatArray:
        """Return ln(high / low)."""
        return positive_log(self.high) - positive_log(self.low)

    @cached_property
    def log_volume(self) -> FloatArray:
        """Return ln V, NaN where nothing was traded."""
        return positive_log(self.volume)

    @cached_property
    def value(self) -> FloatArray:
        """Return the traded value C x V in USD, NaN where nothing was traded. A split leaves it as it is."""
        return np.where(self.volume > 0, self.close * self.volume, np.nan)

    @cached_property
    def typical(self) -> FloatArray:
        """Return the typical price (H + L + C) / 3."""
        return (self.high + self.low + self.close) / 3.0

    @cached_property
    def vol_21(self) -> FloatArray:
        """Return the standard deviation of 21 daily log returns (not annualised)."""
        return moving_std(self.returns, 21)

    @cached_property
    def vol_63(self) -> FloatArray:
        """Return the standard deviation of 63 daily log returns (not annualised)."""
        return moving_std(self.returns, 63)

    @cached_property
    def volume_z(self) -> FloatArray:
        """Return ln V in standard deviations above its mean of 63 sessions."""
        std = moving_std(self.log_volume, 63)
        return (self.log_volume - moving_mean(self.log_volume, 63)) / np.where(std > 0, std, np.nan)

    @cached_property
    def market(self) -> FloatArray:
        """Return the market's log return (n_dates,): the equal-weight mean of all simple returns of the day."""
        return self.whole.market if self.whole else np.log1p(mean_by_date(np.expm1(self.returns)))

    @cached_property
    def market_column(self) -> FloatArray:
        """Return the market's log return as a column (n_dates, 1)."""
        return np.ascontiguousarray(self.market[:, None])


@dataclass(frozen=True)
class Feature:
    """One feature: what it is called, how it is computed, and where it comes from.

    Parameters
    ----------
    name
        The column's name.
    formula
        The computation in words or symbols; C, H, L, O, V are the bar, r is the daily log return.
    source
        Who proposed it.
    compute
        Takes the bars and returns (n_dates, n_tickers), or (n_dates,) where every ticker has the same value.
    macro
        The macro series without which the feature does not exist.
    needs
        The columns beside the close without which it does not exist: letters of O, H, L, V.
    """

    name: str
    formula: str
    source: str
    compute: Callable[[Bars], FloatArray]
    macro: str = ""
    needs: str = ""


def _jumped(panel: Panel) -> BoolArray:
    """Return where a bar stands that is known on its own day not to follow from the one before, such as a split.

    What turned out only later belongs to labels; a feature that saw it would look ahead.
    """
    jumped = panel.void & np.isfinite(panel.close)
    jumped[panel.void_later[:, 0], panel.void_later[:, 1]] = False
    return jumped


def positive_log(values: FloatArray) -> FloatArray:
    """Return the logarithm, NaN where a value is missing or not positive."""
    return np.log(np.where(values > 0, values, np.nan))


def mean_by_date(values: FloatArray) -> FloatArray:
    """Return the mean over the tickers with a value (n_dates,), NaN on a date without any."""
    present = np.isfinite(values)
    count = present.sum(axis=1)
    # One after the other: a pairwise sum would round differently when a ticker lists later and adds a column.
    total = np.add.accumulate(np.where(present, values, 0.0), axis=1)[:, -1]
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
