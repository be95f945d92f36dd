"""The action ``deep_analysis``: what the past says about single candidates of a finished screening."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from mltrainer.data.panel import Panel
from mltrainer.data.universe import membership
from mltrainer.evaluation.effective import effective_size, wilson
from mltrainer.evaluation.sentence import sentence_of
from mltrainer.regime.score import label_of
from mltrainer.settings.errors import DataError
from mltrainer.settings.parameters import Settings
from mltrainer.settings.result import ResultDocument, Warned
from mltrainer.trials.chosen import chosen_candidates
from mltrainer.trials.data_said import data_part, data_warnings
from mltrainer.trials.job import Job
from mltrainer.trials.market import STATES, regime_of
from mltrainer.trials.matrices import prepare
from mltrainer.trials.outlook import Past, outlook
from mltrainer.trials.predictions import FILE
from mltrainer.trials.scratch import scratch

ANALOGUES = 200
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def run(job: Job) -> tuple[ResultDocument, list[dict[str, Any]]]:
    """Analyse tickers of a screening by its stored predictions and the bars.

    Raises
    ------
    UsageError
        If there is no screening, or a ticker was not among its candidates.
    """
    screening = job.screening or {}
    chosen = chosen_candidates(screening, job.arguments)
    job = _under_settings_of(screening, job)
    settings = job.settings
    job.stage("analysis", 0, len(chosen))
    path = job.home / "trials" / screening["trial_id"] / FILE
    ranking = screening["ranked_by"]
    predictions = pd.read_parquet(path, filters=[("model", "==", ranking)])
    known = predictions.dropna(subset=["outcome", "realized_return"])
    session = known["date"].map({pd.Timestamp(day): place for place, day in enumerate(job.panel.sessions)})
    known = known.assign(session=session).dropna(subset=["session"])
    # A test outside of conversations may have looked at the holdout: what followed there stays out of this one.
    known = known[known["session"] + settings.horizon[1] < job.evaluated]
    past = _past(job, settings, known)
    tickers = []
    for done, candidate in enumerate(chosen, start=1):
        ahead = outlook(past, candidate, job.evaluated, settings.seed)
        tickers.append(_ticker(job.panel, settings, candidate, known, ahead))
        job.stage("analysis", done, len(chosen))
    analysis = {"screening": screening["trial_id"], "model": ranking, "tickers": tickers}
    digest = hashlib.sha256(json.dumps(analysis, sort_keys=True).encode()).hexdigest()
    warnings = data_warnings(job)
    if screening["data"]["fingerprint"] != job.panel.fingerprint:
        text = f"the data changed since {screening['trial_id']}: bars are of now, predictions of then"
        warnings.append(Warned(code="data_changed", message=text))
    mark = "SIMULATED: " if job.panel.simulated else ""
    names = ", ".join(entry["ticker"] for entry in tickers)
    document = ResultDocument(
        trial_id=job.trial_id,
        action=job.action,
        status="succeeded",
        headline=f"{mark}a closer look at {names}, from the predictions of {screening['trial_id']}",
        event=sentence_of(settings.model_dump()),
        settings=job.shown_settings(),
        data=data_part(job, members=True),
        holdout=job.holdout_part(included=(screening.get("holdout") or {}).get("included", not job.sealed)),
        analysis=analysis,
        warnings=warnings,
        provenance=job.provenance(f"sha256:{digest}"),
    )
    return document, []


def _under_settings_of(screening: dict[str, Any], job: Job) -> Job:
    """Return the job with the settings under which the screening was run: its figures are what is looked at."""
    settings = {name: value for name, value in screening["settings"].items() if name in Settings.model_fields}
    own = {name: value for name, value in job.arguments.items() if name not in Settings.model_fields}
    return replace(job, arguments=settings | own, defaulted=screening["settings"].get("defaulted", []))


def _past(job: Job, settings: Settings, known: pd.DataFrame) -> Past:
    """Return what is known of the past of the screening that is looked at."""
    panel = job.panel
    matrices = None
    if job.screening and job.screening["data"]["fingerprint"] == panel.fingerprint:
        member, _ = membership(panel, settings.universe)
        with scratch(job.cache) as folder:
            matrices, _ = prepare(panel, member, job.cache, folder, feature_set=settings.feature_set)
    try:
        history = regime_of(panel, states=STATES, seed=job.request.seed, kept=job.kept_states)
        labels = [label_of(score) if np.isfinite(score) else "" for score in history.score.tolist()]
    except DataError:
        # Too short a past for a regime: the analysis stands without it.
        labels = []
    place = {ticker: column for column, ticker in enumerate(panel.tickers)}
    column = known["ticker"].map(place)
    return Past(panel, settings, known.assign(column=column).dropna(subset=["column"]), matrices, labels)


def _ticker(
    panel: Panel, settings: Settings, candidate: dict[str, Any], known: pd.DataFrame, ahead: dict[str, Any]
) -> dict[str, Any]:
    ticker, confidence = candidate["ticker"], candidate["confidence"]
    horizon = settings.horizon[1]
    own = known[known["ticker"] == ticker]
    near = known.iloc[np.argsort(np.abs(known["probability"].to_numpy() - confidence), kind="stable")[:ANALOGUES]]
    facts = {
        "ticker": ticker,
        "rank": candidate["rank"],
        "confidence": confidence,
        "last_close": candidate["last_close"],
        "drivers": candidate.get("drivers"),
        **ahead,
        "own_record": _record(own, horizon),
        "analogues": _record(near.sort_values("session", kind="stable"), horizon) | _range(near["probability"]),
        "risk": _risk(panel, ticker, horizon),
        "by_model": candidate.get("by_model", {}),
        "probability_down": candidate.get("probability_down"),
        "confidence_volatility_only": candidate.get("confidence_volatility_only"),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _range(probability: pd.Series) -> dict[str, list[float]]:
    """Return between which probabilities the analogues lie; nothing where there is none."""
    return {"probability_range": [float(probability.min()), float(probability.max())]} if len(probability) else {}


def _record(rows: pd.DataFrame, horizon: int) -> dict[str, Any]:
    """Return how past predictions turned out: counts, hit rate with a 90 % interval, quantiles of the return."""
    count = len(rows)
    if not count:
        return {"n": 0}
    rate = float(rows["outcome"].mean())
    worth = effective_size(rows["session"].to_numpy(dtype=np.int64), horizon_end=horizon)
    return {
        "n": count,
        "n_eff": worth,
        "hits": int(rows["outcome"].sum()),
        "hit_rate": rate,
        "hit_rate_interval": list(wilson(rate, worth)),
        "mean_probability": float(rows["probability"].mean()),
        "return_quantiles": {f"{q:g}": float(rows["realized_return"].quantile(q)) for q in QUANTILES},
    }


def _risk(panel: Panel, ticker: str, horizon: int) -> dict[str, float]:
    """Return volatility, drawdown and the spread of past returns over the horizon, from the last 252 sessions."""
    if ticker not in panel.tickers:
        raise DataError(f"{ticker} is no longer in the data", hint="run the screening again", code="data_changed")
    column = panel.tickers.index(ticker)
    broken = np.flatnonzero(panel.void[:, column] & np.isfinite(panel.close[:, column]))
    # What lies before a bar of another scale says nothing about today's price.
    first = max(len(panel.sessions) - 253, int(broken[-1]) if len(broken) else 0)
    close = panel.close[first:, column]
    close = close[np.isfinite(close)]
    returns = np.diff(np.log(close))
    ahead = close[horizon:] / close[:-horizon] - 1
    facts = {
        "annual_volatility": float(returns.std(ddof=1) * np.sqrt(252)) if len(returns) > 1 else None,
        "drawdown_now": float(close[-1] / close.max() - 1) if len(close) else None,
        "worst_drawdown": float((close / np.maximum.accumulate(close)).min() - 1) if len(close) else None,
        "worst_return_over_horizon": float(ahead.min()) if len(ahead) else None,
        "best_return_over_horizon": float(ahead.max()) if len(ahead) else None,
    }
    return {name: value for name, value in facts.items() if value is not None}
