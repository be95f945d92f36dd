"""The part of the leak certificate about what is said: calibration and weights of ensembles know only their past."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from mltrainer.models.registry import ensemble_kind, members_of
from mltrainer.settings.result import LeakCheck
from mltrainer.trials.confidence import Confidence, say_block
from mltrainer.trials.ensembles import block_rule
from mltrainer.trials.job import Job
from mltrainer.trials.poison import poisoned
from mltrainer.trials.walk import Scores, Walk

NOT_YET = "nothing is learned from earlier folds yet"


def calibration(job: Job, walk: Walk, said: Confidence, block: int) -> LeakCheck:
    """Calibrate a block again with other scores and other outcomes from its first session on."""
    name = "calibration_of_the_past"
    if walk.blocks[block].tail:
        return LeakCheck(check=name, passed=True, detail=NOT_YET)
    rows, again = _other_outcomes(job, walk, block)
    score = _other_from(rows.start, said.score, job.settings.seed)
    scores = Scores(said.model, score, said.tails, said.today_score, said.from_probability)
    now = say_block(again, scores, block, said.score[rows])
    same = np.array_equal(now.probability, said.probability[rows])
    same &= np.array_equal(now.expected, said.expected_return[rows], equal_nan=True)
    what = f"probabilities of {said.model} from {walk.panel.dates[walk.blocks[block].fold.test_start]} on"
    return LeakCheck(check=name, passed=bool(same), detail=what if same else f"{what}: change with it")


def weights(
    job: Job,
    walk: Walk,
    said: dict[str, Confidence],
    chosen: str,
    regimes: Callable[[], npt.NDArray[np.int64]],
    block: int,
) -> list[LeakCheck]:
    """Weigh the members of an ensemble again with other outcomes from the block's first session on; none for others."""
    kind = ensemble_kind(chosen)
    if not kind:
        return []
    name = "weights_of_the_past"
    if walk.blocks[block].tail:
        return [LeakCheck(check=name, passed=True, detail=NOT_YET)]
    rows, again = _other_outcomes(job, walk, block)
    members = np.column_stack([said[member].probability for member in members_of(chosen)])
    date = walk.matrices.date[walk.first_row :]
    days = regimes() if kind == "gated" else np.zeros(len(walk.panel.sessions), dtype=np.int64)
    rule = block_rule(again, kind, block, _other_from(rows.start, members, job.settings.seed), date, days)
    same = np.allclose(rule(members[rows], days[date[rows]]), said[chosen].score[rows], rtol=1e-9, atol=1e-12)
    what = f"weights of {chosen} from {walk.panel.dates[walk.blocks[block].fold.test_start]} on"
    return [LeakCheck(check=name, passed=bool(same), detail=what if same else f"{what}: change with it")]


def _other_outcomes(job: Job, walk: Walk, block: int) -> tuple[slice, Walk]:
    """Return the out-of-fold rows of a block, and the walk with other outcomes from its first session on."""
    fold = walk.blocks[block].fold
    rows = slice(*(row - walk.first_row for row in walk.rows(fold.test_start, fold.test_stop - 1)))
    other = poisoned(walk.panel, fold.test_start, seed=job.settings.seed)
    later = replace(walk.final, event=1 - walk.final.event, realized=-walk.final.realized)
    return rows, replace(walk, panel=other, final=later, latest=later)


def _other_from(row: int, values: npt.NDArray[np.float64], seed: int) -> npt.NDArray[np.float64]:
    """Return values that are exchanged for one another from a row on."""
    other = values.copy()
    other[row:] = np.random.default_rng(seed).permutation(other[row:])[::-1]
    return other
