"""What the AI reads of a result: a compact text under 2,000 tokens; the whole stays in the store."""

import json
from collections.abc import Callable, Sequence
from typing import Any

# Text full of figures has about 2.8 characters a token.
MAX_CHARACTERS = 5_600
TOP = 10

_Column = tuple[str, Callable[[dict[str, Any]], Any]]


def _key(name: str) -> _Column:
    return name, lambda row: row.get(name)


def _with_interval(name: str) -> _Column:
    """Return a column of a metric with its 90 % interval."""

    def show(row: dict[str, Any]) -> Any:
        value, between = row.get(name), row.get("intervals", {}).get(name)
        return (
            f"{_short(value)} [{_short(between[0])},{_short(between[1])}]" if between and value is not None else value
        )

    return name, show


def _inside(part: str, name: str) -> _Column:
    """Return a column of a figure in a part of the row, called as references to it are."""
    return f"{part}.{name}", lambda row: (row.get(part) or {}).get(name)


_EVALUATION = (
    *map(_key, ("model", "folds", "fits", "test_rows", "base_rate")),
    *map(_with_interval, ("auc", "brier_skill")),
    _key("ece"),
    *map(_with_interval, ("information_coefficient", "rank_ic", "precision_at_k")),
    _key("highest_probability"),
    *(_inside("portfolio", name) for name in ("sharpe", "cagr", "max_drawdown", "turnover")),
)
_PROMOTED = tuple(map(_key, ("model", "figure", "before", "holdout", "lower", "upper", "verdict")))
_BENCHMARKS = (_key("name"), *(_inside("portfolio", name) for name in ("sharpe", "cagr", "max_drawdown")))
_CANDIDATES = (
    *map(_key, ("rank", "ticker", "confidence", "confidence_volatility_only", "expected_return")),
    ("interval", lambda row: ",".join(map(_short, row["interval"])) if row.get("interval") else None),
    *map(_key, ("last_close", "max_entry", "target_price", "stop_loss", "probability_down", "verdict")),
    *(_inside("support", name) for name in ("hits", "n", "lower")),
    _key("correlation"),
    (
        "drivers",
        lambda row: " ".join(f"{one['feature']}:{one['share']:+.2f}" for one in row.get("drivers", [])) or None,
    ),
)
_LEADERBOARD = tuple(
    map(
        _key,
        ("rank", "model", "brier_skill", "auc", "rank_ic", "to_best", "to_best_q", "to_volatility", "to_volatility_q"),
    )
)
_SEARCH = ("model", "tries", "failed", "first", "last", "space", "before", "best", "difference", "difference_p", "use")
# Long, and of no use for an explanation; show_results opens them.
_LEFT_OUT = (
    "history",
    "states",
    "libraries",
    "digest",
    "code",
    "cache",
    "engine",
    "workers",
    "threads",
    "peak_memory_mb",
    "started",
)


