"""From raw scores to what would have been shown on each day: probability and expected return.

Every block is calibrated on what was known when it was trained: out-of-fold rows of earlier blocks, or, before there
are enough of them, the tail of its own training window.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from mltrainer.data.panel import BoolArray, FloatArray
from mltrainer.trials.calibrators import Past, log_odds, maps_of
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


def calibrate(
    walk: Walk, scores: Scores, kept: Path | None = None, each: Callable[..., Iterable["Said"]] = map
) -> Confidence:
    """Turn a model's raw scores into calibrated probabilities and expected returns, block by block.

    Parameters
    ----------
    kept
        Folder of the calibrators of earlier trials; None fits all anew.
    each
        ``map``, or what does the same with blocks side by side: none needs another.
    """
    raw = [*(scores.oof[walk.oof_rows(block)] for block in walk.blocks[:-1]), scores.today]
    *past, today = each(partial(say_block, walk, scores, kept=kept), range(len(raw)), raw)
    count = len(scores.oof)
    probability, expected = np.empty(count), np.empty(count)
    calibrated = np.zeros(count, dtype=bool)
    tails: list[FloatArray] = []
    for block, said in zip(walk.blocks[:-1], past, strict=True):
        rows = walk.oof_rows(block)
        probability[rows], expected[rows], calibrated[rows] = said.probability, said.expected, said.calibrated
        tails.append(said.tail)
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


def say_block(walk: Walk, scores: Scores, position: int, raw: FloatArray, kept: Path | None = None) -> Said:
    """Calibrate one block's scores on what the block may know."""
    block = walk.blocks[position]
    past = _past(walk, scores, position)
    maps = maps_of(past, probability=scores.probability, horizon_end=walk.settings.horizon[1], kept=kept)
    chosen = maps.calibrator if past.date is not None else None
    return Said(
        probability=maps.probability(raw),
        expected=maps.line.apply(log_odds(raw, maps.calibrator, probability=scores.probability)),
        tail=maps.probability(scores.tails[position]) if block.tail else np.empty(0),
        calibrated=chosen is not None,
        calibrator=chosen.name if chosen else "uncalibrated",
    )


def _past(walk: Walk, scores: Scores, position: int) -> Past:
    """Return the rows whose outcome a block may know."""
    block = walk.blocks[position]
    if block.tail:
        score, date, rows = scores.tails[position], None, slice(*walk.rows(*block.tail))
    else:
        stop = walk.rows(0, min(block.fold.train_end, walk.evaluated - 1))[1] - walk.first_row
        score = scores.oof[:stop]
        rows = slice(walk.first_row, walk.first_row + stop)
        date = walk.matrices.date[rows]
    # Today's model may have learnt from the holdout; what is said with it is calibrated on what came before.
    outcome = walk.final if position == len(walk.blocks) - 1 else walk.known(position)
    event, realized = outcome.event[rows], outcome.realized[rows]
    known = ~np.isnan(event)
    return Past(score[known], event[known], realized[known], None if date is None else date[known])
