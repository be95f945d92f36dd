"""The audit of a stored trial: every leak check at full size, and the trial again under other circumstances.

What survives another seed, each half of the universe, doubled costs and inputs of the day before may be more than luck.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from mltrainer.evaluation.overfitting import BY_CHANCE
from mltrainer.models.registry import members_of
from mltrainer.settings.errors import DataError, UsageError
from mltrainer.settings.parts.evaluation import EvaluationRow
from mltrainer.trials.audit_checks import full_checks, said_with_inputs_of_yesterday
from mltrainer.trials.backtest_paths import VOLATILITY, plan_paths, run_paths
from mltrainer.trials.bench import Bench, open_bench
from mltrainer.trials.evaluate import BASE_RATE, evaluation_row
from mltrainer.trials.forecast import Forecast, forecast
from mltrainer.trials.job import Job
from mltrainer.trials.scratch import scratch
from mltrainer.trials.significance import overfitting_of

# What each figure is where nothing was learned; without one it is compared with the base rate.
NOTHING = {"auc": 0.5, "brier_skill": 0.0, "rank_ic": 0.0, "excess_return_at_k": 0.0, "sharpe": 0.0}
# A figure that keeps less than this of what it was above nothing has fallen.
KEPT = 0.5


def audit(job: Job) -> dict[str, Any]:
    """Audit the trial that a job repeats.

    Returns
    -------
    dict
        ``model``, ``checks`` (as in the certificate, at full size), ``figures`` (each with its value in the trial,
        under each change and of ``volatility`` alone, and a ``verdict``), ``paths`` (the figures on every path of
        combinatorial purged cross-validation, see `_paths`), ``unavailable`` (what could not be done, and why).

    Raises
    ------
    UsageError
        If the trial evaluated no model.
    """
    if not (job.screening or {}).get("evaluation"):
        raise UsageError(
            f"trial {job.trial_id} evaluated no model: there is nothing to audit",
            hint="name a finished screening or test; see: mltrainer trials list",
            code="nothing_to_audit",
        )
    job = replace(job, screening=None, certified=False)
    found = forecast(job)
    changed: dict[str, EvaluationRow] = {}
    unavailable: dict[str, str] = {}
    for name, variant in _variants(job).items():
        try:
            changed[name] = _row(forecast(_named(variant, name)), found.chosen)
        except DataError as error:
            unavailable[name] = error.message
    with scratch(job.cache) as folder:
        bench = open_bench(job, folder)
        changed["inputs of the day before"] = _yesterday(_named(job, "inputs of the day before"), bench, found)
        checks = full_checks(_named(job, "leak checks"), bench, found, folder)
        try:
            paths = {"paths": _paths(job, bench, found)}
        except DataError as error:
            paths, unavailable["backtest paths"] = {}, error.message
    return {
        "model": found.chosen,
        "checks": [one.model_dump(exclude_none=True) for one in checks],
        "figures": _figures(_row(found, found.chosen), changed, _volatility(found)),
        "unavailable": unavailable,
    } | paths


def _variants(job: Job) -> dict[str, Job]:
    """Return the trial under other circumstances."""
    tickers = np.array(job.panel.tickers)[job.member.any(axis=0)]
    order = np.random.default_rng(job.settings.seed).permutation(len(tickers))
    halves = [frozenset(tickers[order[side::2]].tolist()) for side in (0, 1)]
    return {
        "other seed": replace(job, arguments=job.arguments | {"seed": job.settings.seed + 1}),
        "one half of the tickers": replace(job, confined=halves[0]),
        "the other half": replace(job, confined=halves[1]),
        "doubled costs": replace(job, arguments=job.arguments | {"cost_bps": min(500, 2 * job.settings.cost_bps)}),
    }


def _named(job: Job, name: str) -> Job:
    """Return the job with its name before every stage of its progress."""

    def progress(**step: Any) -> None:
        job.progress(**step | {"stage": f"{name}: {step['stage']}"})

    return replace(job, progress=progress)


def _yesterday(job: Job, bench: Bench, found: Forecast) -> EvaluationRow:
    said = said_with_inputs_of_yesterday(job, bench, members_of(found.chosen), found.chosen)
    return evaluation_row(bench.walk, said, found.said[BASE_RATE], bench.scored)[0]


def _row(found: Forecast, model: str) -> EvaluationRow:
    return next(row for row in found.rows if row.model == model)


def _paths(job: Job, bench: Bench, found: Forecast) -> dict[str, Any]:
    """Return how the figures vary over the paths of combinatorial purged cross-validation.

    Returns
    -------
    dict
        ``groups``, of which ``tested`` are tested at a time, in ``splits`` splits; ``cost`` in times of the trial's own
        fits, ``fits`` and ``seconds`` of what was fitted; ``model``; ``figures``, each in the ``trial``, on all
        ``paths``, where ``nothing`` was learned, and of ``volatility`` alone on the same paths; ``pbo``, where there
        are models enough: the probability of backtest overfitting on each path.
    """
    plan = plan_paths(bench.walk)
    made = run_paths(_named(job, f"{plan.cost:.1f} times the fits of the trial on backtest paths"), bench, found, plan)
    original = _row(found, found.chosen)
    figures = []
    for name, nothing in (NOTHING | {"precision_at_k": original.base_rate}).items():
        # What a calibrated probability is worth cannot be seen on paths: there they are as they come from the model.
        if name != "brier_skill" and (value := _value(original, name)) is not None:
            line = {"figure": name, "nothing": nothing, "trial": value}
            paths, alone = ([_value(row, name) for row in rows] for rows in (made.rows, made.volatility))
            figures.append(line | {"paths": paths, "volatility": alone})
    report = {
        "groups": plan.groups,
        "tested": plan.tested,
        "splits": len(plan.splits),
        "cost": plan.cost,
        "fits": made.fits,
        "seconds": round(made.seconds, 1),
        "model": made.model,
        "figures": figures,
    }
    overfitting = [overfitting_of(daily, found.horizon_end) for daily in made.daily]
    if all(overfitting):
        report["pbo"] = {"models": made.models, "paths": [one["pbo"] for one in overfitting], "by_chance": BY_CHANCE}
    return report


def _volatility(found: Forecast) -> EvaluationRow:
    return next(row for row in found.baselines if row.model == VOLATILITY)


def _figures(
    original: EvaluationRow, changed: dict[str, EvaluationRow], volatility: EvaluationRow
) -> list[dict[str, Any]]:
    """Return each figure in the trial, of volatility alone and under each change, and whether it survives."""
    lines = []
    for name, nothing in {**NOTHING, "precision_at_k": original.base_rate}.items():
        value = _value(original, name)
        if value is None:
            continue
        others = {change: _value(row, name) for change, row in changed.items()}
        line: dict[str, Any] = {"figure": name, "trial": value, "nothing": nothing}
        line |= {"changes": {change: other for change, other in others.items() if other is not None}}
        if (alone := _value(volatility, name)) is not None:
            line["volatility"] = alone
        if between := original.intervals.get(name):
            line |= {"lower": between[0], "upper": between[1]}
        lines.append(line | {"verdict": _verdict(line)})
    return lines


def _value(row: EvaluationRow, name: str) -> float | None:
    found = (row.portfolio or {}).get("sharpe") if name == "sharpe" else getattr(row, name)
    return None if found is None else float(found)


def _verdict(line: dict[str, Any]) -> str:
    nothing, gain = line["nothing"], line["trial"] - line["nothing"]
    # Volatility needs no model: who moves much reaches a target more often, either way.
    for hurdle, name in ((nothing, "nothing learned"), (line.get("volatility", nothing), "volatility alone")):
        if line["trial"] <= hurdle:
            return f"no better than {name}"
        if line.get("lower", line["trial"]) <= hurdle:
            return f"not distinguishable from {name}"
    fallen = [change for change, value in line["changes"].items() if value - nothing < KEPT * gain]
    return f"falls with: {', '.join(fallen)}" if fallen else "survives"
