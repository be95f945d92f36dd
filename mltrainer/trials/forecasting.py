"""The actions ``momentum_screening``, ``model_execution`` and ``walk_forward_test``."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mltrainer.data.panel import Panel
from mltrainer.regime.summary import summary
from mltrainer.settings.errors import DataError
from mltrainer.settings.result import LeakCheck, Regime, ResultDocument, Warned
from mltrainer.settings.stream import utc_now
from mltrainer.trials import curves
from mltrainer.trials.candidates import rank_candidates
from mltrainer.trials.certificate import certify_regime, leak_warnings
from mltrainer.trials.data_said import data_part
from mltrainer.trials.engine import content_key
from mltrainer.trials.forecast import Forecast, forecast
from mltrainer.trials.job import Job
from mltrainer.trials.kept_values import load_json, save_json
from mltrainer.trials.market import STATES, known_series, regime_of
from mltrainer.trials.significance import attempts, significance
from mltrainer.trials.verdicts import (
    at_threshold,
    contradicted,
    screening_headline,
    suggestions_of,
    target_sentence,
    test_headline,
    warnings_of,
)
from mltrainer.trials.versions import code_version, libraries

Answer = tuple[ResultDocument, list[dict[str, Any]]]


def screen(job: Job) -> Answer:
    """Rank today's universe by calibrated confidence, with the regime beside it."""
    # Read before anything runs beside: both need it.
    panel = job.panel
    with ThreadPoolExecutor(1) as pool:
        # Models are fitted by other processes; this one has time for the regime meanwhile.
        regime = pool.submit(_regime, job, panel)
        found = forecast(job)
        warnings = warnings_of(job, found)
        extra: dict[str, Any] = {}
        job.stage("regime", 0, 1)
        try:
            kept = regime.result()
        except DataError as error:
            # A screening without a regime is still a screening; the reader is told.
            warnings.append(Warned(code="regime_unavailable", message=error.message))
        else:
            extra["regime"] = Regime.model_validate(kept["regime"])
            found.certificate.append(LeakCheck.model_validate(kept["check"]))
            curves.save(job.folder, regime=kept["curve"])
    return _with_candidates(job, found, warnings, extra)


def execute_model(job: Job) -> Answer:
    """Evaluate the chosen model or ensemble and predict today's universe with it."""
    found = forecast(job)
    return _with_candidates(job, found, warnings_of(job, found), {})


def walk_forward_test(job: Job) -> Answer:
    """Judge the models over all folds, with costs, baselines and significance; today is left out."""
    found = forecast(job)
    volatility = next(row for row in found.baselines if row.model == "volatility_only")
    extra = {"headline": test_headline(job, found.rows, volatility), "suggestions": suggestions_of(job, [], found)}
    return document(job, found, warnings_of(job, found), extra)


def _with_candidates(job: Job, found: Forecast, warnings: list[Warned], extra: dict[str, Any]) -> Answer:
    candidates = rank_candidates(
        found.walk,
        found.said[found.chosen],
        found.members,
        found.said["volatility_only"],
        found.scored,
        found.intervals.today,
    )
    unforeseen = "unavailable: dates of earnings; a gap at the next report within the horizon is not foreseen"
    warnings = [
        *contradicted(candidates, job.settings.confidence_threshold),
        *warnings,
        Warned(code="earnings_unavailable", message=unforeseen),
    ]
    row = next(row for row in found.rows if row.model == found.chosen)
    extra |= {
        "candidates": candidates,
        "ranked_by": found.chosen,
        "qualified": sum(candidate.verdict == "qualified" for candidate in candidates),
        "headline": screening_headline(job, candidates, row.base_rate),
        "suggestions": suggestions_of(job, candidates, found),
    }
    return document(job, found, warnings, extra)


def document(
    job: Job, found: Forecast, warnings: list[Warned], extra: dict[str, Any], beside: Sequence[dict[str, Any]] = ()
) -> Answer:
    """Return the document of a forecast, and what it tried.

    Parameters
    ----------
    extra
        Parts that the action has of its own.
    beside
        What was tried besides the evaluated models.
    """
    made = ResultDocument(
        trial_id=job.trial_id,
        action=job.action,
        status="succeeded",
        event=target_sentence(job.settings),
        settings=job.shown_settings(),
        data=data_part(job, members=True),
        evaluation=found.rows,
        baselines=found.baselines,
        benchmarks=found.benchmarks,
        at_threshold=at_threshold(found.job, found),
        coverage=found.intervals.coverage,
        significance=significance(found, beside),
        leak_certificate=found.certificate,
        holdout=job.holdout_part(included=not job.sealed),
        warnings=[*leak_warnings(found.certificate), *warnings],
        provenance=job.provenance(found.digest),
        **extra,
    )
    return made, [*beside, *attempts(found)]


def _regime(job: Job, panel: Panel) -> dict[str, Any]:
    """Return the regime of the last session, its check and its curve, from an earlier trial if there is one."""
    about = json.dumps([STATES, job.request.seed, job.evaluated, code_version(), libraries()], sort_keys=True)
    path = job.cache / "regimes" / f"{content_key('regime', panel.fingerprint, about)}.json"
    if not job.fresh and (kept := load_json(path)):
        return kept | {"check": {"kept_from": kept["made"]} | kept["check"]}
    history = regime_of(panel, states=STATES, seed=job.request.seed, kept=job.kept_states)
    said = summary(history, known_series(panel, "T10Y3M"), job.evaluated).model_dump(mode="json", exclude_none=True)
    check = certify_regime(job, history, STATES).model_dump(mode="json", exclude_none=True)
    found = {"made": utc_now(), "regime": said, "check": check, "curve": curves.regime_curve(history)}
    save_json(path, found)
    return found
