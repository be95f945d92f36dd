"""From a result to entries of the ledger: what was predicted, by which version of which model."""

import hashlib
import json
from typing import Any

from mltrainer.settings.parameters import EVENT, READING_ONLY

_FIGURES = ("rank", "expected_return", "interval", "max_entry", "target_price", "stop_loss", "calibrated", "verdict")


def predictions_of(document: dict[str, Any], time: str) -> dict[str, dict[str, Any]]:
    """Return the predictions of a result by key: one for each candidate and model whose probability it shows.

    The key says what was predicted, not when: the same prediction of a trial that was run again has the same key.

    Parameters
    ----------
    document
        A result document; one without candidates has no predictions.
    time
        When they were shown, UTC.
    """
    if not document.get("candidates"):
        return {}
    settings, ranked_by = document["settings"], document["ranked_by"]
    version = version_of(document)
    event = {name: settings[name] for name in EVENT if name in settings}
    common = {
        "time": time,
        "trial": document["trial_id"],
        "as_of": document["data"]["as_of"],
        "simulated": document["data"]["simulated"],
        "threshold": settings["confidence_threshold"],
        "version": version,
    } | event
    found = {}
    for candidate in document["candidates"]:
        said = {ranked_by: candidate["confidence"]} | candidate["by_model"]
        for model, confidence in said.items():
            figures = {name: candidate[name] for name in _FIGURES if name in candidate} if model == ranked_by else {}
            body = common | {"ticker": candidate["ticker"], "model": model, "confidence": confidence}
            what = [candidate["ticker"], model, common["as_of"], confidence, event, version]
            key = f"{candidate['ticker']}/{model}/{common['as_of']}/{_digest(what)}"
            found[key] = body | {"price": candidate["last_close"]} | figures
    return found


def trial_entry(document: dict[str, Any], time: str, session_id: str | None, known: int, new: int) -> dict[str, Any]:
    """Return the entry that says which trial showed predictions, and with what they were made.

    Parameters
    ----------
    known, new
        How many of its predictions the ledger had already, and how many it did not.
    """
    proof, data = document["provenance"], document["data"]
    settings = {name: value for name, value in document["settings"].items() if name != "defaulted"}
    entry = {
        "time": time,
        "action": document["action"],
        "session": session_id,
        "predictions": known + new,
        "shown_before": known,
        "ranked_by": document["ranked_by"],
        "version": version_of(document),
        "settings": settings,
        "params": {row["model"]: row["params"] for row in document["evaluation"] if row.get("params")},
        "code": proof["code"],
        "digest": proof["digest"],
        "data": {
            name: data[name] for name in ("source", "simulated", "as_of", "fingerprint", "simulation") if name in data
        },
    }
    return {name: value for name, value in entry.items() if value is not None}


def version_of(document: dict[str, Any]) -> str:
    """Return what tells one version of the models from another: code, data, and every setting that they depend on."""
    settings = {
        name: value for name, value in document["settings"].items() if name != "defaulted" and name not in READING_ONLY
    }
    return _digest([document["provenance"]["code"], document["data"]["fingerprint"], settings])


def _digest(what: Any) -> str:
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]
