"""What the AI reads of a result: a compact text under 2,000 tokens; the whole stays in the store."""

from collections.abc import Mapping, Sequence
from typing import Any

from mltrainer.agent.citation.rows import Rows
from mltrainer.agent.compact_analysis import ORDER as ORDER_OF_ANALYSIS
from mltrainer.agent.compact_analysis import analysis_parts
from mltrainer.agent.compact_models import model_parts
from mltrainer.agent.shortening import MAX_CHARACTERS, Lines, Part, shorten, whole_lines
from mltrainer.agent.tabled import as_json, flat, key, pair, short, table

TOP = 10
# A line of more characters than this tells less than what else would find room.
_LONG = 400
_NAMES = 12

_CANDIDATES = tuple(
    map(key, ("rank", "ticker", "confidence", "verdict", "confidence_volatility_only", "expected_return"))
)
_PRICES = tuple(map(key, ("last_close", "max_entry", "target_price", "stop_loss", "probability_down")))
_SUPPORT = tuple(map(key, ("support.hits", "support.n", "support.lower")))
_INTERVAL = ("interval", lambda row: pair(row["interval"]) if row.get("interval") else None)
_DRIVERS = (
    "drivers",
    lambda row: " ".join(f"{one['feature']}:{one['share']:+.2f}" for one in row.get("drivers", [])) or None,
)
_DATA = ("source", "as_of", "first", "last", "tickers", "sessions", "rows", "delay", "fault_counts")
_PROVENANCE = ("seed", "version", "fits", "cached_fits", "wall_seconds", "fit_seconds", "devices")

# What is shortened first; what stands in it several times is shortened by so many steps.
_ORDER = (
    "provenance", "defaults", "evaluation", "candidates", "search", "coverage", "regime", "data", "candidates",
    *ORDER_OF_ANALYSIS, "benchmarks", "candidates", "coverage", "regime", "leaderboard", "warnings", "candidates",
    "at_threshold", "provenance", "search", "leaderboard", "evaluation", "data", "settings", "defaults", "candidates",
    "warnings", "promotion", "at_threshold",
)  # fmt: skip


def compact(document: dict[str, Any]) -> str:
    """Return the result document as the AI reads it: the head in words, figures as tables, no key without a value.

    Parameters
    ----------
    document
        A result document; parts that it lacks are left out. Where it is too long, what is worth least is told shortly
        or not at all, and named at the end: no line is ever cut.
    """
    if "trial_id" not in document:
        return f"{document['action']}, {document['status']}: {document.get('headline', '')}"
    trial = document["trial_id"]
    head = [f"Result of trial {trial}: {document['action']}, {document['status']}."]
    if document.get("data", {}).get("simulated"):
        head.append("SIMULATED data: the figures say nothing about a real market.")
    head += [document[name] for name in ("headline", "event") if document.get(name)]
    parts = [
        Part("head", (head,)),
        *_settings_and_data(document),
        *model_parts(document),
        *_warnings(document),
        *_candidates(document),
        *analysis_parts(document.get("analysis") or {}),
        *_regime(document),
        *_provenance(document),
    ]
    return shorten(parts, _ORDER, trial)


def compact_lookup(action: str, found: dict[str, Any]) -> str:
    """Return the answer of a look-up as the AI reads it, in whole lines."""
    if found.get("schema") and found.get("action"):
        return compact(found)
    if action == "list_models":
        keys = ("name", "family", "role", "inputs", "params")
        return "\n".join(as_json({name: model[name] for name in keys if model.get(name)}) for model in found["models"])
    if len(text := as_json(found)) <= MAX_CHARACTERS:
        return text
    return "\n".join(_opened(found))


