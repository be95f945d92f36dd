"""Calibration: raw scores to probabilities, fitted and chosen on past out-of-fold rows only.

Also what is fitted on the same rows: the expected return of a score, and the probability of the mirrored loss.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression
from scipy.special import expit, xlogy

from mltrainer.evaluation.by_date import group_dates
from mltrainer.evaluation.effective import enough_blocks, newey_west_error
from mltrainer.evaluation.logistic import fit_logistic, fit_rising, logit

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.integer]

MINIMUM_DATES = 252
MINIMUM_FIT_DATES = 63
ISOTONIC_BINS = 50
VENN_ABERS_BINS = 200
# The past is cut at these shares of its dates; what lies before a cut is fitted, what follows up to the next is scored.
CUTS = (0.5, 2 / 3, 5 / 6, 1.0)


@dataclass(frozen=True)
class Calibrator:
    """A fitted map from raw scores to probabilities; it never falls where the score rises.

    Parameters
    ----------
    name
        ``identity``, ``intercept_shift``, ``platt``, ``beta``, ``binned_isotonic``, ``venn_abers``, or ``platt_score``
        for scores that are no probabilities.
    parameters
        Coefficients, intercept first; for the two stepwise ones the scores of the steps, then their probabilities.
    edge
        Probabilities stay in [edge, 1 - edge]; 1 / (2 n) of the n rows of the calibration set.
    """

    name: str
    parameters: tuple[float, ...]
    edge: float

    def apply(self, score: FloatArray) -> FloatArray:
        """Return the probabilities of ``score``, same shape."""
        given = np.asarray(self.parameters)
        if self.name == "identity":
            probability = score
        elif self.name == "intercept_shift":
            probability = expit(given[0] + logit(score))
        elif self.name == "platt":
            probability = expit(given[0] + given[1] * logit(score))
        elif self.name == "platt_score":
            probability = expit(given[0] + given[1] * score)
        elif self.name == "beta":
            rising, falling = _beta_columns(score)
            probability = expit(given[0] + given[1] * rising + given[2] * falling)
        else:
            steps, heights = np.split(given, 2)
            probability = np.interp(score, steps, heights)
        return np.clip(probability, self.edge, 1 - self.edge)


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
    losses: dict[str, list[FloatArray]] = {name: [] for name in CANDIDATES}
    bounds = [round(share * len(days)) for share in CUTS]
    for first, stop in zip(bounds[:-1], bounds[1:], strict=True):
        n_fit_days = int(np.searchsorted(days, days[first] - horizon_end))
        fit = slice(0, int(np.searchsorted(day_of_row, n_fit_days)))
        judged = slice(*np.searchsorted(day_of_row, [first, stop]))
        if n_fit_days < MINIMUM_FIT_DATES or _one_class(event[fit]):
            continue
        place = day_of_row[judged] - first
        for name, candidate in CANDIDATES.items():
            probability = candidate(score[fit], event[fit]).apply(score[judged])
            row_loss = -(xlogy(event[judged], probability) + xlogy(1 - event[judged], 1 - probability))
            losses[name].append(np.bincount(place, row_loss) / np.bincount(place))
    if not losses["identity"]:
        return None
    by_date = {name: np.concatenate(parts) for name, parts in losses.items()}
    if not enough_blocks(len(by_date["identity"]), horizon_end=horizon_end):
        return _identity(score, event)
    best = min(by_date.values(), key=lambda loss: loss.mean())
    within = (
        name
        for name, loss in by_date.items()
        if (loss - best).mean() <= newey_west_error(loss - best, horizon_end=horizon_end)
    )
    return CANDIDATES[next(within)](score, event)


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
        return Calibrator("platt_score", (_extreme_odds(event), 0.0), _edge(event))
    return Calibrator("platt_score", tuple(fit_rising([score], event).tolist()), _edge(event))


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


def _identity(score: FloatArray, event: FloatArray) -> Calibrator:
    return Calibrator("identity", (), _edge(event))


def _intercept_shift(score: FloatArray, event: FloatArray) -> Calibrator:
    return Calibrator("intercept_shift", tuple(fit_logistic([], event, logit(score)).tolist()), _edge(event))


def _platt(score: FloatArray, event: FloatArray) -> Calibrator:
    return Calibrator("platt", tuple(fit_rising([logit(score)], event).tolist()), _edge(event))


def _beta(score: FloatArray, event: FloatArray) -> Calibrator:
    return Calibrator("beta", tuple(fit_rising(list(_beta_columns(score)), event).tolist()), _edge(event))


def _binned_isotonic(score: FloatArray, event: FloatArray) -> Calibrator:
    count, hits, centre = _equal_count_bins(score, event, ISOTONIC_BINS)
    height = isotonic_regression(hits / count, weights=count).x
    return Calibrator("binned_isotonic", (*centre.tolist(), *height.tolist()), _edge(event))


def _venn_abers(score: FloatArray, event: FloatArray) -> Calibrator:
    count, hits, centre = _equal_count_bins(score, event, VENN_ABERS_BINS)
    heights = []
    for place in range(len(count)):
        # The score to be judged joins its bin once as a miss and once as a hit.
        count[place] += 1
        if_miss = isotonic_regression(hits / count, weights=count).x[place]
        hits[place] += 1
        if_hit = isotonic_regression(hits / count, weights=count).x[place]
        count[place] -= 1
        hits[place] -= 1
        heights.append(float(if_hit / (1 - if_miss + if_hit)))
    return Calibrator("venn_abers", (*centre.tolist(), *heights), _edge(event))


# From the simplest to the most flexible: the order in which ties are broken.
CANDIDATES: dict[str, Callable[[FloatArray, FloatArray], Calibrator]] = {
    "identity": _identity,
    "intercept_shift": _intercept_shift,
    "platt": _platt,
    "beta": _beta,
    "binned_isotonic": _binned_isotonic,
    "venn_abers": _venn_abers,
}


def _equal_count_bins(score: FloatArray, event: FloatArray, n_bins: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return rows, hits and mean score of about ``n_bins`` equally filled bins; equal scores share a bin."""
    order = np.argsort(score, kind="stable")
    ranked = score[order]
    starts = (np.arange(n_bins) * len(score)) // n_bins
    starts = np.unique(np.searchsorted(ranked, ranked[starts]))
    count = np.diff(np.append(starts, len(score))).astype(np.float64)
    return count, np.add.reduceat(event[order], starts), np.add.reduceat(ranked, starts) / count


def _beta_columns(score: FloatArray) -> tuple[FloatArray, FloatArray]:
    odds = logit(score)
    return np.log(expit(odds)), -np.log(expit(-odds))


def _one_class(event: FloatArray) -> bool:
    return len(event) == 0 or bool(event.min() == event.max())


def _edge(event: FloatArray) -> float:
    return 1 / (2 * len(event))


def _extreme_odds(event: FloatArray) -> float:
    """Return the log-odds of a rate of 0 or 1, drawn in by half a row."""
    return float(np.log(2 * len(event) - 1)) * (1 if event[0] else -1)
