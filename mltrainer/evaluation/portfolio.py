"""What the picks would have earned: entry at the next open, overlapping tranches, costs paid."""

import math
from dataclasses import dataclass

import numpy as np

from mltrainer.evaluation.by_date import group_dates
from mltrainer.evaluation.sharpe import YEAR, annual_factor, autocorrelations, sharpe_error
from mltrainer.settings.arrays import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, eq=False)
class Track:
    """The daily record of a portfolio.

    Parameters
    ----------
    sessions
        Session positions of the days, from the first entry on, (n_days,).
    returns
        Net simple returns of the days on all capital, (n_days,).
    figures
        `performance` of the returns; ``turnover``, what is bought in a year as a multiple of capital; ``exposure``, the
        mean share of capital that is invested; and ``mean_cost_bps``, what a side cost with half the spread.
    """

    sessions: IntArray
    returns: FloatArray
    figures: dict[str, float]


def hold_picks(
    *,
    date: IntArray,
    column: IntArray,
    score: FloatArray,
    open_: FloatArray,
    close: FloatArray,
    top_k: int,
    horizon_end: int,
    cost_bps: float,
    half_spread: FloatArray | None = None,
    void: BoolArray | None = None,
) -> Track:
    """Follow the ``top_k`` highest scores of every decision session through ``horizon_end`` sessions.

    Every decision opens a tranche of 1 / ``horizon_end`` of the capital (Jegadeesh & Titman 1993), bought in equal
    parts at the next open and sold at the close ``horizon_end`` sessions after the decision. The tranches are kept at
    equal weight, so the portfolio's return of a day is the mean over its tranches, with those that have not
    been opened in cash. A pick that has no next open stays in cash; a close that is missing later is the last one
    known. Costs are paid on what is bought and on what is sold.

    Parameters
    ----------
    date
        Session position of every decision row, ascending, (n,).
    column
        Ticker's column in the price arrays, (n,).
    score
        What is ranked, highest first; ties keep the order of rows, (n,).
    open_, close
        Prices, (n_dates, n_tickers), NaN where there is none; every decision row has a close.
    top_k
        Picks a date.
    horizon_end
        Sessions from the decision to the sale.
    cost_bps
        Basis points a side.
    half_spread
        What is paid a side besides, a fraction of the price on the day of the decision, (n_dates, n_tickers).
    void
        True where a price is known to be wrong or on another scale, such as after a split that was not adjusted,
        (n_dates, n_tickers): a pick is worth what it was worth the day before, to the end of its holding.

    Raises
    ------
    ValueError
        If no decision is followed by a session.
    """
    n_sessions = len(close)
    dates = group_dates(date)
    if len(date) == 0 or dates.days[0] + 1 >= n_sessions:
        raise ValueError("no decision is followed by a session to trade in")
    chosen = (dates.place(score) < top_k) & (date + 1 < n_sessions)
    dates = group_dates(date[chosen])
    decided, column = dates.days, column[chosen]
    cost = np.full(len(column), cost_bps / 10_000)
    if half_spread is not None:
        cost += half_spread[date[chosen], column]
    kept = 1 - cost
    entry = open_[date[chosen] + 1, column]
    bought = ~np.isnan(entry)
    cash = dates.mean((~bought).astype(np.float64))
    last_known = _carry_forward(close)
    first, stop = int(decided[0]) + 1, min(int(decided[-1]) + horizon_end, n_sessions - 1) + 1
    returns, invested = np.zeros(stop - first), np.zeros(stop - first)
    before = np.ones(len(decided))
    growth, sound = np.ones(len(entry)), bought.copy()
    for ahead in range(1, horizon_end + 1):
        alive = decided + ahead < n_sessions
        session = np.minimum(date[chosen] + ahead, n_sessions - 1)
        if void is not None:
            sound &= ~void[session, column]
        now = last_known[session, column] / np.where(bought, entry, 1.0)
        # A ticker whose first close is still to come is worth what was paid.
        growth = np.where(sound & ~np.isnan(now), now, growth)
        left = kept * kept if ahead == horizon_end else kept
        after = cash + dates.mean(np.where(bought, growth * left, 0.0))
        day = decided[alive] + ahead - first
        returns[day] += (after / before - 1)[alive] / horizon_end
        invested[day] += (1 - cash)[alive] / horizon_end
        before = after
    trading = (1 - cash).sum() / horizon_end / (stop - first) * YEAR
    figures = performance(returns) | {"turnover": float(trading), "exposure": float(invested.mean())}
    if bought.any():
        figures["mean_cost_bps"] = float(cost[bought].mean()) * 10_000
    return Track(np.arange(first, stop), returns, figures)


def buy_and_hold(open_: FloatArray, close: FloatArray, *, first: int, cost: float) -> FloatArray:
    """Return the daily returns of buying at the open of session ``first`` and selling at the last close, (n_days,).

    ``open_`` and ``close`` are of one ticker, (n_dates,); a missing close is the last one known, and a missing first
    open is the close before it. ``cost`` is a fraction a side.

    Raises
    ------
    ValueError
        If there is no price to buy at.
    """
    filled = _carry_forward(close[:, None])[:, 0]
    bought = open_[first] if np.isfinite(open_[first]) else filled[first - 1]
    if not np.isfinite(bought):
        raise ValueError("there is no price to buy at")
    worth = np.concatenate([[bought], filled[first:]])
    worth[1:] *= 1 - cost
    worth[-1] *= 1 - cost
    return worth[1:] / worth[:-1] - 1


def performance(returns: FloatArray) -> dict[str, float]:
    """Return the figures of daily simple returns, (n_days,), over 252 days a year and a risk-free rate of 0.

    ``sharpe``, ``sharpe_error`` and ``sharpe_autocorrelated`` (Lo 2002: its standard error, and the ratio for a year in
    which returns go on to be as autocorrelated), ``sortino`` (downside deviation over all days), ``volatility``,
    ``cagr``, ``max_drawdown`` (negative, from a start of 1), ``calmar``; those that would divide by zero are left out.
    """
    equity = np.cumprod(1 + returns)
    drawdown = float((equity / np.maximum.accumulate(np.maximum(equity, 1.0)) - 1).min())
    figures = {"max_drawdown": drawdown}
    if equity.min() > 0:
        figures["cagr"] = float(equity[-1] ** (YEAR / len(returns)) - 1)
        if drawdown < 0:
            figures["calmar"] = figures["cagr"] / -drawdown
    if len(returns) > 1:
        spread = float(returns.std(ddof=1))
        figures["volatility"] = spread * YEAR**0.5
        if spread > 0:
            daily = float(returns.mean()) / spread
            figures["sharpe"] = daily * YEAR**0.5
            figures["sharpe_error"] = sharpe_error(returns) * YEAR**0.5
            if not math.isnan(factor := annual_factor(autocorrelations(returns))):
                figures["sharpe_autocorrelated"] = daily * factor
    downside = float(np.sqrt((np.minimum(returns, 0.0) ** 2).mean()))
    if downside > 0:
        figures["sortino"] = float(returns.mean()) / downside * YEAR**0.5
    return figures


def _carry_forward(close: FloatArray) -> FloatArray:
    """Fill a missing close with the last one before it."""
    rows = np.where(np.isnan(close), 0, np.arange(len(close))[:, None])
    return np.take_along_axis(close, np.maximum.accumulate(rows, axis=0), axis=0)
