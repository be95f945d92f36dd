"""What followed past scores: the next month's volatility and losses. All of it is known by the last session."""

from typing import Any

import numpy as np

from mltrainer.data.panel import FloatArray
from mltrainer.regime.past import volatility

MONTH = 21
FALL = 0.10
FALL_SESSIONS = 63
NEAR = 15.0
PRIOR = 5.0
SESSIONS_A_YEAR = 252


def next_month(score: FloatArray, market_return: FloatArray) -> list[dict[str, float]]:
    """Return by decade of the score how volatile the 21 sessions after it were, and how far the market fell in them.

    ``volatility`` is the mean of annualised standard deviations, ``drawdown`` the mean of the deepest loss below the
    session's level, ``rose`` how often the market stood higher after them, all fractions. Only sessions whose 21 next
    ones are known count. They overlap: far fewer than their number are independent.
    """
    if len(score) <= MONTH:
        return []
    ahead = volatility(market_return, MONTH)[MONTH:] * np.sqrt(SESSIONS_A_YEAR)
    lost = np.maximum(1 - np.exp(_lowest_ahead(market_return, MONTH)), 0.0)
    rose = _gained(market_return, MONTH) > 0
    decade = np.minimum(score[:-MONTH] // 10, 9)
    groups = {d: (decade == d) & np.isfinite(ahead) for d in range(10)}
    return [
        {
            "score_from": 10.0 * d,
            "score_to": 10.0 * (d + 1),
            "sessions": int(group.sum()),
            "volatility": float(ahead[group].mean()),
            "drawdown": float(lost[group].mean()),
            "rose": float(rose[group].mean()),
        }
        for d, group in groups.items()
        if group.any()
    ]


def _gained(market_return: FloatArray, ahead: int) -> FloatArray:
    """Return the log return of the ``ahead`` sessions after each, (n - ahead,); a missing day moves nothing."""
    index = np.cumsum(np.nan_to_num(market_return))
    return index[ahead:] - index[:-ahead]


def fall_risk(score: FloatArray, market_return: FloatArray, evaluated: int | None = None) -> dict[str, Any] | None:
    """Return the probability that the market closes 10 % or more below today's level within 63 sessions.

    It is the share of such falls after past sessions whose score was within 15 points of today's, drawn to the base
    rate by five imagined independent periods. A period is 63 sessions, so overlapping sessions count by the 63rd part.
    The same rule applied on every past session gives ``brier`` and, from the base rate of that day alone,
    ``brier_base``: where the first is not the smaller, the score has not helped.

    Parameters
    ----------
    score, market_return
        (n_dates,); the risk is of the last session.
    evaluated
        How many sessions, from the first on, may say what followed; all unless given.

    Returns
    -------
    ``probability``, ``base_rate``, ``episodes`` (falls that began more than 63 sessions apart), ``sessions`` (whose
    outcome is known), and the two Brier scores where there are outcomes to score; None before any outcome is known.
    """
    fell = _fell(market_return[:evaluated])
    usable = np.flatnonzero(np.isfinite(score[:evaluated]) & np.isfinite(fell))
    if not len(usable) or not np.isfinite(score[-1]):
        return None
    probability, base = _estimate(score[-1], score[usable], fell[usable])
    days = usable[fell[usable] == 1]
    answer: dict[str, Any] = {
        "fall": FALL,
        "within_sessions": FALL_SESSIONS,
        "probability": probability,
        "base_rate": base,
        "episodes": int(np.sum(np.diff(days) > FALL_SESSIONS) + 1) if len(days) else 0,
        "sessions": len(usable),
    }
    errors = []
    for t in usable:
        past = usable[: np.searchsorted(usable, t - FALL_SESSIONS, side="right")]
        if len(past):
            then, base_then = _estimate(score[t], score[past], fell[past])
            errors.append(((then - fell[t]) ** 2, (base_then - fell[t]) ** 2))
    if errors:
        brier, brier_base = np.mean(errors, axis=0)
        answer |= {"brier": float(brier), "brier_base": float(brier_base)}
    return answer


def _fell(market_return: FloatArray) -> FloatArray:
    """Return 1 where some close of the next 63 is 10 % lower, 0 where none is, NaN where they are not all known."""
    fell = np.full(len(market_return), np.nan)
    lowest = _lowest_ahead(market_return, FALL_SESSIONS)
    fell[: len(lowest)] = lowest <= np.log(1 - FALL)
    return fell


def _lowest_ahead(market_return: FloatArray, sessions: int) -> FloatArray:
    """Return the lowest of the next closes over today's, as a logarithm, for all days whose next ones are known."""
    if len(market_return) <= sessions:
        return np.empty(0)
    index = np.cumsum(np.nan_to_num(market_return))
    ahead = np.lib.stride_tricks.sliding_window_view(index[1:], sessions)
    return ahead.min(axis=1) - index[: len(ahead)]


def _estimate(score: float, past_scores: FloatArray, past_fell: FloatArray) -> tuple[float, float]:
    base = float(past_fell.mean())
    near = np.abs(past_scores - score) <= NEAR
    periods = near.sum() / FALL_SESSIONS
    hits = past_fell[near].sum() / FALL_SESSIONS
    return float((hits + PRIOR * base) / (periods + PRIOR)), base
