"""How likely a random walk reaches a barrier within a window of sessions."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.signal import fftconvolve
from scipy.special import ndtr, stdtr

from mltrainer.settings.arrays import FloatArray

Shocks = Literal["t5", "normal"]

# A drift beyond a quarter of a standard deviation a session is no forecast of a share.
MOST_DRIFT = 0.25
# Shocks beyond so many standard deviations are counted as so large.
_LARGEST = 15.0
# How much nearer a level is that is watched all day, and not at closes only, in standard deviations of a session:
# -zeta(1/2) / sqrt(2 pi) (Broadie, Glasserman & Kou 1997).
WATCHED_ALL_DAY = 0.5826


@dataclass(frozen=True, eq=False)
class ReachTable:
    """P(some sum of shocks over sessions first .. last is at least a barrier), on a grid.

    Parameters
    ----------
    barriers, drifts
        Barrier and drift a session, in standard deviations of a session; both rise evenly.
    chances
        (n_drifts, n_barriers).
    """

    barriers: FloatArray
    drifts: FloatArray
    chances: FloatArray

    def chance(self, barrier: FloatArray, drift: FloatArray) -> FloatArray:
        """Return the probability for each barrier and drift, of one shape, NaN where either is unknown."""
        known = np.isfinite(barrier) & np.isfinite(drift)
        row, down = _place(np.where(known, drift, 0.0), self.drifts)
        column, right = _place(np.where(known, barrier, 0.0), self.barriers)
        near = (1 - right) * self.chances[row, column] + right * self.chances[row, column + 1]
        far = (1 - right) * self.chances[row + 1, column] + right * self.chances[row + 1, column + 1]
        return np.where(known, (1 - down) * near + down * far, np.nan)


def _place(values: FloatArray, grid: FloatArray) -> tuple[npt.NDArray[np.int64], FloatArray]:
    """Return the grid point before each value, and the part of the way to the next."""
    at = np.clip((values - grid[0]) / (grid[1] - grid[0]), 0, len(grid) - 1)
    before = np.minimum(at.astype(np.int64), len(grid) - 2)
    return before, at - before


def cumulative(x: FloatArray, shocks: Shocks) -> FloatArray:
    """Return the distribution function of a shock of unit variance: normal, or Student's t with 5 degrees."""
    return ndtr(x) if shocks == "normal" else stdtr(5, x * np.sqrt(5 / 3))


@lru_cache(maxsize=8)
def reach_table(first: int, last: int, shocks: Shocks) -> ReachTable:
    """Compute the table for a window of sessions, both inclusive.

    The chance of reaching from a distance y with some sessions to go is the mean, over the next shock, of the chance
    from there with one session less; within the window a distance of 0 or less has been reached. Solved backwards on a
    grid of distances whose cells lie on either side of the barrier.
    """
    root = np.sqrt(last)
    step = float(np.clip(0.02 * root, 0.05, 0.1))
    half = int((6 * root + MOST_DRIFT * last) / step)
    distance = (np.arange(-half, half, dtype=np.float64) + 0.5) * step
    drifts = np.linspace(-MOST_DRIFT, MOST_DRIFT, 2 * int(np.ceil(1.5 * root)) + 1)
    reach = int(_LARGEST / step)
    edges = (np.arange(-reach, reach + 2) - 0.5) * step
    kernel = np.diff(cumulative(edges - drifts[:, None], shocks), axis=1)
    kernel /= kernel.sum(axis=1, keepdims=True)
    chance = np.tile((distance <= 0).astype(np.float64), (len(drifts), 1))
    for session in range(last - 1, -1, -1):
        # A shock shortens the distance, so what comes next is looked up on the left.
        wide = np.pad(chance, ((0, 0), (reach, reach)), mode="edge")
        chance = np.clip(fftconvolve(wide, kernel, mode="valid", axes=1), 0.0, 1.0)
        if session >= first:
            chance[:, distance <= 0] = 1.0
    return ReachTable(distance, drifts, chance)
