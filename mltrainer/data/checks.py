"""The checks of the quality gate: pure functions on (n_sessions, n_tickers) arrays that look back, never ahead.

The verdict on session d depends on data up to d alone, so that nothing that comes later changes it.
"""

from collections.abc import Collection

import bottleneck as bn
import numpy as np

from mltrainer.data.moves import Moves, against_past, market_median, previous_valid
from mltrainer.data.panel import BoolArray, FloatArray

# Feature windows reach back a year: so long they would cross an unadjusted split.
SPLIT_BARS_SESSIONS = 252
SPLIT_RATIOS = (1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 8.0, 10.0, 15.0, 20.0)
SPLIT_TOLERANCE = 0.02
# A split leaves the traded value as it is; a true crash or leap multiplies it.
SPLIT_TRADED_BAND = (0.33, 3.0)
# The close of the day stays near the new level; a wrong opening price does not.
SPLIT_DAY_MOVE = 0.15
SPLIT_MAX_GAP = 5
TRADED_WINDOW, TRADED_LEAST = 21, 5
STALE_LENGTH = 5
# So seldom may a run of equal closes come by chance; a move with a standard deviation of n ticks is none with 0.4 / n.
STALE_CHANCE, SAME_TICK, TICK = 1e-7, 0.4, 0.01
USUAL_SCALE = 0.015
EQUAL_WINDOW = 126
TICK_LEAST, TICK_SCALES = 0.25, 12.0
# Of closes alone the day's own move is part of the ratio, and small ratios are everyday news.
CLOSE_SPLIT_RATIOS, CLOSE_SPLIT_TOLERANCE = tuple(ratio for ratio in SPLIT_RATIOS if ratio >= 2), 0.06
# Without volume a move of such a size is said, and left for the reader to judge.
LARGE_JUMP = float(np.log(1 / 0.6))
# Vendors round prices, and divide rounded ones by split factors.
ROUNDING_RELATIVE, ROUNDING_CENTS = 1e-4, 0.005

Bars = dict[str, FloatArray]

WITHOUT: dict[str, tuple[str, ...]] = {
    "high": ("ohlc_order", "bad_tick"),
    "volume": ("zero_volume", "partial_session", "unexplained_jump", "spin_off", "level_shift"),
    "any": ("next_session_bar", "later_session_bar", "repeated_bar", "copied_bar", "same_bars"),
}
"""The faults that are not looked for where a column is absent; those of equal bars need all five values."""


def not_checked(absent: Collection[str]) -> tuple[str, ...]:
    """Return the codes of the faults that cannot be looked for without the absent columns, sorted."""
    named = (*absent, *(["any"] if absent else []))
    return tuple(sorted({code for name in named for code in WITHOUT.get(name, ())}))


def missing_value(bars: Bars, present: BoolArray, absent: Collection[str] = ()) -> BoolArray:
    """Return where a bar lacks a price or its volume; columns that all the data lack are no fault of a bar."""
    return present & np.logical_or.reduce([np.isnan(values) for name, values in bars.items() if name not in absent])


def non_positive(bars: Bars) -> BoolArray:
    """Return where a price is zero or negative, or a volume negative."""
    return (np.fmin.reduce([bars[name] for name in ("open", "high", "low", "close")]) <= 0) | (bars["volume"] < 0)


def zero_volume(bars: Bars) -> BoolArray:
    """Return where a bar says that no share was traded: its prices are then those of an earlier day."""
    return bars["volume"] == 0


def ohlc_order(bars: Bars) -> BoolArray:
    """Return where the high is below, or the low above, another price of the bar by more than rounding."""
    high, low = bars["high"], bars["low"]
    slack = ROUNDING_RELATIVE * np.abs(bars["close"]) + ROUNDING_CENTS
    highest = np.maximum(bars["open"], bars["close"])
    lowest = np.minimum(bars["open"], bars["close"])
    return (high < highest - slack) | (low > lowest + slack) | (high < low - slack)


