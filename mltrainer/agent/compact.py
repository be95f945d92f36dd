"""What the AI reads of a result: a compact text under 2,000 tokens; the whole stays in the store."""

import json
from typing import Any

# About four characters a token.
MAX_CHARACTERS = 7_000
TOP = 10

_METRICS = ("auc", "brier_skill", "ece", "information_coefficient", "rank_ic", "precision_at_k", "highest_probability")
_EVALUATION = ("model", "folds", "fits", "test_rows", "base_rate", *_METRICS)
_CANDIDATE = (
    "rank",
    "ticker",
    "confidence",
    "confidence_volatility_only",
    "expected_return",
    "interval",
    "last_close",
    "max_entry",
    "target_price",
    "stop_loss",
    "probability_down",
    "verdict",
)


def compact(document: dict[str, Any]) -> str:
    """Return the result document as the AI reads it: the head in words, the figures as JSON lines.

    Parameters
    ----------
    document
        A result document; parts that it lacks are left out.
    """
    lines = [f"Result of trial {document.get('trial_id', '?')}: {document['action']}, {document['status']}."]
    data = document.get("data", {})
    if data.get("simulated"):
        lines.append("SIMULATED data: the figures say nothing about a real market.")
    lines += [document[key] for key in ("headline", "event") if document.get(key)]
    if data:
        keys = ("source", "as_of", "first", "last", "tickers", "sessions", "rows", "delay", "fault_counts")
        told = {key: data[key] for key in keys if data.get(key)}
        lines.append(f"data: {_json(told | {'excluded': len(data.get('excluded', []))})}")
    if settings := document.get("settings"):
        lines.append(f"settings: {_json(settings)}")
    for name in ("evaluation", "baselines"):
        lines += [f"{name}: {_json(_metrics(row))}" for row in document.get(name, [])]
    if "qualified" in document:
        lines.append(f"qualified: {document['qualified']} of {len(document.get('candidates', []))}")
    candidates = document.get("candidates", [])
    if candidates:
        lines.append(f"first {min(TOP, len(candidates))} of {len(candidates)} candidates by confidence:")
        lines += [_json(_candidate(one)) for one in candidates[:TOP]]
    analysis = document.get("analysis") or {}
    lines += [f"analysis: {_json(one)}" for one in analysis.get("tickers", [])]
    for name in ("regime", "significance", "provenance"):
        if part := document.get(name):
            lines.append(f"{name}: {_json(_trimmed(part))}")
    lines += [f"warning ({one['code']}): {one['message']}" for one in document.get("warnings", [])]
    lines.append(f"More is in the store: show_results with trial {document.get('trial_id', '?')} and a section.")
    return _shortened(lines)


def compact_lookup(action: str, found: dict[str, Any]) -> str:
    """Return the answer of a look-up as the AI reads it."""
    if found.get("schema") and found.get("action"):
        return compact(found)
    if action == "list_models":
        keys = ("name", "family", "role", "inputs", "params")
        return "\n".join(_json({key: model[key] for key in keys if model.get(key)}) for model in found["models"])
    return _cut(_json(_rounded(found)), MAX_CHARACTERS)


def _metrics(row: dict[str, Any]) -> dict[str, Any]:
    told = {key: row[key] for key in _EVALUATION if key in row}
    intervals = {key: value for key, value in row.get("intervals", {}).items() if key in _METRICS}
    return told | ({"interval_90": intervals} if intervals else {})


def _candidate(one: dict[str, Any]) -> dict[str, Any]:
    told = {key: one[key] for key in _CANDIDATE if key in one}
    if support := one.get("support"):
        told["support"] = {key: support[key] for key in ("n", "hits", "lower") if key in support}
    return told


def _trimmed(part: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is long or of no use for an explanation: histories, library versions."""
    return {key: value for key, value in part.items() if key not in ("history", "libraries", "digest", "code", "cache")}


def _shortened(lines: list[str]) -> str:
    """Cut the longest lines until the text fits; each cut is visible."""
    width = 1_400
    text = "\n".join(lines)
    while len(text) > MAX_CHARACTERS and width > 60:
        text = "\n".join(_cut(line, width) for line in lines)
        width = width * 3 // 4
    return _cut(text, MAX_CHARACTERS)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 12]} ...(cut)"


def _json(value: Any) -> str:
    return json.dumps(_rounded(value), separators=(",", ":"), ensure_ascii=False)


def _rounded(value: Any) -> Any:
    """Round to four significant digits: enough to explain, short to read."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(one) for one in value]
    return value
