"""What a trial's best Sharpe ratio is worth after everything that was tried on overlapping data."""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from mltrainer.data.panel import FloatArray
from mltrainer.evaluation.significance import expected_max_sharpe, psr_of_returns
from mltrainer.models.registry import members_of
from mltrainer.trials.job import Job

LEAST_DAYS = 63
SKETCH = 64


def attempts(job: Job, daily: dict[str, FloatArray]) -> list[dict[str, Any]]:
    """Return what this trial tried, one entry for each evaluated model, as the store keeps it."""
    return [
        attempt(job, model) | {"sharpe": _sharpe(returns)}
        for model, returns in daily.items()
        if len(returns) >= LEAST_DAYS
    ]


def attempt(job: Job, model: str) -> dict[str, Any]:
    """Return that a model was tried with the job's settings, without a Sharpe ratio over the test blocks."""
    return {
        "source": _source(job),
        "tickers": _sketch(job),
        "first": job.panel.dates[0],
        "last": job.panel.dates[-1],
        "label": job.settings.label,
        "model": model,
        "key": _key(job, model),
    }


def significance(job: Job, daily: dict[str, FloatArray], beside: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """Return how many models were tried on overlapping data with this label, and the deflated Sharpe ratio of the best.

    The same model with the same settings counts once, however often it was run. Ratios are per session, from the daily
    net returns of the picks (Bailey & López de Prado 2014). ``beside`` holds attempts that the job made besides its
    evaluated models; those without a Sharpe ratio count in number, not in spread.
    """
    mine = attempts(job, daily)
    entries = [entry for entry in (*job.tried, *beside, *mine) if _overlaps(job, entry)]
    found: dict[str, Any] = {"trials_in_family": len({entry["key"] for entry in entries})}
    if not mine:
        return found
    best = max(mine, key=lambda entry: entry["sharpe"])
    found |= {
        "best_model": best["model"],
        "sharpe": best["sharpe"] * np.sqrt(252),
        "probabilistic_sharpe": psr_of_returns(daily[best["model"]]),
    }
    sharpes = {entry["key"]: entry["sharpe"] for entry in entries if "sharpe" in entry}
    if len(sharpes) > 1:
        variance = float(np.var(list(sharpes.values()), ddof=1))
        luck = expected_max_sharpe(found["trials_in_family"], variance)
        found["deflated_sharpe"] = psr_of_returns(daily[best["model"]], benchmark=luck)
        found["sharpe_by_luck"] = luck * np.sqrt(252)
    return found


def _overlaps(job: Job, entry: dict[str, Any]) -> bool:
    """Tell whether an earlier attempt looked at some of the same bars with the same label."""
    panel = job.panel
    same = entry["source"] == _source(job) and entry["label"] == job.settings.label
    shared = not set(entry["tickers"]).isdisjoint(_sketch(job))
    return same and shared and entry["first"] <= panel.dates[-1] and entry["last"] >= panel.dates[0]


def _source(job: Job) -> str:
    """Return the market: an artificial one is another with every seed."""
    request = job.request
    return f"simulated {request.seed} {request.simulation}" if job.panel.simulated else "real"


def _sketch(job: Job) -> list[int]:
    """Return the smallest hashes of the tickers: sets that share names share some of these, others do not."""
    return sorted(zlib.crc32(ticker.encode()) for ticker in job.panel.tickers)[:SKETCH]


def _key(job: Job, model: str) -> str:
    """Return what makes an attempt one of its own: data, model with its parameters, and settings that train."""
    settings = job.settings.model_dump(mode="json", exclude={"models", "confidence_threshold", "model_params"})
    params = {name: job.settings.model_params.get(name, {}) for name in members_of(model)}
    return f"{job.panel.fingerprint[:23]}|{model}|{params}|{sorted(settings.items())}"


def _sharpe(returns: FloatArray) -> float:
    spread = float(returns.std(ddof=1))
    return float(returns.mean()) / spread if spread > 0 else 0.0