def bad_tick(bars: Bars, moves: Moves) -> BoolArray:
    """Return where the high or the low lies a quarter and twelve usual moves beyond open and close.

    On a day on which the whole market reached that far, such as 2015-08-24, it must lie so many times farther.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        above = np.log(bars["high"] / np.maximum(bars["open"], bars["close"]))
        below = np.log(np.minimum(bars["open"], bars["close"]) / bars["low"])
    reach = np.maximum(above, below)
    wild = np.maximum(against_past(market_median(reach)[:, None]), 1.0)
    return reach > np.maximum(TICK_LEAST, TICK_SCALES * moves.scale) * np.nan_to_num(wild, nan=1.0)


def stale_close(close: FloatArray, moves: Moves) -> BoolArray:
    """Return where at least five closes on consecutive sessions are equal, and chance does not explain it.

    A cheap or calm stock moves by a few cents a day, and its closes are equal now and then; the fewer ticks its usual
    move has, and the more often closes were equal in the half year before, the longer the run must be.
    """
    run = run_length(close[1:] == close[:-1])
    window = min(EQUAL_WINDOW, len(close))
    often = bn.move_sum((run > 0).astype(float), window=window, min_count=1, axis=0) / EQUAL_WINDOW
    before = np.take_along_axis(often, np.arange(len(close))[:, None] - run, axis=0)
    ticks = np.where(np.isfinite(moves.scale), moves.scale, USUAL_SCALE) * close / TICK
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = np.clip(SAME_TICK / ticks, before, 0.9)
        steps = np.maximum(np.log(STALE_CHANCE) / np.log(chance), STALE_LENGTH - 1)
        return run >= steps


def run_length(equal: BoolArray) -> np.ndarray:
    """Return, for every session, how many steps in a row up to it were ``equal`` ((n - 1) steps in, n rows out)."""
    steps = np.concatenate([np.zeros((1, equal.shape[1]), dtype=bool), equal])
    rows = np.arange(len(steps))[:, None]
    last_break = np.maximum.accumulate(np.where(steps, 0, rows), axis=0)
    return rows - last_break


def unadjusted_split(bars: Bars) -> FloatArray:
    """Return the split ratio (2 for two new shares for one, 0.5 for the reverse) where one looks unadjusted, else NaN.

    The opening price must stand at a usual ratio to the last close, the close of the day near it, and either the
    traded value or the shares must be in line with the median of the 21 sessions before. In a true crash both are not.
    Of closes alone (``open`` is then NaN everywhere) the close must stand at a ratio of 2 or more to the last one;
    where the volume is absent, a true halving of the price looks the same.
    """
    close, opened = bars["close"], bars["open"]
    alone = not np.isfinite(opened).any()
    ratios_known, tolerance = (CLOSE_SPLIT_RATIOS, CLOSE_SPLIT_TOLERANCE) if alone else (SPLIT_RATIOS, SPLIT_TOLERANCE)
    before = previous_valid(close, SPLIT_MAX_GAP)
    jump = np.log(before) - np.log(close if alone else opened)
    logs = np.log(np.array([*ratios_known, *(1 / ratio for ratio in ratios_known)]))
    # Only the few jumps near any ratio are looked at one by one.
    rows, columns = np.nonzero(np.abs(jump) > np.log(ratios_known[0]) - np.log1p(tolerance))
    ratios = np.full(close.shape, np.nan)
    if not len(rows):
        return ratios
    distance = np.abs(jump[rows, columns][:, None] - logs)
    nearest = distance.argmin(axis=1)
    fits = distance.min(axis=1) <= np.log1p(tolerance)
    day_move = np.log(close[rows, columns]) - np.log(before[rows, columns]) + logs[nearest]
    fits &= np.abs(day_move) <= np.log1p(SPLIT_DAY_MOVE)
    if np.isfinite(bars["volume"]).any():
        fits &= _in_line(close * bars["volume"], rows, columns) | _in_line(bars["volume"], rows, columns)
    ratios[rows[fits], columns[fits]] = np.exp(logs[nearest[fits]])
    return ratios


def large_jump(moves: Moves) -> BoolArray:
    """Return where the close fell by 40 % or more against the market, or rose by as much again."""
    return np.abs(moves.change - moves.market[:, None]) >= LARGE_JUMP


def _in_line(traded: FloatArray, rows: np.ndarray, columns: np.ndarray) -> BoolArray:
    """Return, place by place, whether the value lies within the band around the median of the sessions before."""
    window = rows[:, None] - np.arange(TRADED_WINDOW, 0, -1)
    history = np.where(window >= 0, traded[np.maximum(window, 0), columns[:, None]], np.nan)
    enough = np.isfinite(history).sum(axis=1) >= TRADED_LEAST
    ratio = np.full(len(rows), np.nan)
    ratio[enough] = traded[rows[enough], columns[enough]] / np.nanmedian(history[enough], axis=1)
    return (ratio >= SPLIT_TRADED_BAND[0]) & (ratio <= SPLIT_TRADED_BAND[1])
