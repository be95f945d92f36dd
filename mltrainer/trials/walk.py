"""A panel cut into blocks that are trained on and scored one after the other."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from mltrainer.data.panel import BoolArray, FloatArray, Panel
from mltrainer.evaluation.splits import Fold, inner_tail, walk_forward
from mltrainer.evaluation.spread import half_spread
from mltrainer.settings.parameters import Settings
from mltrainer.trials.changes import Changes
from mltrainer.trials.labels import Outcomes, known_to_fold, outcomes
from mltrainer.trials.matrices import Matrices

CALIBRATION_DATES = 252


@dataclass(frozen=True)
class Block:
    """A fold with what it may know. The last block is today's: it trains on everything labelled, and is never scored.

    Parameters
    ----------
    fold
        Sessions of training and test.
    tail
        Sessions (first, last) that are kept from training for provisional calibration; None where enough
        out-of-fold dates exist to calibrate on.
    fit_end
        Last session that is trained on.
    """

    fold: Fold
    tail: tuple[int, int] | None
    fit_end: int


@dataclass(frozen=True)
class Walk:
    """A panel cut into rows and blocks, ready for models.

    Parameters
    ----------
    blocks
        The folds in order, and today's block at the end.
    final
        Outcomes that figures come from, (n_rows,): as the data know them now, or as they stood before the holdout.
    latest
        Outcomes that today's model learns from, (n_rows,): as the data know them now.
    evaluated
        How many sessions, from the first on, figures may depend on: all, or those before the sealed holdout.
    first_row, stop_row
        Out-of-fold rows run from the first row of the first test block to the end of the evaluated sessions.
    """

    panel: Panel
    member: BoolArray
    matrices: Matrices
    settings: Settings
    blocks: tuple[Block, ...]
    final: Outcomes
    latest: Outcomes
    evaluated: int
    first_row: int
    stop_row: int
    _known: dict[int, Outcomes] = field(default_factory=dict, init=False, repr=False)
    _changes: dict[int, Changes] = field(default_factory=dict, init=False, repr=False)

    def known(self, position: int) -> Outcomes:
        """Return the outcomes as they were known when a block was trained, of the rows before it or of all."""
        if position == len(self.blocks) - 1:
            return self.latest
        if position in self._known:
            return self._known[position]
        if position not in self._changes:
            fold = self.blocks[position].fold
            known = known_to_fold(self.panel, self.member, self.matrices, self.settings, fold)
            self._changes[position] = Changes.of(known, self.latest)
        return self._changes[position].made_to(self.latest)

    @cached_property
    def half_spread(self) -> FloatArray | None:
        """Estimated half spread of the evaluated sessions, (n_days, n_tickers); None where none is charged."""
        panel, seen = self.panel, slice(None, self.evaluated)
        if self.settings.slippage != "half_spread" or "volume" in panel.absent:
            return None
        return half_spread(panel.close[seen], panel.volume[seen], panel.void[seen])

    @property
    def folds(self) -> list[Fold]:
        """Return the folds that are scored."""
        return [block.fold for block in self.blocks[:-1]]

    def rows(self, first: int, last: int) -> tuple[int, int]:
        """Return the half-open range of rows of the sessions ``first`` .. ``last``, both inclusive."""
        return self.matrices.rows_before(first), self.matrices.rows_before(last + 1)

    def oof_rows(self, block: Block) -> slice:
        """Return which of the out-of-fold rows a block scored."""
        first, stop = self.rows(block.fold.test_start, block.fold.test_stop - 1)
        return slice(first - self.first_row, stop - self.first_row)


@dataclass
class Scores:
    """The raw scores of one model.

    Parameters
    ----------
    oof
        Scores of the out-of-fold rows, (stop_row - first_row,).
    tails
        Scores of each block's tail; empty where it has none.
    today
        Scores of the last session's rows.
    drivers
        Shares of the features in these, (n_today, n_features); empty where the model has no such features.
    quantiles, today_quantiles
        Lowest and highest quantile of the return, (n_oof, 2) and (n_today, 2); empty where the model gives none.
    """

    model: str
    oof: FloatArray
    tails: list[FloatArray]
    today: FloatArray
    probability: bool
    fits: int = 0
    cached: int = 0
    seconds: float = 0.0
    train_rows: list[int] = field(default_factory=list)
    peak_mb: float = 0.0
    devices: set[str] = field(default_factory=set)
    drivers: FloatArray = field(default_factory=lambda: np.empty((0, 0)))
    quantiles: FloatArray = field(default_factory=lambda: np.empty((0, 2)))
    today_quantiles: FloatArray = field(default_factory=lambda: np.empty((0, 2)))


def cut(panel: Panel, member: BoolArray, matrices: Matrices, settings: Settings, evaluated: int | None = None) -> Walk:
    """Cut the rows into walk-forward blocks.

    Parameters
    ----------
    evaluated
        How many sessions, from the first on, figures may depend on; all unless given. Later ones are trained on for
        today, and enter no fold, no calibration and no outcome that a figure comes from.

    Raises
    ------
    DataError
        If there are too few sessions.
    """
    sessions, ahead = len(panel.sessions), settings.horizon[1]
    evaluated = sessions if evaluated is None else evaluated
    folds = walk_forward(
        evaluated,
        horizon_end=ahead,
        initial_train=settings.initial_train,
        test_block=settings.test_block,
        embargo=settings.embargo,
        window=settings.window,
        train_sessions=settings.train_sessions,
    )
    # Today's model trains on everything whose outcome is known.
    last_known = sessions - 1 - ahead
    if evaluated < sessions and not _calibrates_before(evaluated, settings):
        # It is calibrated on the end of its own training window, which must not be the holdout.
        last_known = evaluated - 1 - ahead
    start = max(0, last_known - settings.train_sessions + 1) if settings.window == "rolling" else 0
    today = Fold(len(folds), start, last_known, sessions - 1, sessions)
    blocks = []
    for fold in [*folds, today]:
        enough = _calibrates_before(min(fold.train_end + ahead + 1, evaluated), settings)
        inner = None if enough else inner_tail(fold, horizon_end=ahead)
        tail = (inner.tail_start, inner.tail_end) if inner else None
        blocks.append(Block(fold, tail, inner.fit_end if inner else fold.train_end))
    latest = outcomes(panel, member, matrices, settings, sessions)
    return Walk(
        panel=panel,
        member=member,
        matrices=matrices,
        settings=settings,
        blocks=tuple(blocks),
        final=latest if evaluated == sessions else outcomes(panel, member, matrices, settings, evaluated),
        latest=latest,
        evaluated=evaluated,
        first_row=matrices.rows_before(settings.initial_train),
        stop_row=matrices.rows_before(evaluated),
    )


def _calibrates_before(stop: int, settings: Settings) -> bool:
    """Tell whether enough out-of-fold dates have a known outcome by the first ``stop`` sessions to calibrate on."""
    return stop - settings.horizon[1] - settings.initial_train >= CALIBRATION_DATES
