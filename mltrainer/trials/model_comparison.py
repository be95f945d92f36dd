"""The action ``model_comparison``: one leaderboard of models on the same rows and folds, every difference tested."""

from typing import Any

import numpy as np

from mltrainer.data.panel import FloatArray
from mltrainer.evaluation.differences import adjusted, daily_brier, diebold_mariano
from mltrainer.models.registry import BASELINES, members_of
from mltrainer.settings.errors import ActionFailed, MltrainerError
from mltrainer.settings.result import Compared, Comparison, FailedModel, Warned
from mltrainer.trials.forecast import Bench, Forecast, open_bench, split_models
from mltrainer.trials.forecasting import Answer, document
from mltrainer.trials.job import Job
from mltrainer.trials.scratch import scratch
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
        models = [name for name in (*singles, *ensembles) if name in bench.said]
        ranked = sorted(models, key=lambda name: _skill(bench, name), reverse=True)
        found = bench.finish(ranked, ranked[0])
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


def _skill(bench: Bench, name: str) -> float:
    skill = bench.judge(name)[0].brier_skill
    return -np.inf if skill is None else skill


def _warned(name: str, error: MltrainerError) -> Warned:
    return Warned(code="model_failed", message=f"{name} is not in the table: {error.message}")


def _leaderboard(found: Forecast, failed: dict[str, MltrainerError]) -> Comparison:
    """Return the table of a forecast whose rows are ranked, with tests against the best and against volatility."""
    losses = {name: _daily_loss(found, name) for name in (*(row.model for row in found.rows), VOLATILITY)}
    best = found.rows[0].model
    horizon_end = found.walk.settings.horizon[1]
    tests = {
        (row.model, against): diebold_mariano(losses[row.model], losses[other], horizon_end=horizon_end)
        for row in found.rows
        for against, other in (("to_best", best), ("to_volatility", VOLATILITY))
        if row.model != other
    }
    share = dict(zip(tests, adjusted([test.p for test in tests.values()]), strict=True))
    rows = []
    for rank, row in enumerate(found.rows, start=1):
        figures: dict[str, Any] = {"brier_skill": row.brier_skill, "auc": row.auc, "rank_ic": row.rank_ic}
        for (model, against), test in tests.items():
            if model == row.model:
                figures |= {against: test.mean, f"{against}_p": test.p, f"{against}_q": share[model, against]}
        rows.append(Compared(rank=rank, model=row.model, **figures))
    return Comparison(
        best=best,
        test_dates=len(losses[best]),
        rows=rows,
        failed=[FailedModel(model=name, code=error.code, message=error.message) for name, error in failed.items()],
    )


def _daily_loss(found: Forecast, name: str) -> FloatArray:
    scored = found.scored
    return daily_brier(scored.date, found.said[name].probability[scored.rows], scored.event)
