"""Calibration: raw scores to probabilities, fitted and chosen on past out-of-fold rows only.

Also what is fitted on the same rows: the expected return of a score, and the probability of the mirrored loss.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from mltrainer.evaluation.by_date import group_dates
from mltrainer.evaluation.calibrator import CANDIDATES, Calibrator, Rows, edge
from mltrainer.evaluation.effective import enough_blocks, newey_west_error
from mltrainer.evaluation.logistic import fit_logistic, fit_rising
from mltrainer.settings.arrays import FloatArray, IntArray

MINIMUM_DATES = 252
MINIMUM_FIT_DATES = 63
# The past is cut at these shares of its dates; what lies before a cut is fitted, what follows up to the next is scored.
CUTS = (0.5, 2 / 3, 5 / 6, 1.0)


class ReturnLine(NamedTuple):
    """The expected return as a line in the logit of the score."""

    intercept: float
    slope: float

    def apply(self, logit_score: FloatArray) -> FloatArray:
        """Return the expected returns, fractions, same shape."""
        return self.intercept + self.slope * logit_score


class MirroredLoss(NamedTuple):
    """The probability of the mirrored loss as a logistic regression on the logit of the score and log volatility."""

    intercept: float
    score_slope: float
    volatility_slope: float

    def apply(self, logit_score: FloatArray, log_vol: FloatArray) -> FloatArray:
        """Return the probabilities of the loss, same shape."""
        return expit(self.intercept + self.score_slope * logit_score + self.volatility_slope * log_vol)


def choose_calibrator(score: FloatArray, event: FloatArray, date: IntArray, *, horizon_end: int) -> Calibrator | None:
    """Fit the calibrator that would have served best so far, in date order.

    At three cuts of the past, every candidate is fitted on the rows whose outcome was known before the cut and scored
    on the block that follows, by log-loss averaged over dates. Of the candidates that are within one standard error
    of the best (of their difference from it, Newey-West over dates), the simplest wins: identity, intercept shift,
    Platt (1999) on the logit, beta (Kull et al. 2017), isotonic on 50 bins, inductive Venn-Abers (Vovk & Petej 2014).
    Where the scored blocks hold too few dates to tell them apart, identity wins too.

    Parameters
    ----------
    score
        Out-of-fold raw scores in [0, 1], (n,).
    event
        0 or 1, known by now, (n,).
    date
        Session position of every row, ascending, (n,).
    horizon_end
        Last session of the label's window.

    Returns
    -------
    calibrator
        Fitted on all rows; None where there are fewer than 252 dates, or no block to compare on: the caller then shows
        the raw score and says that it is uncalibrated.
    """
    dates = group_dates(date)
    days, day_of_row = dates.days, dates.group
    if len(days) < MINIMUM_DATES or _one_class(event):
        return None
    whole = Rows.of(score, event)
    losses: dict[str, list[FloatArray]] = {name: [] for name in CANDIDATES}
    bounds = [round(share * len(days)) for share in CUTS]
    for first, stop in zip(bounds[:-1], bounds[1:], strict=True):
        n_fit_days = int(np.searchsorted(days, days[first] - horizon_end))
        n_fit = int(np.searchsorted(day_of_row, n_fit_days))
        judged = slice(*np.searchsorted(day_of_row, [first, stop]))
        if n_fit_days < MINIMUM_FIT_DATES or _one_class(event[:n_fit]):
            continue
        past, place = whole.before(n_fit), day_of_row[judged] - first
        count, missed = np.bincount(place), 1 - event[judged]
        for name, candidate in CANDIDATES.items():
            probability = candidate(past).apply(score[judged])
            row_loss = -np.log(np.abs(missed - probability))
            losses[name].append(np.bincount(place, row_loss) / count)
    if not losses["identity"]:
        return None
    by_date = {name: np.concatenate(parts) for name, parts in losses.items()}
    if not enough_blocks(len(by_date["identity"]), horizon_end=horizon_end):
        return CANDIDATES["identity"](whole)
    best = min(by_date.values(), key=lambda loss: loss.mean())
    within = (
        name
        for name, loss in by_date.items()
        if (loss - best).mean() <= newey_west_error(loss - best, horizon_end=horizon_end)
    )
    return CANDIDATES[next(within)](whole)


def calibrate_score(score: FloatArray, event: FloatArray) -> Calibrator:
    """Return Platt's map for scores that are no probabilities, such as expected returns, ranks or margins.

    Parameters
    ----------
    score
        Any real numbers, (n,).
    event
        0 or 1, (n,).
    """
    if _one_class(event):
        return Calibrator("platt_score", (_extreme_odds(event), 0.0), edge(event))
    return Calibrator("platt_score", tuple(fit_rising([score], event).tolist()), edge(event))


def expected_return_line(logit_score: FloatArray, realized: FloatArray) -> ReturnLine:
    """Return the least-squares line of the realised return on the logit of the score, both (n,).

    A constant score gives slope 0 and the mean return.
    """
    away = logit_score - logit_score.mean()
    spread = float(away @ away)
    slope = float(away @ realized) / spread if spread > 1e-12 * len(away) else 0.0
    return ReturnLine(float(realized.mean() - slope * logit_score.mean()), slope)


def mirrored_loss(logit_score: FloatArray, log_vol: FloatArray, event_down: FloatArray) -> MirroredLoss:
    """Fit the probability of the mirrored loss, all arrays (n,).

    Where all or none of the rows saw the loss, the probability is constant: 1 / (2 n) away from 1 or 0.
    """
    if _one_class(event_down):
        return MirroredLoss(_extreme_odds(event_down), 0.0, 0.0)
    return MirroredLoss(*fit_logistic([logit_score, log_vol], event_down).tolist())


def _one_class(event: FloatArray) -> bool:
    return len(event) == 0 or bool(event.min() == event.max())


def _extreme_odds(event: FloatArray) -> float:
    """Return the log-odds of a rate of 0 or 1, drawn in by half a row."""
    return float(np.log(2 * len(event) - 1)) * (1 if event[0] else -1)
