"""What followed similar days, in units of each ticker's own volatility: distributions, surfaces, ruin."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from mltrainer.evaluation.logistic import EDGE, logit
from mltrainer.settings.arrays import FloatArray, IntArray

# A game of so many trades, one after another, in so many worlds; ruin is half of the capital lost on the way.
TRADES = 100
WORLDS = 2000
RUIN = 0.5


def paths_after(
    close: FloatArray, void: npt.NDArray[np.bool_], session: IntArray, column: IntArray, ahead: int
) -> FloatArray:
    """Return the returns from each row's close to each of the next ``ahead`` closes, (n_rows, ahead).

    A missing close is carried over; everything from a void bar on is NaN.
    """
    steps = session[:, None] + np.arange(1, ahead + 1)
    inside = steps < len(close)
    steps = np.minimum(steps, len(close) - 1)
    price, bad = close[steps, column[:, None]], void[steps, column[:, None]] | ~inside
    start = np.where(void[session, column], np.nan, close[session, column])[:, None]
    place = np.maximum.accumulate(np.where(np.isnan(price), -1, np.arange(ahead)), axis=1)
    carried = np.where(place >= 0, np.take_along_axis(price, np.maximum(place, 0), axis=1), start)
    return np.where(np.logical_or.accumulate(bad, axis=1), np.nan, carried / start - 1)


def surface(paths: FloatArray, targets: Sequence[float], horizons: Sequence[tuple[int, int]]) -> list[list[float]]:
    """Return how often some close of each horizon reached each target, a row a horizon; falls as the target rises.

    Parameters
    ----------
    paths
        Returns to the closes after each row, (n_rows, longest horizon), in units of the ticker that is asked about.
    """
    found = []
    for low, high in horizons:
        best = np.where(np.isnan(paths[:, low - 1 : high]), -np.inf, paths[:, low - 1 : high]).max(axis=1)
        known = np.isfinite(paths[:, high - 1])
        found.append([float((best[known] >= target).mean()) if known.any() else float("nan") for target in targets])
    return found


def anchored(rows: list[list[float]], place: tuple[int, int], probability: float) -> list[list[float]]:
    """Return a surface shifted in log-odds, so that one place of it has a known probability; its order stays."""
    odds = logit(np.clip(np.asarray(rows), EDGE, 1 - EDGE))
    shift = logit(np.array([np.clip(probability, EDGE, 1 - EDGE)]))[0] - odds[place]
    found: list[list[float]] = expit(odds + shift).tolist()
    return found


def outcomes_with_stop(paths: FloatArray, stop: float | None) -> FloatArray:
    """Return what each row ends with, (n_known,): the return at the end, or at the first close at or below the stop."""
    known = paths[np.isfinite(paths[:, -1])]
    if stop is None:
        return known[:, -1]
    hit = known <= -stop
    first = np.where(hit.any(axis=1), hit.argmax(axis=1), known.shape[1] - 1)
    return known[np.arange(len(known)), first]


def ruin(outcomes: FloatArray, size: float, *, seed: int) -> float:
    """Return the probability of losing half the capital within 100 such trades of this share of it, one after another.

    Outcomes are drawn with replacement, as if trades were independent: in a crash they are not, so it is a lower bound.
    """
    if not len(outcomes):
        return float("nan")
    drawn = np.random.default_rng(seed).choice(outcomes, (WORLDS, TRADES))
    capital = np.cumprod(np.maximum(1 + size * drawn, 0.0), axis=1)
    return float((capital.min(axis=1) <= 1 - RUIN).mean())


def nearest(
    past: FloatArray, today: FloatArray, group: IntArray, session: IntArray, *, apart: int, count: int
) -> IntArray:
    """Return the rows most like today's, the nearest first, none within ``apart`` sessions of another of its ticker.

    Features are taken in units of their own middle spread over the past, cut at 3, and what is missing counts as
    average; the distance is Euclid's.

    Parameters
    ----------
    past
        (n_rows, n_features); ``group`` and ``session`` are the ticker and the day of each row.
    today
        (n_features,).
    """
    middle = np.nanmedian(past, axis=0)
    low, high = np.nanquantile(past, [0.25, 0.75], axis=0)
    spread = np.where(high > low, high - low, np.inf)
    standard = np.nan_to_num(((past - middle) / spread).clip(-3, 3))
    gap = ((standard - np.nan_to_num(((today - middle) / spread).clip(-3, 3))) ** 2).sum(axis=1)
    taken: dict[int, list[int]] = {}
    found: list[int] = []
    for row in np.argsort(gap, kind="stable"):
        days = taken.setdefault(int(group[row]), [])
        if all(abs(int(session[row]) - day) > apart for day in days):
            days.append(int(session[row]))
            found.append(int(row))
            if len(found) == count:
                break
    return np.array(found, dtype=np.int64)
