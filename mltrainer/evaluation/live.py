"""How predictions turned out that were written down before: hit rate and calibration against what was promised."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from mltrainer.evaluation.effective import effective_size, wilson
from mltrainer.settings.arrays import FloatArray, IntArray

# Fewer independent cases than this say nothing about a promise.
MINIMUM_EFFECTIVE = 30.0
EDGES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 0.85, 1.0)


class Kept(NamedTuple):
    """A promise and what came of it.

    ``promised`` is the mean confidence, ``hit_rate`` the share that came true with its Wilson 90 % interval on
    ``n_eff`` independent cases; ``verdict`` compares the two.
    """

    n: int
    n_eff: float
    dates: int
    promised: float
    hits: int
    hit_rate: float
    lower: float
    upper: float
    brier: float
    verdict: str


def kept_promise(confidence: FloatArray, outcome: FloatArray, date: IntArray, *, horizon_end: int) -> Kept:
    """Compare what was promised with what came true.

    Parameters
    ----------
    confidence, outcome
        Probabilities and events (0 or 1), (n,), at least one.
    date
        Session positions, ascending, (n,).
    horizon_end
        The longest last session of the labels' windows.
    """
    n, hits = len(confidence), int(outcome.sum())
    n_eff = effective_size(date, horizon_end=horizon_end)
    promised, rate = float(confidence.mean()), hits / n
    lower, upper = wilson(rate, n_eff)
    if n_eff < MINIMUM_EFFECTIVE:
        verdict = "too few to judge"
    elif promised > upper:
        verdict = "promised too much"
    elif promised < lower:
        verdict = "promised too little"
    else:
        verdict = "kept"
    brier = float(((confidence - outcome) ** 2).mean())
    return Kept(n, n_eff, len(np.unique(date)), promised, hits, rate, lower, upper, brier, verdict)


def by_level(
    confidence: FloatArray, outcome: FloatArray, date: IntArray, *, horizon_end: int, edges: Sequence[float] = EDGES
) -> list[tuple[float, float, Kept]]:
    """Return the same for each level of confidence that occurs: (from, to, kept), ``from`` included."""
    level = np.clip(np.searchsorted(edges, confidence, side="right") - 1, 0, len(edges) - 2)
    found = []
    for place in np.unique(level):
        mine = level == place
        one = kept_promise(confidence[mine], outcome[mine], date[mine], horizon_end=horizon_end)
        found.append((edges[place], edges[place + 1], one))
    return found
