"""Maps from raw scores to probabilities: what they are, and how each candidate is fitted."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from mltrainer.evaluation.logistic import fit_logistic, fit_rising, logit
from mltrainer.settings.arrays import FloatArray, IntArray

ISOTONIC_BINS = 50
VENN_ABERS_BINS = 200


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
            rising, falling = _beta_columns(logit(score))
            probability = expit(given[0] + given[1] * rising + given[2] * falling)
        else:
            steps, heights = np.split(given, 2)
            probability = np.interp(score, steps, heights)
        return np.clip(probability, self.edge, 1 - self.edge)


class Rows(NamedTuple):
    """Rows to fit on, with what the candidates need of them: computed once for a past and all its beginnings.

    Parameters
    ----------
    score, event
        Raw score in [0, 1], and 0 or 1, (n,).
    odds, rising, falling
        Log-odds of the score, and the two predictors of beta calibration, (n,).
    order
        Positions by ascending score, (n,).
    """

    score: FloatArray
    event: FloatArray
    odds: FloatArray
    rising: FloatArray
    falling: FloatArray
    order: IntArray

    @classmethod
    def of(cls, score: FloatArray, event: FloatArray) -> "Rows":
        """Return the rows of scores and outcomes."""
        odds = logit(score)
        return cls(score, event, odds, *_beta_columns(odds), np.argsort(score))

    def before(self, stop: int) -> "Rows":
        """Return the first ``stop`` rows."""
        score, event, odds, rising, falling = (column[:stop] for column in self[:5])
        return Rows(score, event, odds, rising, falling, self.order[self.order < stop])


def _identity(rows: Rows) -> Calibrator:
    return Calibrator("identity", (), edge(rows.event))


def _intercept_shift(rows: Rows) -> Calibrator:
    shift = fit_logistic([], rows.event, rows.odds)
    return Calibrator("intercept_shift", tuple(shift.tolist()), edge(rows.event))


def _platt(rows: Rows) -> Calibrator:
    return Calibrator("platt", tuple(fit_rising([rows.odds], rows.event).tolist()), edge(rows.event))


def _beta(rows: Rows) -> Calibrator:
    found = fit_rising([rows.rising, rows.falling], rows.event)
    return Calibrator("beta", tuple(found.tolist()), edge(rows.event))


def _binned_isotonic(rows: Rows) -> Calibrator:
    # Whose predictions are calibrated already waits for no optimiser.
    from scipy.optimize import isotonic_regression

    count, hits, centre = _equal_count_bins(rows, ISOTONIC_BINS)
    height = isotonic_regression(hits / count, weights=count).x
    return Calibrator("binned_isotonic", (*centre.tolist(), *height.tolist()), edge(rows.event))


def _venn_abers(rows: Rows) -> Calibrator:
    count, hits, centre = _equal_count_bins(rows, VENN_ABERS_BINS)
    # The score to be judged joins its bin once as a miss and once as a hit.
    if_miss, if_hit = _isotonic_with_one_more(count, hits, 0), _isotonic_with_one_more(count, hits, 1)
    heights = if_hit / (1 - if_miss + if_hit)
    return Calibrator("venn_abers", (*centre.tolist(), *heights.tolist()), edge(rows.event))


def _isotonic_with_one_more(count: FloatArray, hits: FloatArray, outcome: int) -> FloatArray:
    """Return the isotonic regression of ``hits / count`` at each bin if that bin held a row more, (n_bins,).

    The greatest over all starts of the least mean over all ends (Barlow et al. 1972): each stretch of bins from a start
    up to an end contains the bin in question, and with it the row.
    """
    # Row by start, column by end; what ends before it starts is no stretch.
    stretch = np.triu(np.ones((len(count), len(count)), dtype=bool))
    rows, came = np.cumsum(count), np.cumsum(hits)
    number = rows - (rows - count)[:, None] + 1
    mean = np.divide(came - (came - hits)[:, None] + outcome, number, where=stretch, out=np.full(number.shape, np.inf))
    least = np.minimum.accumulate(mean[:, ::-1], axis=1)[:, ::-1]
    return np.where(stretch, least, -np.inf).max(axis=0)


# From the simplest to the most flexible: the order in which ties are broken.
CANDIDATES: dict[str, Callable[[Rows], Calibrator]] = {
    "identity": _identity,
    "intercept_shift": _intercept_shift,
    "platt": _platt,
    "beta": _beta,
    "binned_isotonic": _binned_isotonic,
    "venn_abers": _venn_abers,
}


def _equal_count_bins(rows: Rows, n_bins: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return rows, hits and mean score of about ``n_bins`` equally filled bins; equal scores share a bin."""
    ranked = rows.score[rows.order]
    starts = (np.arange(n_bins) * len(ranked)) // n_bins
    starts = np.unique(np.searchsorted(ranked, ranked[starts]))
    count = np.diff(np.append(starts, len(ranked))).astype(np.float64)
    return count, np.add.reduceat(rows.event[rows.order], starts), np.add.reduceat(ranked, starts) / count


def _beta_columns(odds: FloatArray) -> tuple[FloatArray, FloatArray]:
    return np.log(expit(odds)), -np.log(expit(-odds))


def edge(event: FloatArray) -> float:
    """Return how far from 0 and 1 probabilities stay that were fitted on these rows: half a row."""
    return 1 / (2 * len(event))
