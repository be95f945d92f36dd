"""Answers to plain questions, from the registry, the store and the facts of the session. Nothing is invented."""

from collections.abc import Sequence
from typing import Any

from mltrainer.agent.explain import confidence_lines, regime_lines


def about_models(models: Sequence[dict[str, Any]]) -> str:
    """Return the registry by family."""
    families: dict[str, list[str]] = {}
    for one in models:
        families.setdefault(one["family"], []).append(f"`{one['name']}`")
    lines = ["These models are at hand:", "", "| family | models |", "|---|---|"]
    lines += [f"| {family} | {', '.join(names)} |" for family, names in families.items()]
    return "\n".join([*lines, "", "Several of them together also give their ensemble mean; `/models lstm` shows one."])


def about_trials(trials: Sequence[dict[str, Any]]) -> str:
    """Return the table of the session's trials, oldest first, from the store's list of the newest."""
    if not trials:
        return "Nothing was tried in this session yet."
    lines = ["What was tried in this session:", "", "| trial | action | outcome | seconds |", "|---|---|---|---|"]
    for one in reversed(trials):
        outcome = one.get("headline") or one.get("error") or one["status"]
        simulated = "SIMULATED: " if one.get("simulated") and not outcome.startswith("SIMULATED") else ""
        seconds = f"{one['seconds']:.1f}" if one.get("seconds") is not None else ""
        lines.append(f"| {one['trial_id']} | `{one['action']}` | {simulated}{_in_cell(outcome)} | {seconds} |")
    return "\n".join([*lines, "", "Each can be opened and proven with `trials show ID`."])


def about_data(data: dict[str, Any]) -> str:
    """Return what data the session works on."""
    head = "SIMULATED data" if data.get("simulated") else f"Data from {data.get('source', 'an unknown source')}"
    lines = [
        f"{head}: {data.get('tickers', 0):,} tickers, "
        f"{data.get('sessions', 0):,} sessions from {data.get('first', 'unknown')} to {data.get('last', 'unknown')}.",
        f"Delay: {data.get('delay') or 'unavailable'}.",
        f"Sectors: {', '.join(data.get('sectors') or []) or 'unavailable'}.",
        f"Macro series: {', '.join(map(str, data.get('macro') or [])) or 'unavailable'}.",
    ]
    faults = data.get("faults") or {}
    found = ", ".join(f"{count:,} of {code.replace('_', ' ')}" for code, count in faults.items())
    return "\n".join([*lines, f"Faults that the quality gate found: {found or 'none'}."])


def about_confidence(document: dict[str, Any] | None) -> str:
    """Return what confidence means, with the figures of the latest screening."""
    meaning = (
        "Confidence is the calibrated probability of the target event: the share of predictions like it that came "
        "true out of sample. It is never far above what happened before; the base rate says how rare the event is."
    )
    if not document or not document.get("candidates"):
        return f"{meaning}\n\nThere is no screening yet that has figures for it."
    simulated = "SIMULATED data. " if document["data"]["simulated"] else ""
    rows = document.get("evaluation", [])
    rate = [f"The base rate was {100 * rows[0]['base_rate']:.1f} %."] if rows else []
    return "\n".join([meaning, "", f"{simulated}In trial {document['trial_id']}:", *confidence_lines(document), *rate])


def about_regime(document: dict[str, Any]) -> str:
    """Return the regime of a result that has one."""
    simulated = ["SIMULATED data."] if document.get("data", {}).get("simulated") else []
    return "\n".join([*simulated, *regime_lines(document)]).strip()


def _in_cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")
