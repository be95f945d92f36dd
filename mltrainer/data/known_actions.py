"""Splits and dividends that a vendor lists, at their places in the grid of bars."""

from dataclasses import dataclass

import numpy as np

from mltrainer.data.corporate import SPLIT
from mltrainer.data.grid import Grid
from mltrainer.data.moves import previous_valid
from mltrainer.data.panel import BoolArray, FloatArray
from mltrainer.data.raw import RawBars

# Smaller ratios, such as stock dividends of 5 %, are moves of an ordinary day.
LEAST_RATIO = 1.2


@dataclass(frozen=True, eq=False)
class KnownActions:
    """What is listed, (n_sessions, n_tickers) each.

    Parameters
    ----------
    ratio
        New shares for one old on the first session with them; NaN where no split is listed.
    dividend
        Cash a share on the first session without it; NaN where none is listed.
    asked
        True where the vendor was asked, so that what is not listed is known not to be.
    """

    ratio: FloatArray
    dividend: FloatArray
    asked: BoolArray

    def unadjusted(self, close: FloatArray, opened: FloatArray) -> FloatArray:
        """Return the ratio of each listed split across which the prices jump as if nobody had adjusted them."""
        with np.errstate(invalid="ignore", divide="ignore"):
            jump, ratio = np.log(previous_valid(close, 5) / opened), np.log(self.ratio)
            jumps = (np.abs(ratio) >= np.log(LEAST_RATIO)) & (np.abs(jump - ratio) < np.abs(ratio) / 2)
        return np.where(jumps, self.ratio, np.nan)


def known_actions(raw: RawBars, grid: Grid) -> KnownActions | None:
    """Return what the source lists of splits and dividends; None where it was not asked for them."""
    if raw.actions is None:
        return None
    shape = (len(grid.sessions), len(grid.tickers))
    found = KnownActions(np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape, dtype=bool))
    place = {ticker: column for column, ticker in enumerate(grid.tickers)}
    for ticker, spans in raw.actions.asked.items():
        for first, last in spans if ticker in place else ():
            inside = (grid.sessions >= np.datetime64(first)) & (grid.sessions <= np.datetime64(last))
            found.asked[inside, place[ticker]] = True
    for one in raw.actions.actions:
        row = int(np.searchsorted(grid.sessions, np.datetime64(one.day)))
        if one.ticker in place and row < len(grid.sessions):
            (found.ratio if one.kind == SPLIT else found.dividend)[row, place[one.ticker]] = one.value
    return found
