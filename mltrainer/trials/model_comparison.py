"""The action ``model_comparison``: one leaderboard of models on the same rows and folds, every difference tested."""

from typing import Any

import numpy as np

from mltrainer.evaluation.differences import Difference, adjusted, diebold_mariano
from mltrainer.models.registry import BASELINES, members_of
from mltrainer.settings.errors import ActionFailed, MltrainerError
from mltrainer.settings.parts.comparison import Compared, Comparison, FailedModel
from mltrainer.settings.parts.evaluation import EvaluationRow
from mltrainer.settings.result import Warned
from mltrainer.trials.bench import open_bench, split_models
from mltrainer.trials.forecast import Forecast, finish
from mltrainer.trials.forecasting import Answer, document
from mltrainer.trials.job import Job
from mltrainer.trials.scratch import scratch
from mltrainer.trials.selection import daily_loss
from mltrainer.trials.verdicts import comparison_headline, suggestions_of, warnings_of

VOLATILITY = "volatility_only"


def run(job: Job) -> Answer:
    """Compare the models of a job; one that fails is listed with its reason and does not stop the others.

    Raises
    ------
    MltrainerError
        If the data do not suffice or all models fail.
    """
    with scratch(job.cache) as folder:
        bench = open_bench(job, folder)
        failed: dict[str, MltrainerError] = {}
        singles, ensembles = split_models(job.settings.models)
        bench.say([*singles, *ensembles], failed)
        _refuse_if_nothing_is_left(singles, failed)
        failed |= {name: _without(name, failed) for name in ensembles if name not in bench.said}
        left = [name for name in (*singles, *ensembles) if name in bench.said]
        models = list(dict.fromkeys([*left, *bench.select([name for name in singles if name in left])]))
        judged = bench.judge(models)
        ranked = sorted(models, key=lambda name: _skill(judged[name][0]), reverse=True)
        found = finish(bench, ranked, ranked[0])
    comparison = _leaderboard(found, failed)
    warnings = [*warnings_of(job, found), *(_warned(name, error) for name, error in failed.items())]
    extra = {
        "comparison": comparison,
        "headline": comparison_headline(job, comparison),
        "suggestions": suggestions_of(job, [], found),
    }
    return document(job, found, warnings, extra)


def _refuse_if_nothing_is_left(singles: list[str], failed: dict[str, MltrainerError]) -> None:
    for name in (*BASELINES, *singles):
        # Without the baselines there is nothing to compare with; their failure is one of the data.
        if name in failed and (name in BASELINES or all(one in failed for one in singles)):
            raise failed[name]


def _without(ensemble: str, failed: dict[str, MltrainerError]) -> ActionFailed:
    lost = [name for name in members_of(ensemble) if name in failed]
    return ActionFailed(f"{ensemble} cannot be formed: its member {lost[0]} failed", code="member_failed")


def _skill(row: EvaluationRow) -> float:
    return -np.inf if row.brier_skill is None else row.brier_skill


def _warned(name: str, error: MltrainerError) -> Warned:
    return Warned(code="model_failed", message=f"{name} is not in the table: {error.message}")


def _leaderboard(found: Forecast, failed: dict[str, MltrainerError]) -> Comparison:
    """Return the table of a forecast whose rows are ranked, with tests against the best and against volatility."""
    best = found.rows[0].model
    losses = {name: daily_loss(found.scored, said) for name, said in found.said.items()}
    days = np.unique(found.scored.date)
    chosen = found.selection.ensembles if found.selection else ()
    fair_from = found.selection.fair_from if found.selection else 0

    def test(model: str, other: str) -> Difference:
        first = np.searchsorted(days, fair_from) if {model, other} & set(chosen) else 0
        return diebold_mariano(losses[model][first:], losses[other][first:], horizon_end=found.walk.settings.horizon[1])

    tests = {
        (row.model, against): test(row.model, other)
        for row in found.rows
        for against, other in (("to_best", best), ("to_volatility", VOLATILITY))
        if row.model != other
    }
    p = {pair: one.p for pair, one in tests.items() if one.p is not None}
    q = dict(zip(p, adjusted(list(p.values())), strict=True))
    rows = []
    for rank, row in enumerate(found.rows, start=1):
        figures: dict[str, Any] = {"brier_skill": row.brier_skill, "auc": row.auc, "rank_ic": row.rank_ic}
        for (model, against), one in tests.items():
            if model == row.model:
                figures |= {against: one.mean, f"{against}_p": one.p, f"{against}_q": q.get((model, against))}
        if row.model in chosen:
            figures["tested_from"] = found.walk.panel.dates[fair_from]
        rows.append(Compared(rank=rank, model=row.model, **figures))
    return Comparison(
        best=best,
        test_dates=len(days),
        rows=rows,
        failed=[FailedModel(model=name, code=error.code, message=error.message) for name, error in failed.items()],
    )
