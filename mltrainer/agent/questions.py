"""Answers to plain questions, from the registry, the store and the facts of the session. Nothing is invented."""

from collections.abc import Sequence
from typing import Any

from mltrainer.actions.describe import show_value
from mltrainer.agent.explain import confidence_lines, past_line, proof_line, regime_lines, skill_lines
from mltrainer.agent.spoken import model_name, screening_sentence
from mltrainer.settings.parameters import Settings

# Settings that a look at what would run begins with; the rest stands in /settings.
_FIRST_SETTINGS = (
    "models", "model_params", "label", "horizon", "target_return", "confidence_threshold", "universe", "top_k", "seed",
)  # fmt: skip
_SHOWN_CANDIDATES = 5


def about_models(models: Sequence[dict[str, Any]]) -> str:
    """Return the registry by family."""
    families: dict[str, list[str]] = {}
    for one in models:
        families.setdefault(one["family"], []).append(f"`{one['name']}`")
    lines = ["These models are at hand:", "", "| family | models |", "|---|---|"]
    lines += [f"| {family} | {', '.join(names)} |" for family, names in families.items()]
    lines[0] = f"These {len(models)} models are at hand:"
    return "\n".join([*lines, "", "Several of them together also give their ensemble mean; `/models lstm` shows one."])


def about_trials(trials: Sequence[dict[str, Any]]) -> str:
    """Return the table of the session's trials, oldest first, from the store's list of the newest."""
    if not trials:
        return "Nothing was tried in this session yet."
    lines = ["What was tried in this session:", "", "| trial | action | outcome | seconds |", "|---|---|---|---|"]
    for one in reversed(trials):
        outcome = one.get("headline") or one.get("error") or one["status"]
        simulated = "SIMULATED: " if one.get("simulated") and not outcome.startswith("SIMULATED") else ""
        took = one.get("seconds")
        # One digit alone is too coarse to be looked up again.
        seconds = "" if took is None else f"{took:.1f}" if took >= 1 else f"{took:.2f}"
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


def about_few(document: dict[str, Any] | None) -> str:
    """Return why so few candidates qualify, and what a lower threshold would change."""
    if not document or document.get("qualified") is None:
        return "There is no screening yet, so nothing could qualify."
    count, total = document["qualified"], len(document["candidates"])
    threshold = show_value("confidence_threshold", document["settings"].get("confidence_threshold"))
    rows = document.get("evaluation", [])
    rare = f" It happened in {100 * rows[0]['base_rate']:.1f} % of all cases," if rows else ""
    lines = [
        *_mark(document),
        f"In trial {document['trial_id']} {count} of {total} qualify at {threshold}.",
        f"The event is rare.{rare} and honest probabilities stay near that." if rows else "",
        *confidence_lines(document),
        "A lower threshold shows more names and changes no forecast; a lower target or a longer horizon makes the "
        "event itself more frequent, for chance as well.",
    ]
    return "\n".join(line for line in lines if line)


def about_skill(document: dict[str, Any] | None) -> str:
    """Return which model was best, and whether it is better than volatility alone and than luck."""
    if not document:
        return "No model was evaluated yet."
    ranked = sorted((row for row in document["evaluation"] if row.get("auc") is not None), key=lambda row: -row["auc"])
    order = ", ".join(f"{model_name(row['model'])} {row['auc']:.3f}" for row in ranked[:_SHOWN_CANDIDATES])
    named = [f"By AUC in trial {document['trial_id']}: {order}."] if order else []
    return "\n".join([*_mark(document), *named, *skill_lines(document)])


def about_candidates(document: dict[str, Any] | None, settings: Settings, count: int | None = None) -> str:
    """Return the first candidates of a screening, or propose one; what to buy is nothing that this program says."""
    if not document:
        return f"There is no screening yet, so there are no candidates. {screening_sentence(settings, {})}"
    lines = [
        *_mark(document),
        f"The first candidates of trial {document['trial_id']}, by probability of the event; this is no advice to buy:",
        "",
        "| ticker | confidence | verdict | last close | target price |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {one['ticker']} | {100 * one['confidence']:.1f} % | {one['verdict']} | {one['last_close']:.2f} "
        f"| {one['target_price']:.2f} |"
        for one in document["candidates"][: count or _SHOWN_CANDIDATES]
    ]
    return "\n".join([*lines, "", f"All of them: /show {document['trial_id']} candidates"])


def about_ticker(ticker: str, document: dict[str, Any] | None) -> str:
    """Return where a ticker stands in a screening."""
    place = next((one for one in (document or {}).get("candidates", []) if one["ticker"] == ticker), None)
    if not document or not place:
        where = f"is no candidate of trial {document['trial_id']}" if document else "was in no screening yet"
        return f"{ticker} {where}, so I can say nothing of it."
    lines = [
        *_mark(document),
        f"{ticker} has rank {place['rank']} in trial {document['trial_id']}: "
        f"confidence {100 * place['confidence']:.1f} %, verdict {place['verdict']}, last close "
        f"{place['last_close']:.2f}, target price {place['target_price']:.2f}.",
    ]
    if support := place.get("support"):
        lines.append(past_line(support))
    return "\n".join([*lines, f"Let's take a closer look at {ticker}."])


def about_proof(document: dict[str, Any] | None) -> str:
    """Return how a result can be checked: what was fitted, and the commands that open, repeat and hand it over."""
    if not document:
        return "Nothing was run yet."
    trial = document["trial_id"]
    lines = [*_mark(document), *proof_line(document)]
    return "\n".join(
        [
            *lines,
            "",
            f"- `mltrainer trials show {trial}` opens settings, data, folds and times",
            f"- `mltrainer trials rerun {trial}` computes it again without any cache and compares",
            f"- `mltrainer trials export {trial} --predictions FILE.parquet` hands you every prediction",
        ]
    )


def about_settings(settings: Settings) -> str:
    """Return what the next trial would run with."""
    values = settings.model_dump(mode="json")
    lines = ["The next trial runs with these settings:", "", "| setting | value |", "|---|---|"]
    lines += [f"| {name.replace('_', ' ')} | {_in_cell(show_value(name, values[name]))} |" for name in _FIRST_SETTINGS]
    return "\n".join([*lines, "", "/settings shows all of them; each changes in plain words as well."])


def _mark(document: dict[str, Any]) -> list[str]:
    return ["SIMULATED data."] if document.get("data", {}).get("simulated") else []


def about_regime(document: dict[str, Any]) -> str:
    """Return the regime of a result that has one."""
    return "\n".join([*_mark(document), *regime_lines(document)]).strip()


def _in_cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")
