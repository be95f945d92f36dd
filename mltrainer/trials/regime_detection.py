"""The action ``regime_detection``: where the market stands between calm and crisis."""

import hashlib
import json
from typing import Any

from mltrainer.regime.summary import summary
from mltrainer.settings.result import ResultDocument
from mltrainer.trials import curves
from mltrainer.trials.certificate import certify_regime, leak_warnings
from mltrainer.trials.data_said import data_part, data_warnings
from mltrainer.trials.job import Job
from mltrainer.trials.market import STATES, known_series, regime_of


def run(job: Job) -> tuple[ResultDocument, list[dict[str, Any]]]:
    """Detect the regime and return the document; nothing is tried that significance would count.

    Raises
    ------
    DataError
        If there are too few sessions.
    """
    panel = job.panel
    job.stage("regime", 0, 1)
    states = job.arguments.get("states") or STATES
    kept = job.kept_states
    history = regime_of(panel, states=states, seed=job.request.seed, kept=kept)
    job.spent.cached_fits = kept.taken if kept else 0
    job.spent.fits = history.fits - job.spent.cached_fits
    regime = summary(history, known_series(panel, "T10Y3M"), job.evaluated)
    curves.save(job.folder, regime=curves.regime_curve(history))
    certificate = [certify_regime(job, history, states)]
    job.stage("regime", 1, 1)
    mark = "SIMULATED: " if panel.simulated else ""
    digest = hashlib.sha256(json.dumps(regime.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()
    document = ResultDocument(
        trial_id=job.trial_id,
        action=job.action,
        status="succeeded",
        headline=f"{mark}regime {regime.label}, score {regime.score:.0f} of 100 on {regime.as_of}",
        settings=job.shown_settings(),
        data=data_part(job, members=False),
        regime=regime,
        leak_certificate=certificate,
        warnings=[*leak_warnings(certificate), *data_warnings(job)],
        suggestions=["run momentum_screening and read its confidence with the regime in mind"],
        provenance=job.provenance(f"sha256:{digest}"),
    )
    return document, []
