"""What turns the scores of a block into probabilities and expected returns, kept by the rows that it was fitted on.

With every new session a trial has one block more to calibrate; the rows of the others are what they were.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import FloatArray
from mltrainer.evaluation.calibration import (
    Calibrator,
    ReturnLine,
    calibrate_score,
    choose_calibrator,
    expected_return_line,
)
from mltrainer.evaluation.logistic import logit
from mltrainer.trials.engine import content_key
from mltrainer.trials.kept_values import load_json, save_json
from mltrainer.trials.versions import code_version, libraries


class Maps(NamedTuple):
    """A calibrator, None where too little is known for one, and the line from log-odds to the expected return."""

    calibrator: Calibrator | None
    line: ReturnLine

    def probability(self, score: FloatArray) -> FloatArray:
        """Return the probabilities of scores, which are shown as they are without a calibrator."""
        return self.calibrator.apply(score) if self.calibrator else score


class Past(NamedTuple):
    """Rows with known outcome: raw score, event, realised return (NaN where unknown), and session, (n,) each.

    Without sessions the rows are the tail of a training window: too few to choose a calibrator by.
    """

    score: FloatArray
    event: FloatArray
    realized: FloatArray
    date: npt.NDArray[np.int32] | None


def maps_of(past: Past, *, probability: bool, horizon_end: int, kept: Path | None) -> Maps:
    """Fit both maps on the past of a block, or take them over.

    Parameters
    ----------
    probability
        Whether the scores are probabilities.
    kept
        Folder of what earlier trials fitted; None fits anew.
    """
    if kept is None:
        return _fitted(past, probability, horizon_end)
    about = json.dumps([probability, horizon_end, past.date is None, code_version(), libraries()], sort_keys=True)
    rows = [values.data.cast("B") for values in past if values is not None]
    path = kept / f"{content_key('maps', about, *rows)}.json"
    if found := load_json(path):
        calibrator = found["calibrator"]
        if calibrator is not None:
            calibrator = Calibrator(**calibrator | {"parameters": tuple(calibrator["parameters"])})
        return Maps(calibrator, ReturnLine(*found["line"]))
    maps = _fitted(past, probability, horizon_end)
    save_json(path, {"calibrator": maps.calibrator and asdict(maps.calibrator), "line": list(maps.line)})
    return maps


def _fitted(past: Past, probability: bool, horizon_end: int) -> Maps:
    if not probability:
        calibrator: Calibrator | None = calibrate_score(past.score, past.event)
    elif past.date is None:
        calibrator = None
    else:
        calibrator = choose_calibrator(past.score, past.event, past.date, horizon_end=horizon_end)
    known = ~np.isnan(past.realized)
    if not known.any():
        return Maps(calibrator, ReturnLine(0.0, 0.0))
    base = log_odds(past.score, calibrator, probability=probability)
    return Maps(calibrator, expected_return_line(base[known], past.realized[known]))


def log_odds(score: FloatArray, calibrator: Calibrator | None, *, probability: bool) -> FloatArray:
    """Return what the line of the expected return runs on.

    That is the score itself where it is a probability: a stepwise calibrator would tie tickers that it tells apart.
    """
    return logit(score if probability or calibrator is None else calibrator.apply(score))
