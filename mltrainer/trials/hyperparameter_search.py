"""The action ``hyperparameter_search``: better parameters from the first training window, then judged on what follows.

The search sees the sessions before the first test block and nothing else: each set of parameters is fitted and scored
on purged walk-forward blocks inside that window. What is found is then walked forward once, beside the parameters that
held before, over blocks that played no part in the choice.
"""

import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mltrainer.evaluation.by_date import area_under_curve, group_dates
from mltrainer.evaluation.differences import diebold_mariano
from mltrainer.evaluation.splits import MINIMUM_TRAIN, walk_forward
from mltrainer.models.registry import MODELS, members_of
from mltrainer.settings.errors import ActionFailed, DataError, MltrainerError, UsageError
from mltrainer.settings.parameters import ParameterValue, Settings
from mltrainer.settings.parts.comparison import Searched, Tried
from mltrainer.settings.result import Warned
from mltrainer.trials.bench import Bench, open_bench
from mltrainer.trials.fit_task import FitTask
from mltrainer.trials.forecast import Forecast, finish
from mltrainer.trials.forecasting import Answer, document
from mltrainer.trials.job import Job
from mltrainer.trials.labels import outcomes
from mltrainer.trials.scoring import fit_tasks, known_folder, run_tasks
from mltrainer.trials.scratch import scratch
from mltrainer.trials.search_space import Sampler
from mltrainer.trials.selection import daily_loss
from mltrainer.trials.significance import attempt, attempts
from mltrainer.trials.verdicts import search_headline, warnings_of
from mltrainer.trials.walk import Block, Walk

TRIES = 20
BLOCKS = 3
# Tries whose parameters are drawn together: their fits run side by side. It does not depend on the number of workers,
# so that the same seed draws the same parameters everywhere.
TOGETHER = 4
SHOWN = 10

Params = dict[str, ParameterValue]


def run(job: Job) -> Answer:
    """Search parameters for every chosen model, one after the other, and judge what was found.

    A search that was stopped goes on where it was: the same seed draws the same parameters, and their fits are kept.

    Raises
    ------
    MltrainerError
        If a model has nothing to search, the first training window is too short, or nothing could be fitted.
    """
    models = list(dict.fromkeys(member for model in job.settings.models for member in members_of(model)))
    if fixed := [name for name in models if not MODELS[name].params]:
        raise UsageError(f"{fixed[0]} has no parameters to search", hint="choose other models", code="wrong_value")
    started = time.monotonic()
    with scratch(job.cache) as folder:
        bench = open_bench(job, folder)
        inner = _inner_walk(bench.walk)
        found = {}
        for place, model in enumerate(models, start=1):
            seconds = job.arguments.get("seconds")
            until = None if seconds is None else started + seconds * place / len(models)
            found[model] = _search(job, inner, folder, model, until)
        return _judged(job, bench, found)


@dataclass(frozen=True)
class _Found:
    """What the search of one model came to: tries in order, the first with the parameters that held before."""

    sampler: Sampler
    tries: list[Tried]
    failed: int

    @property
    def best(self) -> Tried:
        return max(self.tries, key=lambda one: one.auc)


