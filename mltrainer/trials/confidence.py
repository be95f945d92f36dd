"""From raw scores to what would have been shown on each day: probability and expected return.

Every block is calibrated on what was known when it was trained: out-of-fold rows of earlier blocks, or, before there
are enough of them, the tail of its own training window.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import BoolArray, FloatArray
from mltrainer.evaluation.calibration import (
    Calibrator,
    ReturnLine,
    calibrate_score,
    choose_calibrator,
    expected_return_line,
)
from mltrainer.evaluation.logistic import logit
from mltrainer.trials.walk import Scores, Walk


@dataclass
class Confidence:
    """What a model said, day by day, as it would have been shown.

    Parameters
    ----------
    score, probability, expected_return
        Out-of-fold rows, (n_oof,).
    calibrated
        True where the probability comes from a calibrator chosen on the past, (n_oof,).
    tails
        The probability of each block's tail, from which ensembles are made.
    today_score, today_probability, today_expected
        The last session's rows.
    from_probability
        Whether the scores are probabilities.
    drivers
        Shares of the features in today's scores, (n_today, n_features); empty where the model has no such features.
    quantiles, today_quantiles
        Lowest and highest quantile of the return that the model gives, (n_oof, 2) and (n_today, 2); empty where it
        gives none.
    """

    model: str
    score: FloatArray
    probability: FloatArray
    expected_return: FloatArray
    calibrated: BoolArray
    tails: list[FloatArray]
    today_score: FloatArray
    today_probability: FloatArray
    today_expected: FloatArray
    today_calibrated: bool
    calibrator: str
    from_probability: bool = True
    fits: int = 0
    seconds: float = 0.0
    train_rows: list[int] = field(default_factory=list)
    drivers: FloatArray = field(default_factory=lambda: np.empty((0, 0)))
    quantiles: FloatArray = field(default_factory=lambda: np.empty((0, 2)))
    today_quantiles: FloatArray = field(default_factory=lambda: np.empty((0, 2)))


def calibrate(walk: Walk, scores: Scores) -> Confidence:
    """Turn a model's raw scores into calibrated probabilities and expected returns, block by block."""
    count = len(scores.oof)
    probability, expected = np.empty(count), np.empty(count)
    calibrated = np.zeros(count, dtype=bool)
    tails: list[FloatArray] = []
    for position, block in enumerate(walk.blocks[:-1]):
        rows = walk.oof_rows(block)
        said = say_block(walk, scores, position, scores.oof[rows])
        probability[rows], expected[rows], calibrated[rows] = said.probability, said.expected, said.calibrated
        tails.append(said.tail)
    today = say_block(walk, scores, len(walk.blocks) - 1, scores.today)
    return Confidence(
        model=scores.model,
        score=scores.oof,
        probability=probability,
        expected_return=expected,
        calibrated=calibrated,
        tails=[*tails, today.tail],
        today_score=scores.today,
        today_probability=today.probability,
        today_expected=today.expected,
        today_calibrated=today.calibrated,
        calibrator=today.calibrator,
        from_probability=scores.probability,
        fits=scores.fits + scores.cached,
        seconds=scores.seconds,
        train_rows=scores.train_rows,
        drivers=scores.drivers,
        quantiles=scores.quantiles,
        today_quantiles=scores.today_quantiles,
    )


@dataclass(frozen=True)
class Said:
    """What one block says: probability and expected return of its rows, and the probability of its tail."""

    probability: FloatArray
    expected: FloatArray
    tail: FloatArray
    calibrated: bool
    calibrator: str


def say_block(walk: Walk, scores: Scores, position: int, raw: FloatArray) -> Said:
    """Calibrate one block's scores on what the block may know."""
    block = walk.blocks[position]
    if block.tail:
        past, date, rows = scores.tails[position], None, np.arange(*walk.rows(*block.tail))
    else:
        stop = walk.rows(0, min(block.fold.train_end, walk.evaluated - 1))[1] - walk.first_row
        past = scores.oof[:stop]
        rows = np.arange(walk.first_row, walk.first_row + stop)
        date = walk.matrices.date[rows]
    # Today's model may have learnt from the holdout; what is said with it is calibrated on what came before.
    outcome = walk.final if position == len(walk.blocks) - 1 else walk.known(position)
    event, realized = outcome.event[rows], outcome.realized[rows]
    known = ~np.isnan(event)
    calibrator = _calibrator(walk, scores, past[known], event[known], None if date is None else date[known])
    shape = calibrator.apply if calibrator else _as_it_is
    # The line runs on the score itself: a stepwise calibrator would tie tickers that the score tells apart.
    base = _as_it_is if scores.probability else shape
    line = _line(logit(base(past[known])), realized[known])
    return Said(
        probability=shape(raw),
        expected=line.apply(logit(base(raw))),
        tail=shape(past) if block.tail else np.empty(0),
        calibrated=calibrator is not None and date is not None,
        calibrator=calibrator.name if calibrator and date is not None else "uncalibrated",
    )


def _calibrator(
    walk: Walk, scores: Scores, past: FloatArray, event: FloatArray, date: npt.NDArray[np.int32] | None
) -> Calibrator | None:
    if not scores.probability:
        return calibrate_score(past, event)
    if date is None:
        return None
    return choose_calibrator(past, event, date, horizon_end=walk.settings.horizon[1])


def _line(odds: FloatArray, realized: FloatArray) -> ReturnLine:
    known = ~np.isnan(realized)
    return expected_return_line(odds[known], realized[known]) if known.any() else ReturnLine(0.0, 0.0)


def _as_it_is(score: FloatArray) -> FloatArray:
    return score