def compact(document: dict[str, Any]) -> str:
    """Return the result document as the AI reads it: the head in words, figures as tables, no key without a value.

    Parameters
    ----------
    document
        A result document; parts that it lacks are left out. What is too long is cut, visibly.
    """
    if "trial_id" not in document:
        return f"{document['action']}, {document['status']}: {document.get('headline', '')}"
    data, settings = document.get("data", {}), document.get("settings", {})
    candidates = document.get("candidates", [])
    lines = [f"Result of trial {document.get('trial_id', '?')}: {document['action']}, {document['status']}."]
    if data.get("simulated"):
        lines.append("SIMULATED data: the figures say nothing about a real market.")
    lines += [document[key] for key in ("headline", "event") if document.get(key)]
    if data:
        keys = ("source", "as_of", "first", "last", "tickers", "sessions", "rows", "delay", "fault_counts")
        told = {key: data[key] for key in keys if data.get(key)}
        lines.append(f"data: {_json(told | {'excluded': len(data.get('excluded', []))})}")
    defaulted = [name for name in settings.get("defaulted", []) if name in settings]
    chosen = {key: value for key, value in settings.items() if key != "defaulted" and key not in defaulted}
    if settings:
        lines.append(f"settings that were chosen: {_json(chosen)}")
        lines.append(f"settings by default: {_json({name: settings[name] for name in defaulted})}")
    if comparison := document.get("comparison"):
        lines += _table(f"leaderboard over {comparison['test_dates']} dates", comparison["rows"], _LEADERBOARD)
        lines += [f"failed: {one['model']}: {one['message']}" for one in comparison.get("failed", [])]
    searches = [{key: one[key] for key in _SEARCH if key in one} for one in document.get("search", [])]
    lines += [f"search: {_json(one)}" for one in searches]
    for name in ("evaluation", "baselines"):
        lines += _table(f"{name} (90 % intervals)", document.get(name, []), _EVALUATION)
    if promoted := document.get("promotion"):
        seen = "looked at before" if promoted["contaminated"] else "not looked at before"
        title = f"holdout {promoted['first']} to {promoted['last']}, {promoted['dates']} dates, {seen}"
        lines += _table(title, promoted["figures"], _PROMOTED)
    lines += _table("benchmarks", document.get("benchmarks", []), _BENCHMARKS)
    if past := document.get("at_threshold"):
        lines.append(f"past predictions at the threshold: {_json(past)}")
    if held := document.get("coverage"):
        lines.append(f"coverage of the {100 * held['level']:.0f} % intervals of the return: {_json(held)}")
    if "qualified" in document:
        lines.append(f"qualified: {document['qualified']} of {len(candidates)}")
    title = f"first candidates of {len(candidates)} by confidence (80 % intervals)"
    lines += _table(title, candidates[:TOP], _CANDIDATES)
    analysis = document.get("analysis") or {}
    lines += [f"analysis: {_json(_without_examples(one))}" for one in analysis.get("tickers", [])]
    for name in ("regime", "holdout", "significance", "provenance"):
        if part := document.get(name):
            lines.append(f"{name}: {_json({key: value for key, value in part.items() if key not in _LEFT_OUT})}")
    if certificate := document.get("leak_certificate"):
        passed = sum(one["passed"] for one in certificate)
        lines.append(f"leak certificate: {passed} of {len(certificate)} checks passed")
    lines += [f"warning ({one['code']}): {one['message']}" for one in document.get("warnings", [])]
    return _shortened(lines, f"More is in the store: show_results with trial {document.get('trial_id', '?')}.")


def _without_examples(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what was found of a ticker without the single past days like today: their summary stays."""
    alike = {name: value for name, value in facts.get("historical_analogues", {}).items() if name != "examples"}
    return facts | ({"historical_analogues": alike} if alike else {})


def compact_lookup(action: str, found: dict[str, Any]) -> str:
    """Return the answer of a look-up as the AI reads it."""
    if found.get("schema") and found.get("action"):
        return compact(found)
    if action == "list_models":
        keys = ("name", "family", "role", "inputs", "params")
        return "\n".join(_json({key: model[key] for key in keys if model.get(key)}) for model in found["models"])
    return _cut(_json(found), MAX_CHARACTERS)


def _table(title: str, rows: Sequence[dict[str, Any]], columns: Sequence[_Column]) -> list[str]:
    """Return a table with a line a row; columns that no row has are left out."""
    used = [(name, read) for name, read in columns if any(read(row) is not None for row in rows)]
    if not used:
        return []
    lines = [f"{title}:", "|".join(name for name, _ in used)]
    return lines + ["|".join("" if read(row) is None else _short(read(row)) for _, read in used) for row in rows]


def _shortened(lines: list[str], ending: str) -> str:
    """Cut the longest lines until the text fits; the first lines and the ending stay."""
    width, limit = 1_200, MAX_CHARACTERS - len(ending) - 1
    text = "\n".join(lines)
    while len(text) > limit and width > 60:
        text = "\n".join(_cut(line, width) for line in lines)
        width = width * 4 // 5
    return f"{_cut(text, limit)}\n{ending}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 9]} ...(cut)"


def _json(value: Any) -> str:
    return json.dumps(_rounded(value), separators=(",", ":"), ensure_ascii=False)


def _short(value: Any) -> str:
    return str(_rounded(value))


def _rounded(value: Any) -> Any:
    """Round to four significant digits: enough to explain, short to read."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(one) for one in value]
    return value
