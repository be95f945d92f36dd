"""The labels of a trial: as each fold could know them, and as the data know them now."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import BoolArray, FloatArray, Panel
from mltrainer.evaluation.by_date import group_dates
from mltrainer.evaluation.labels import (
    beats_median,
    fwd_return,
    hit,
    hit_down,
    next_open,
    rank_shares,
    triple_barrier,
    xs_rank,
)
from mltrainer.evaluation.splits import Fold
from mltrainer.evaluation.volatility import volatility_target
from mltrainer.settings.parameters import Settings
from mltrainer.trials.fit_task import UNDEFINED
from mltrainer.trials.matrices import Matrices


@dataclass(frozen=True)
class Outcomes:
    """What happened to each row, (n_rows,) each, NaN where it is not known: event, loss, realised return.

    What a fold knows ends with the rows before its first test session.

    ``down`` is the mirrored loss of a label with a target, and the stop of ``triple_barrier``. ``length`` is how many
    sessions a label looked at, None where all look at the whole horizon.
    """

    event: FloatArray
    down: FloatArray
    realized: FloatArray
    length: FloatArray | None = None

    def span(self) -> npt.NDArray[np.int16] | None:
        """Return the lengths as workers read them: 0 where undefined."""
        return None if self.length is None else np.nan_to_num(self.length).astype(np.int16)


def outcomes(panel: Panel, member: BoolArray, matrices: Matrices, settings: Settings, sessions: int) -> Outcomes:
    """Return what is known about every row when the data end with the first ``sessions`` sessions.

    A gap at the end of the data looks like a delisting until the bars come back. A fold must therefore learn from the
    labels as they stood when it was trained, or its predictions would depend on what came later.
    """
    event, down, realized, length = label_cells(panel, member[:sessions], settings, sessions)
    count = matrices.rows_before(sessions)

    def of_rows(cells: FloatArray) -> FloatArray:
        rows = np.full(len(matrices.date), np.nan)
        rows[:count] = cells[matrices.date[:count], matrices.ticker[:count]]
        return rows

    return Outcomes(of_rows(event), of_rows(down), of_rows(realized), None if length is None else of_rows(length))


def label_cells(
    panel: Panel, member: BoolArray, settings: Settings, sessions: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray | None]:
    """Return event, loss, realised return and length, (sessions, n_tickers) each; see `Outcomes`.

    The loss is NaN where the label has none.
    """
    close, void = panel.close[:sessions], panel.void_known_by(sessions)
    about: dict[str, Any] = {"horizon": settings.horizon, "void": void}
    if settings.entry == "next_open":
        about["entry"] = next_open(panel.open[:sessions])
    high, low = (panel.high[:sessions], panel.low[:sessions]) if settings.touch == "high" else (None, None)
    if settings.label == "triple_barrier":
        target, stop = settings.target_return, settings.stop_return
        found = triple_barrier(close, **about, target=target, stop=stop, high=high, low=low)
        return found.event, found.stopped, found.realized, found.length.astype(np.float64)
    if settings.label in ("hit", "hit_vol_scaled"):
        wanted = target_returns(panel, settings, sessions)
        event, realized = hit(close, **about, target=wanted, touch=high)
        return event, hit_down(close, **about, target=wanted, touch=low)[0], realized, None
    if settings.label == "fwd_return":
        event, realized = fwd_return(close, **about)
    else:
        compare = xs_rank if settings.label == "xs_rank" else beats_median
        event, realized = compare(close, **about, member=member)
    return event, np.full(close.shape, np.nan), realized, None


def target_returns(panel: Panel, settings: Settings, sessions: int) -> float | FloatArray:
    """Return the return that has to be reached: one for all, or one for each (session, ticker)."""
    if settings.label != "hit_vol_scaled":
        return settings.target_return
    return volatility_target(
        panel.close[:sessions],
        multiple=settings.volatility_multiple,
        horizon_end=settings.horizon[1],
        void=panel.void_known_by(sessions),
    )


def known_to_fold(panel: Panel, member: BoolArray, matrices: Matrices, settings: Settings, fold: Fold) -> Outcomes:
    """Return the outcomes as they were known when the fold was trained, of the rows before its first test session.

    There are as many of these as folds: what no fold asks for, the losses, takes no memory.
    """
    event, _, realized, length = label_cells(panel, member[: fold.test_start], settings, fold.test_start)
    count = matrices.rows_before(fold.test_start)
    cells = matrices.date[:count], matrices.ticker[:count]
    unasked = np.broadcast_to(np.nan, count)
    return Outcomes(event[cells], unasked, realized[cells], None if length is None else length[cells])


def as_training_labels(event: FloatArray) -> npt.NDArray[np.int8]:
    """Return events as workers read them: 0, 1, or -1 where undefined."""
    return np.where(np.isnan(event), UNDEFINED, np.nan_to_num(event)).astype(np.int8)


def returns_to_learn(realized: FloatArray, date: npt.NDArray[np.int32], settings: Settings) -> FloatArray:
    """Return what models of returns learn, (n_rows,): what the label is about, in place of the return itself.

    ``beats_median`` asks for a return above the day's median, so the median is taken off: what moves the whole market
    would drown the differences between tickers. ``xs_rank`` asks for the place among the day's returns, and that place
    is learned, from -1/2 to 1/2. ``date`` is the session of each row, in order.
    """
    if settings.label not in ("beats_median", "xs_rank"):
        return realized
    learned = np.full(len(realized), np.nan)
    known = np.flatnonzero(np.isfinite(realized))
    if settings.label == "xs_rank":
        learned[known] = rank_shares(realized[known], date[known]) - 0.5
        return learned
    dates = group_dates(date[known])
    for first, count in zip(dates.starts, dates.count, strict=True):
        rows = known[first : first + count]
        learned[rows] = realized[rows] - np.median(realized[rows])
    return learned