def _opened(found: Mapping[str, Any]) -> Lines:
    """Return as much of a look-up as fits: its keys one a line, and the rows of its lists one a line."""
    lines: Lines = []
    for name, value in found.items():
        rows = value.get("tickers") or value.get("models") if isinstance(value, Mapping) else value
        if isinstance(rows, list) and rows:
            lines += [f"{name}, {len(rows)} rows:", *map(as_json, rows)]
        else:
            lines.append(f"{name}: {as_json(value)}")
    kept = whole_lines([line for line in lines if len(line) < MAX_CHARACTERS // 2], MAX_CHARACTERS - 100)
    return [*kept, f"({len(lines) - len(kept)} of {len(lines)} lines do not fit; the store has them)"]


def _settings_and_data(document: Mapping[str, Any]) -> list[Part]:
    parts = []
    if data := document.get("data"):
        told = {name: data[name] for name in _DATA if data.get(name)} | {"excluded": len(data.get("excluded", []))}
        least = {
            name: told[name] for name in ("source", "as_of", "first", "last", "tickers", "sessions") if name in told
        }
        fewer = {name: value for name, value in told.items() if name != "fault_counts"}
        parts.append(Part("data", tuple([f"data: {as_json(one)}"] for one in (told, fewer, least)), "data"))
    if settings := document.get("settings"):
        defaulted = [name for name in settings.get("defaulted", []) if name in settings]
        chosen = {
            name: _listed(value) for name, value in settings.items() if name != "defaulted" and name not in defaulted
        }
        defaults = {name: settings[name] for name in defaulted}
        least = {name: value for name, value in chosen.items() if len(as_json(value)) < _LONG // 2}
        said = tuple([f"settings that were chosen: {as_json(one)}"] if one else [] for one in (chosen, least))
        parts.append(Part("settings", said, "settings"))
        main = {name: value for name, value in defaults.items() if name in ("label", "top_k", "universe", "cost_bps")}
        ways = tuple([f"settings by default: {as_json(one)}"] if one else [] for one in (defaults, main))
        parts.append(Part("defaults", (*ways, []), "settings"))
    return parts


def _listed(value: Any) -> Any:
    """Return a setting; of many tickers the first, and how many more there are."""
    names = value.split(",") if isinstance(value, str) else value
    if isinstance(names, list) and len(names) > _NAMES and isinstance(value, str):
        return f"{','.join(names[:_NAMES])} and {len(names) - _NAMES} more"
    return value


def _warnings(document: Mapping[str, Any]) -> list[Part]:
    warnings = document.get("warnings")
    if not warnings:
        return []
    lines = [f"warning ({one['code']}): {one['message']}" for one in warnings]
    others = [one["code"] for one, line in zip(warnings, lines, strict=True) if len(line) > _LONG]
    shorter = [line for line in lines if len(line) <= _LONG]
    shorter += [f"longer warnings: {', '.join(others)}"] if others else []
    least = [f"warnings, by code alone: {', '.join(one['code'] for one in warnings)}"]
    return [Part("warnings", (lines, shorter, least), "warnings")]


def _candidates(document: Mapping[str, Any]) -> list[Part]:
    """Return the first candidates, and which others qualify."""
    candidates: Sequence[Mapping[str, Any]] = document.get("candidates", [])
    parts = []
    if "qualified" in document:
        ranks = [one["ticker"] for one in candidates if one.get("verdict") == "qualified"]
        names = f": {','.join(ranks[:30])}{' and others' if len(ranks) > 30 else ''}" if ranks else ""
        parts.append(Part("qualified", ([f"qualified: {document['qualified']} of {len(candidates)}{names}"],)))
    ways = (
        (TOP, (*_CANDIDATES, _INTERVAL, *_PRICES, *_SUPPORT, key("correlation"), _DRIVERS)),
        (TOP, (*_CANDIDATES, _INTERVAL, *_PRICES, *_SUPPORT, key("correlation"))),
        (TOP // 2, (*_CANDIDATES, _INTERVAL, *_PRICES, *_SUPPORT)),
        (TOP // 2, (*_CANDIDATES, *_PRICES, *_SUPPORT)),
        (TOP // 2, (*_CANDIDATES, *_SUPPORT)),
        (1, (*_CANDIDATES, *_SUPPORT)),
    )
    support = "support: past predictions from 5 points below the confidence, or the threshold if that is lower, upwards"
    told = []
    for top, columns in ways:
        title = (
            f"first {min(top, len(candidates))} of {len(candidates)} candidates, 80 % interval of the return; {support}"
        )
        told.append(table(title, candidates[:top], columns))
    if candidates:
        parts.append(Part("candidates", tuple(told), "candidates", more=len(candidates) > TOP))
    return parts


def _regime(document: Mapping[str, Any]) -> list[Part]:
    regime = document.get("regime")
    if not regime:
        return []
    told = {name: value for name, value in regime.items() if name not in ("history", "states") and value != []}
    least = {name: regime[name] for name in ("score", "label", "as_of") if name in regime}
    ways: list[Lines] = [[f"regime: {as_json(one)}"] for one in (told, least)]
    history = regime.get("history") or {}
    if document.get("action") == "regime_detection":
        ways[0] += [f"regime.history.{name}: {as_json(value)}" for name, value in history.items() if _is_brief(value)]
        rows = Rows(history.get("next_month") or [])
        named = [{"score": name} | dict(flat(row)) for name, row in zip(rows.names(), rows.all, strict=True)]
        columns = list(map(key, ("score", "sessions", "volatility", "drawdown", "rose")))
        ways[0] += table(
            "regime.history.next_month.SCORE (the 21 sessions after days with such a score)", named, columns
        )
    return [Part("regime", tuple(ways), "regime", more=bool(history))]


def _is_brief(value: Any) -> bool:
    """Tell whether a part of the history is a few figures and no series."""
    return isinstance(value, Mapping) and not any(isinstance(one, (list, Mapping)) for one in value.values())


def _provenance(document: Mapping[str, Any]) -> list[Part]:
    lines = [f"holdout: {as_json(document['holdout'])}"] if document.get("holdout") else []
    if certificate := document.get("leak_certificate"):
        passed = sum(one["passed"] for one in certificate)
        lines.append(f"leak certificate: {passed} of {len(certificate)} checks passed")
    parts = [Part("proof", (lines,))] if lines else []
    if made := document.get("provenance"):
        told = {name: made[name] for name in _PROVENANCE if name in made}
        seconds = short(made["wall_seconds"]) if "wall_seconds" in made else "an unknown number of"
        ways: tuple[Lines, ...] = (
            [f"provenance: {as_json(told)}"],
            [f"provenance: seed {made.get('seed')}, {seconds} seconds"],
            [],
        )
        parts.append(Part("provenance", ways, "provenance"))
    return parts
