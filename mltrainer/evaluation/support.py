"""Whether the past supports a confidence: what came true of the out-of-sample predictions made at that level."""

from typing import Literal

import numpy as np

from mltrainer.evaluation.effective import effective_size, wilson, worth_of
from mltrainer.settings.arrays import FloatArray, IntArray
from mltrainer.settings.parts.candidates import SUPPORT_MARGIN, Support

MINIMUM_EFFECTIVE = 30.0


def support_of(event: FloatArray, date: IntArray, *, horizon_end: int) -> Support:
    """Count predictions and those that came true, with the Wilson 90 % interval on what they are worth.

    Parameters
    ----------
    event
        Outcomes (0 or 1), (n,); there may be none.
    date
        Their session positions, ascending, (n,).
    horizon_end
        Last session of the label's window.
    """
    return _support(len(event), int(event.sum()), effective_size(date, horizon_end=horizon_end))


def _support(n: int, hits: int, n_eff: float) -> Support:
    lower, upper = wilson(hits / n if n else 0.0, n_eff)
    return Support(n=n, n_eff=n_eff, hits=hits, lower=lower, upper=upper)


def support_at(
    confidence: float,
    threshold: float,
    past_probability: FloatArray,
    past_event: FloatArray,
    past_date: IntArray,
    *,
    horizon_end: int,
) -> Support:
    """Return what the past says at this level: predictions from 0.05 under it up to 1.

    The level is ``threshold`` for a candidate that reaches it, and the candidate's own ``confidence`` below.

    Parameters
    ----------
    past_probability, past_event
        Out-of-sample predictions whose outcome (0 or 1) is known, (n,).
    past_date
        Their session positions, ascending, (n,).
    horizon_end
        Last session of the label's window.
    """
    band = past_probability >= min(confidence, threshold) - SUPPORT_MARGIN
    return support_of(past_event[band], past_date[band], horizon_end=horizon_end)


def supports_at(
    confidence: FloatArray,
    threshold: float,
    past_probability: FloatArray,
    past_event: FloatArray,
    past_date: IntArray,
    *,
    horizon_end: int,
) -> list[Support]:
    """Return what `support_at` returns for each of many confidences, (n_candidates,); the past is sorted once."""
    if not len(past_probability):
        return [_support(0, 0, 0.0) for _ in confidence]
    order = np.argsort(-past_probability, kind="stable")
    negated, hits = -past_probability[order], np.cumsum(past_event[order])
    days, first = np.unique(past_date, return_index=True)
    best = np.maximum.reduceat(past_probability, first)
    found = []
    for one in np.minimum(confidence, threshold) - SUPPORT_MARGIN:
        n = int(np.searchsorted(negated, -one, side="right"))
        n_eff = worth_of(n, days[best >= one], horizon_end=horizon_end)
        found.append(_support(n, int(hits[n - 1]) if n else 0, n_eff))
    return found


def verdict(
    confidence: float,
    threshold: float,
    past_probability: FloatArray,
    past_event: FloatArray,
    past_date: IntArray,
    *,
    horizon_end: int,
) -> Literal["qualified", "unsupported", "below"]:
    """Say whether a candidate qualifies at ``threshold``; arguments as in `support_at`.

    It is ``below`` where its confidence is, and ``qualified`` where the past predictions in [threshold - 0.05, 1] are
    worth at least 30 independent ones, came true at a rate of at least threshold - 0.05, and at a rate whose two-sided
    Wilson 90 % interval on that effective number contains their mean probability. Otherwise it is ``unsupported``.
    """
    if confidence < threshold:
        return "below"
    past = support_at(confidence, threshold, past_probability, past_event, past_date, horizon_end=horizon_end)
    if past.n_eff < MINIMUM_EFFECTIVE or past.hits / past.n < threshold - SUPPORT_MARGIN:
        return "unsupported"
    mean_probability = float(past_probability[past_probability >= threshold - SUPPORT_MARGIN].mean())
    return "qualified" if past.lower <= mean_probability <= past.upper else "unsupported"
