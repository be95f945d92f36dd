"""A trial's models on other backtest paths over the same sessions: combinatorial purged cross-validation.

A walk-forward tests one order of events. Here every choice of groups of sessions is tested by models that learned from
the other groups, later ones too, so that the same dates are predicted several times over. The figures of these paths
say how much a result owes to the one order; they are no record of what could have been known, and no confidence that
users see is calibrated on them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import BoolArray, FloatArray
from mltrainer.evaluation.by_date import picking_order
from mltrainer.evaluation.calibration import calibrate_score, expected_return_line
from mltrainer.evaluation.combinatorial import CombinatorialSplit, combinatorial_splits, paths_of
from mltrainer.evaluation.logistic import logit
from mltrainer.evaluation.splits import Fold
from mltrainer.models.registry import MODELS, ensemble_id, members_of
from mltrainer.settings.errors import DataError
from mltrainer.settings.parts.evaluation import EvaluationRow
from mltrainer.trials.bench import Bench
from mltrainer.trials.confidence import Confidence
from mltrainer.trials.evaluate import BASE_RATE, evaluation_row, follow
from mltrainer.trials.forecast import Forecast
from mltrainer.trials.job import Job
from mltrainer.trials.labels import Outcomes
from mltrainer.trials.scoring import fit_tasks, known_folder, run_tasks
from mltrainer.trials.walk import Block, Walk

VOLATILITY = "volatility_only"
# Groups, and how many of them are tested at a time: the first that can be afforded is taken.
DESIGNS = ((10, 2), (8, 2), (6, 2), (5, 2), (4, 2))
# Times the rows that the trial itself learned from, over all fits.
AFFORDABLE = 2.0


@dataclass(frozen=True)
class Plan:
    """Which splits are made, and what they cost in times of the trial's own fits."""

    groups: int
    tested: int
    splits: list[CombinatorialSplit]
    cost: float


@dataclass(frozen=True)
class BacktestPaths:
    """Figures of a model and of volatility alone on every path, and what each model's picks returned.

    ``daily`` holds net returns, (n_days, n_models) a path.
    """

    plan: Plan
    model: str
    rows: list[EvaluationRow]
    volatility: list[EvaluationRow]
    daily: list[FloatArray]
    models: list[str]
    fits: int
    seconds: float


def plan_paths(walk: Walk) -> Plan:
    """Return the finest splits of the scored sessions whose fits cost at most twice what the trial's own did.

    Raises
    ------
    DataError
        If the data are too short for any, or none can be afforded.
    """
    spent = sum(_rows(walk, block.fold.train_start, block.fit_end + 1) for block in walk.blocks)
    first, ahead, cheapest = walk.folds[0].test_start, walk.settings.horizon[1], np.inf
    for groups, tested in DESIGNS:
        splits = combinatorial_splits(
            first,
            walk.evaluated,
            groups=groups,
            tested=tested,
            horizon_end=ahead,
            # A feature looks back: what follows a tested group waits until the group's labels are over.
            embargo=max(ahead, walk.settings.embargo),
        )
        cheapest = sum(_rows(walk, *span) for split in splits for span in split.train) / spent
        if cheapest <= AFFORDABLE:
            return Plan(groups, tested, splits, cheapest)
    raise DataError(
        f"other histories would cost at least {cheapest:.1f} times the fits of the trial, more than {AFFORDABLE:g}",
        hint="choose a shorter test block, which gives the trial itself more fits",
        code="too_costly",
    )


def run_paths(job: Job, bench: Bench, found: Forecast, plan: Plan) -> BacktestPaths:
    """Fit the trial's models on every split and judge them on every path.

    The ensemble is the mean of its members, whose scores become probabilities by what the other groups of a path say.

    Raises
    ------
    DataError
        If a model looks at the whole past, which no split can cut.
    MltrainerError
        If a fit fails.
    """
    walk = bench.walk
    singles = [name for name in found.said if name in MODELS]
    if whole := [name for name in singles if MODELS[name].inputs == "history"]:
        raise DataError(f"{', '.join(whole)} learns from the whole past of a ticker, and no split cuts that")
    split_walk = _with_splits(walk, plan.splits)
    known = known_folder(bench.folder)
    names = [*singles, VOLATILITY]
    tasks = [replace(task, explained=False) for name in names for task in fit_tasks(split_walk, name, known)]
    results, cached = run_tasks(
        split_walk,
        tasks,
        known,
        engine=job.engine,
        kept=job.cache,
        fresh=job.fresh,
        progress=lambda **step: job.stage(step.pop("stage"), step.pop("done"), step.pop("total"), **step),
    )
    scored = {(task.model, task.fold): results[task] for task in tasks}
    members = members_of(found.chosen)
    model = found.chosen if members == [found.chosen] else ensemble_id(members)
    models = list(dict.fromkeys([*singles, model]))
    rows: list[EvaluationRow] = []
    alone: list[EvaluationRow] = []
    daily: list[FloatArray] = []
    for path in paths_of(plan.splits):
        joined = _Path(walk, plan, path)
        said = {}
        for name in names:
            parts = {group: scored[name, place] for group, place in path.items()}
            raw = joined.join({group: part.test for group, part in parts.items()})
            said[name] = raw if next(iter(parts.values())).probability else joined.probability(raw)
        said.setdefault(model, np.mean([said[name] for name in members], axis=0))
        base = joined.said(BASE_RATE, joined.base_rate())
        for judged, name in ((rows, model), (alone, VOLATILITY)):
            judged.append(evaluation_row(walk, joined.said(name, said[name]), base, bench.scored)[0])
        daily.append(np.column_stack([follow(walk, picking_order(said[name], said[name])).returns for name in models]))
    seconds = sum(results[task].seconds for task in tasks if task not in cached)
    fits = sum(task.model != VOLATILITY for task in tasks if task not in cached)
    return BacktestPaths(plan, model, rows, alone, daily, models, fits, seconds)