def _inner_walk(walk: Walk) -> Walk:
    """Return the first training window as a walk of its own, with nothing known that came later.

    Raises
    ------
    DataError
        If it is too short.
    """
    settings, ahead = walk.settings, walk.settings.horizon[1]
    first = walk.blocks[0].fold
    window = first.train_end + 1
    train = max(window // 2, MINIMUM_TRAIN + ahead + 1)
    block = (window - train) // BLOCKS
    if block < 5:
        raise DataError(
            f"too short a first training window to search in: {window} sessions, of which {train} are needed to train",
            hint="raise initial_train, or take a shorter horizon",
            code="data_insufficient",
        )
    # The last block takes what the division left over.
    starts = walk_forward(train + BLOCKS * block, horizon_end=ahead, initial_train=train, test_block=block)[:BLOCKS]
    folds = [*starts[:-1], replace(starts[-1], test_stop=window)]
    known = outcomes(walk.panel, walk.member, walk.matrices, settings, first.test_start)
    blocks = tuple(Block(fold, None, fold.train_end) for fold in folds)
    return replace(
        walk,
        blocks=blocks,
        final=known,
        latest=known,
        evaluated=window,
        first_row=walk.matrices.rows_before(train),
        stop_row=walk.matrices.rows_before(window),
    )


def _search(job: Job, walk: Walk, folder: Path, model: str, until: float | None) -> _Found:
    wanted = job.arguments.get("tries") or TRIES
    sampler = Sampler(model, job.settings.model_params.get(model, {}), seed=job.settings.seed)
    tries: list[Tried] = []
    failed = 0
    error: MltrainerError | None = None
    while (asked := len(tries) + failed) < wanted and not (tries and until and time.monotonic() >= until):
        job.stage("search", asked, wanted, model=model)
        drawn = sampler.draw(min(TOGETHER, wanted - asked))
        for params, outcome in zip(drawn, _scored(job, walk, folder, model, drawn), strict=True):
            sampler.learn(params, None if isinstance(outcome, MltrainerError) else outcome.auc)
            if isinstance(outcome, MltrainerError):
                failed, error = failed + 1, outcome
            else:
                tries.append(outcome)
    if not tries:
        raise error or ActionFailed(f"no parameters of {model} could be tried")
    job.stage("search", len(tries) + failed, wanted, model=model)
    return _Found(sampler, tries, failed)


def _scored(job: Job, walk: Walk, folder: Path, model: str, drawn: list[Params]) -> list[Tried | MltrainerError]:
    """Fit sets of parameters on every inner block and return how well each told the event from the rest."""
    known = known_folder(folder)
    walks = [replace(walk, settings=_with_params(job.settings, {model: one})) for one in drawn]
    by_params = [fit_tasks(one, model, known) for one in walks]
    failed: dict[tuple[tuple[str, ParameterValue], ...], MltrainerError] = {}

    def fail(task: FitTask, error: MltrainerError) -> None:
        failed[task.params] = error

    results, cached = run_tasks(
        walk,
        list(dict.fromkeys(task for tasks in by_params for task in tasks)),
        known,
        engine=job.engine,
        kept=job.cache,
        fresh=job.fresh,
        progress=lambda **_: None,
        on_failure=fail,
    )
    job.spent.fits += len(results) - len(cached)
    job.spent.cached_fits += len(cached)
    job.spent.fit_seconds += sum(result.seconds for task, result in results.items() if task not in cached)
    found: list[Tried | MltrainerError] = []
    for params, tasks in zip(drawn, by_params, strict=True):
        if error := failed.get(tasks[0].params):
            found.append(error)
        else:
            areas = [_area(walk, task, results[task].test) for task in tasks]
            found.append(Tried(params=params, auc=float(np.mean(areas)), auc_by_block=areas))
    return found


def _area(walk: Walk, task: FitTask, score: np.ndarray) -> float:
    event = walk.final.event[slice(*task.test)]
    known = ~np.isnan(event)
    area = area_under_curve(score[known], event[known], group_dates(np.zeros(int(known.sum()), dtype=np.int64)))
    if not len(area) or np.isnan(area[0]):
        raise DataError(
            "the target event never or always happened in a block of the first training window: nothing to compare by",
            hint="choose another target or horizon",
            code="one_class",
        )
    return float(area[0])


def _with_params(settings: Settings, params: dict[str, Params]) -> Settings:
    """Return the settings with the parameters of some models replaced."""
    return settings.model_copy(update={"model_params": settings.model_params | params})


def _judged(job: Job, bench: Bench, found: dict[str, _Found]) -> Answer:
    """Walk the best parameters forward beside those that held before, and write the document."""
    models = list(found)
    best = {model: one.best.params for model, one in found.items()}
    before = _walked(bench, job, models)
    tuned_job = replace(job, arguments=job.arguments | {"model_params": job.settings.model_params | best})
    after = _walked(bench, tuned_job, models)
    searched = [_summary(job, model, one, before, after) for model, one in found.items()]
    tried = [
        attempt(job, model) | {"key": f"search|{sorted(one.params.items())}|{attempt(job, model)['key']}"}
        for model, search in found.items()
        for one in search.tries
    ]
    extra = {
        "search": searched,
        "headline": search_headline(job, searched),
        "suggestions": [f"use these: --params {one.use}" for one in searched if one.best.params != one.before.params],
    }
    warning = Warned(
        code="best_of_many",
        message=f"the best of {sum(one.tries for one in searched)} tries looks better inside the first training window "
        "than it is; the walk-forward figures beside it are those to trust",
    )
    beside = [*tried, *attempts(before)]
    return document(job, after, [*warnings_of(job, after), warning], extra, beside)


def _walked(bench: Bench, job: Job, models: list[str]) -> Forecast:
    own = Bench(job, Path(tempfile.mkdtemp(dir=bench.folder)), replace(bench.walk, settings=job.settings), bench.scored)
    own.say(models)
    return finish(own, models, models[0])


def _summary(job: Job, model: str, search: _Found, before: Forecast, after: Forecast) -> Searched:
    inner = [before.walk.panel.dates[0], before.walk.panel.dates[before.walk.blocks[0].fold.train_end]]
    losses = [daily_loss(one.scored, one.said[model]) for one in (after, before)]
    test = diebold_mariano(*losses, horizon_end=job.settings.horizon[1])
    ranked = sorted(search.tries, key=lambda one: one.auc, reverse=True)
    return Searched(
        model=model,
        tries=len(search.tries),
        failed=search.failed,
        first=inner[0],
        last=inner[1],
        space=search.sampler.space,
        before=search.tries[0],
        best=search.best,
        top=ranked[:SHOWN],
        evaluation_before=next(row for row in before.rows if row.model == model),
        difference=test.mean,
        difference_p=test.p,
        use=",".join(f"{model}.{name}={value}" for name, value in search.best.params.items()),
    )
