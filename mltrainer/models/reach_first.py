"""How likely a random walk reaches a target before it reaches a stop."""

from functools import lru_cache

import numpy as np

from mltrainer.models.histories import FloatArray
from mltrainer.models.reach import MOST_DRIFT, ReachTable, Shocks, cumulative

_CELLS = 160
# Distances to the target, in standard deviations of a session; nearer and farther count as these.
_NEAREST, _FARTHEST, _DISTANCES = 0.2, 60.0, 40
# Ratios of stop and target are rounded to so many parts of their logarithm, so that few tables serve all rows.
_PARTS = 20


def chance_of_first(target: FloatArray, stop: FloatArray, drift: FloatArray, last: int, shocks: Shocks) -> FloatArray:
    """Return the probability that a walk passes ``target`` within ``last`` sessions and before it passes ``-stop``.

    Parameters
    ----------
    target, stop, drift
        In standard deviations of a session, of one shape; NaN where either is unknown.
    """
    target, stop = np.maximum(target, _NEAREST), np.maximum(stop, _NEAREST)
    rounded = np.round(np.log(stop / target) * _PARTS)
    chance = np.full(rounded.shape, np.nan)
    for ratio in np.unique(rounded[np.isfinite(rounded)]):
        cells = rounded == ratio
        table = _table(float(np.exp(ratio / _PARTS)), last, shocks)
        chance[cells] = table.chance(np.log(target[cells]), drift[cells])
    return chance


@lru_cache(maxsize=64)
def _table(ratio: float, last: int, shocks: Shocks) -> ReachTable:
    """Return chances by the logarithm of the distance to the target, for a stop ``ratio`` times as far away.

    Solved backwards like `reach_table`, on cells between stop and target.
    """
    drifts = np.linspace(-MOST_DRIFT, MOST_DRIFT, 2 * int(np.ceil(1.5 * np.sqrt(last))) + 1)
    distances = np.linspace(np.log(_NEAREST), np.log(_FARTHEST), _DISTANCES)
    chances = np.empty((len(drifts), len(distances)))
    for column, target in enumerate(np.exp(distances)):
        edges = np.linspace(-ratio * target, target, _CELLS + 1)
        middles = (edges[1:] + edges[:-1]) / 2
        for row, drift in enumerate(drifts):
            below = cumulative(edges - middles[:, None] - drift, shocks)
            moves, wins = np.diff(below, axis=1), 1 - below[:, -1]
            chance = np.zeros(_CELLS)
            for _ in range(last):
                chance = wins + moves @ chance
            chances[row, column] = np.interp(0.0, middles, chance)
    return ReachTable(distances, drifts, chances)