def _rows(walk: Walk, start: int, stop: int) -> int:
    first, last = walk.rows(start, stop - 1)
    return last - first


def _with_splits(walk: Walk, splits: Sequence[CombinatorialSplit]) -> Walk:
    """Return the walk with a block for each split, whose labels are known where it trains and nowhere else."""
    blocks, known = [], []
    for place, split in enumerate(splits):
        fold = Fold(place, split.train[0][0], split.train[-1][1] - 1, split.test[0][0], split.test[-1][1])
        blocks.append(Block(fold, None, fold.train_end))
        trains = np.zeros(len(walk.panel.sessions), dtype=bool)
        for start, stop in split.train:
            trains[start:stop] = True
        known.append(_known_where(walk.final, trains[walk.matrices.date]))
    made = replace(walk, blocks=tuple(blocks), latest=known[-1])
    made._known.update(enumerate(known))
    return made


def _known_where(all_of: Outcomes, rows: BoolArray) -> Outcomes:
    event, down, realized = (np.where(rows, part, np.nan) for part in (all_of.event, all_of.down, all_of.realized))
    return Outcomes(event, down, realized, all_of.length)


@dataclass(frozen=True)
class _Path:
    """One path: each group of sessions as one split predicted it. All arrays are out-of-fold rows, (n_oof,)."""

    walk: Walk
    plan: Plan
    path: dict[int, int]

    @cached_property
    def oof(self) -> slice:
        """Return which rows of the walk these are."""
        return slice(self.walk.first_row, self.walk.stop_row)

    @cached_property
    def groups(self) -> dict[int, slice]:
        """Return the rows of each group."""
        found = {}
        for group, place in self.path.items():
            split = self.plan.splits[place]
            start, stop = split.test[split.tested.index(group)]
            first, last = self.walk.rows(start, stop - 1)
            found[group] = slice(first - self.oof.start, last - self.oof.start)
        return found

    @cached_property
    def others(self) -> dict[int, npt.NDArray[np.int64]]:
        """Return for each group the rows with a known outcome whose labels meet no label of the group."""
        date, ahead = self.walk.matrices.date[self.oof], self.walk.settings.horizon[1]
        known = ~np.isnan(self.walk.final.event[self.oof]) & ~np.isnan(self.walk.final.realized[self.oof])
        found = {}
        for group, rows in self.groups.items():
            far = (date < date[rows.start] - ahead) | (date > date[rows.stop - 1] + ahead)
            found[group] = np.flatnonzero(far & known)
        return found

    def join(self, scores: dict[int, FloatArray]) -> FloatArray:
        """Return the scores of all rows, from those of the whole span that the split of each group tested."""
        joined = np.empty(self.oof.stop - self.oof.start)
        for group, rows in self.groups.items():
            begins = self.walk.matrices.rows_before(self.plan.splits[self.path[group]].test[0][0]) - self.oof.start
            joined[rows] = scores[group][rows.start - begins : rows.stop - begins]
        return joined

    def by_group(self, say: Callable[[slice, npt.NDArray[np.int64]], FloatArray | float]) -> FloatArray:
        """Return what is said of each group's rows from the rows of the others."""
        said = np.empty(self.oof.stop - self.oof.start)
        for group, rows in self.groups.items():
            said[rows] = say(rows, self.others[group])
        return said

    def probability(self, score: FloatArray) -> FloatArray:
        """Return scores that are no probabilities as such."""
        event = self.walk.final.event[self.oof]
        return self.by_group(lambda rows, others: calibrate_score(score[others], event[others]).apply(score[rows]))

    def base_rate(self) -> FloatArray:
        """Return how often the event happened."""
        event = self.walk.final.event[self.oof]
        return self.by_group(lambda rows, others: float(event[others].mean()))

    def said(self, model: str, probability: FloatArray) -> Confidence:
        """Return what a model said: its probability, and the return that came with such a one."""
        odds, realized = logit(probability), self.walk.final.realized[self.oof]
        none = np.empty(0)
        return Confidence(
            model=model,
            score=probability,
            probability=probability,
            expected_return=self.by_group(
                lambda rows, others: expected_return_line(odds[others], realized[others]).apply(odds[rows])
            ),
            calibrated=np.zeros(len(probability), dtype=bool),
            tails=[],
            today_score=none,
            today_probability=none,
            today_expected=none,
            today_calibrated=False,
            calibrator="uncalibrated",
        )
