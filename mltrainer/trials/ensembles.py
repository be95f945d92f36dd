"""Ensembles: raw scores from the calibrated probabilities of members, joined by what was known before each block.

``mean`` weighs members equally. The others learn from out-of-fold rows whose outcome was known when the block was
trained; before there are 252 out-of-fold sessions they weigh equally too:

- ``weighted``: by the Brier skill of each member so far; a member without skill gets no weight.
- ``gated``: likewise, by its skill on past days of the same market regime, drawn towards its skill on all days.
- ``stack``: a logistic regression on the members' log-odds with weights of at least 0, drawn towards their mean
  (Wolpert 1992; Breiman 1996).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from mltrainer.data.panel import FloatArray
from mltrainer.evaluation.by_date import group_dates
from mltrainer.evaluation.logistic import logit
from mltrainer.models.registry import ensemble_kind
from mltrainer.settings.arrays import IntArray
from mltrainer.trials.confidence import Confidence
from mltrainer.trials.walk import Scores, Walk

# A regime with so many past days counts as much as all days together.
REGIME_DAYS = 63
# How strongly a stack is drawn towards the mean of log-odds, in units of mean log-loss. Rows of a day are near copies
# of each other, so that a hundred thousand of them say no more than some hundreds would.
SHRINKAGE = 0.01


class Past(NamedTuple):
    """What a block may learn from: rows of (probability of each member, event, session, regime of the day)."""

    said: FloatArray
    event: FloatArray
    date: IntArray
    regime: IntArray


Rule = Callable[[FloatArray, IntArray], FloatArray]


def combine(walk: Walk, model: str, members: list[Confidence], regime: Callable[[], IntArray]) -> Scores:
    """Return the raw scores of an ensemble.

    Parameters
    ----------
    members
        What its members said, in order of their ids.
    regime
        Gives the number of the regime of every session as known on it, (n_sessions,); asked for by ``gated`` only.
    """
    kind = ensemble_kind(model)
    said = np.column_stack([member.probability for member in members])
    date = walk.matrices.date[walk.first_row :]
    days = regime() if kind == "gated" else np.zeros(len(walk.panel.sessions), dtype=np.int64)
    rules = [block_rule(walk, kind, position, said, date, days) for position in range(len(walk.blocks))]
    scored = np.empty(len(said))
    for block, rule in zip(walk.blocks[:-1], rules, strict=False):
        rows = walk.oof_rows(block)
        scored[rows] = rule(said[rows], days[date[rows]])
    today = np.column_stack([member.today_probability for member in members])
    return Scores(
        model=model,
        oof=scored,
        # A block with a tail has no past to learn from.
        tails=[np.mean(parts, axis=0) for parts in zip(*(member.tails for member in members), strict=True)],
        today=rules[-1](today, np.full(len(today), days[-1])),
        probability=True,
        fits=sum(member.fits for member in members),
        seconds=sum(member.seconds for member in members),
        train_rows=members[0].train_rows,
        drivers=_drivers(members),
    )


def _drivers(members: list[Confidence]) -> FloatArray:
    """Return the mean shares of the members that have some, NaN where none knows of a row."""
    known = [member.drivers for member in members if member.drivers.size]
    if not known:
        return np.empty((0, 0))
    stacked = np.stack(known)
    there = np.isfinite(stacked)
    count = there.sum(axis=0)
    return np.where(count > 0, np.where(there, stacked, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)


def block_rule(walk: Walk, kind: str, position: int, said: FloatArray, date: IntArray, days: IntArray) -> Rule:
    """Return how the members' probabilities are joined in a block, by what was known when it was trained.

    Parameters
    ----------
    said, date
        What each member said of every out-of-fold row, (n_rows, n_members), and the session of each, (n_rows,).
    days
        The regime of every session, (n_sessions,).
    """
    block = walk.blocks[position]
    if kind == "mean" or block.tail:
        return _mean
    stop = walk.rows(0, min(block.fold.train_end, walk.evaluated - 1))[1] - walk.first_row
    # Today's members may have learnt from the holdout; how they are joined comes from before it.
    outcome = walk.final if position == len(walk.blocks) - 1 else walk.known(position)
    event = outcome.event[walk.first_row : walk.first_row + stop]
    known = np.flatnonzero(~np.isnan(event))
    if len(np.unique(event[known])) < 2:
        return _mean
    past = Past(said[known], event[known], date[known], days[date[known]])
    return {"weighted": _weighted, "gated": _gated, "stack": _stack}[kind](past)


def _mean(said: FloatArray, regime: IntArray) -> FloatArray:
    return np.asarray(said.mean(axis=1))


def _weighted(past: Past) -> Rule:
    weights = _weights(_skill(past))
    return lambda said, regime: said @ weights


def _gated(past: Past) -> Rule:
    overall = _skill(past)
    weights = {}
    for number in np.unique(past.regime).tolist():
        rows = past.regime == number
        share = (count := len(np.unique(past.date[rows]))) / (count + REGIME_DAYS)
        own = _skill(Past(past.said[rows], past.event[rows], past.date[rows], past.regime[rows]))
        weights[number] = _weights(share * own + (1 - share) * overall)
    unseen = _weights(overall)

    def rule(said: FloatArray, regime: IntArray) -> FloatArray:
        by_row = np.array([weights.get(number, unseen) for number in regime.tolist()]).reshape(said.shape)
        return np.asarray((said * by_row).sum(axis=1))

    return rule


def _skill(past: Past) -> FloatArray:
    """Return by how much each member's daily Brier score was below that of the base rate, (n_members,)."""
    dates = group_dates(past.date)
    base = dates.mean((past.event.mean() - past.event) ** 2).mean()
    losses = [dates.mean((one - past.event) ** 2).mean() for one in past.said.T]
    return base - np.array(losses)


def _weights(skill: FloatArray) -> FloatArray:
    """Return weights in proportion to skill above 0; equal ones where nobody has any."""
    above = np.maximum(skill, 0.0)
    return above / above.sum() if above.sum() > 0 else np.full(len(skill), 1 / len(skill))


def _stack(past: Past) -> Rule:
    odds = logit(past.said)
    count = odds.shape[1]
    start = np.append(np.full(count, 1 / count), 0.0)

    def loss(given: FloatArray) -> tuple[float, FloatArray]:
        line = odds @ given[:-1] + given[-1]
        off = given[:-1] - start[:-1]
        mean = np.logaddexp(0.0, line).mean() - (past.event * line).mean() + SHRINKAGE * (off @ off)
        away = (expit(line) - past.event) / len(line)
        return float(mean), np.append(away @ odds + 2 * SHRINKAGE * off, away.sum())

    # Slow to import, and only a stack needs it.
    from scipy.optimize import minimize

    bounds = [(0.0, None)] * count + [(None, None)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return lambda said, regime: expit(logit(said) @ found[:-1] + found[-1])
