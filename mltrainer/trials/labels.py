"""The labels of a trial: as each fold could know them, and as the data know them now."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import BoolArray, FloatArray, Panel
from mltrainer.evaluation.labels import beats_median, hit, hit_down
from mltrainer.evaluation.splits import Fold
from mltrainer.settings.parameters import Settings
from mltrainer.trials.fitting import UNDEFINED
from mltrainer.trials.matrices import Matrices


@dataclass(frozen=True)
class Outcomes:
    """What happened to each row, (n_rows,) each, NaN where it is not known: event, mirrored loss, realised return."""

    event: FloatArray
    down: FloatArray
    realized: FloatArray


def outcomes(panel: Panel, member: BoolArray, matrices: Matrices, settings: Settings, sessions: int) -> Outcomes:
    """Return what is known about every row when the data end with the first ``sessions`` sessions.

    A gap at the end of the data looks like a delisting until the bars come back. A fold must therefore learn from the
    labels as they stood when it was trained, or its predictions would depend on what came later.
    """
    close, void = panel.close[:sessions], panel.void_known_by(sessions)
    if settings.label == "hit":
        event, realized = hit(close, horizon=settings.horizon, target=settings.target_return, void=void)
    else:
        event, realized = beats_median(close, horizon=settings.horizon, member=member[:sessions], void=void)
    down, _ = hit_down(close, horizon=settings.horizon, target=settings.target_return, void=void)
    count = matrices.rows_before(sessions)

    def of_rows(cells: FloatArray) -> FloatArray:
        rows = np.full(len(matrices.date), np.nan)
        rows[:count] = cells[matrices.date[:count], matrices.ticker[:count]]
        return rows

    return Outcomes(of_rows(event), of_rows(down), of_rows(realized))


def known_to_fold(panel: Panel, member: BoolArray, matrices: Matrices, settings: Settings, fold: Fold) -> Outcomes:
    """Return the outcomes as they were known when the fold was trained: before its first test session."""
    return outcomes(panel, member, matrices, settings, fold.test_start)


def as_training_labels(event: FloatArray) -> npt.NDArray[np.int8]:
    """Return events as workers read them: 0, 1, or -1 where undefined."""
    return np.where(np.isnan(event), UNDEFINED, np.nan_to_num(event)).astype(np.int8)


def returns_to_learn(realized: FloatArray, date: npt.NDArray[np.int32], settings: Settings) -> FloatArray:
    """Return what models of returns learn, (n_rows,): the return that the label is about.

    ``beats_median`` asks for a return above the day's median, so the median is taken off: what moves the whole market
    would drown the differences between tickers. ``date`` is the session of each row, in order.
    """
    if settings.label != "beats_median":
        return realized
    learned = realized.copy()
    starts = np.flatnonzero(np.r_[True, date[1:] != date[:-1]])
    for first, stop in zip(starts, np.r_[starts[1:], len(date)], strict=True):
        known = np.isfinite(realized[first:stop])
        if known.any():
            learned[first:stop] -= np.median(realized[first:stop][known])
    return learned
