"""The figures of a part of a result, whatever it holds, each with whose it is and under which key it is known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mltrainer.agent.grounding.facts import Fact
from mltrainer.agent.grounding.kinds import is_number, kind_of
from mltrainer.models.registry import BASELINES, MODELS

# What belongs to the scored rows, not to the model beside it.
_OF_THE_ROWS = frozenset({"base_rate", "folds", "test_rows", "test_dates"})
_NO_FIGURES = frozenset({"rank", "libraries", "faults", "excluded", "settings", "defaulted", "schema", "horizon"})
# Parts whose figures are known by the name of the part.
_BY_PART = {
    "return_quantiles": "return_quantile",
    "quantiles": "return_quantile",
    "sensitivity": "sensitivity",
    "by_model": "confidence",
    "fall_risk": "fall_risk",
    "next_month": "next_month",
    "fault_counts": "faults",
    "simulation": "simulation",
    "recession": "recession",
    "by_volatility": "coverage",
    "by_year": "coverage",
}
_OF_FALLS = {"base_rate": "fall_base_rate", "episodes": "episodes", "sessions": "sessions"}
# What a search saw inside the first training window, and what of it was not chosen.
_INSIDE = frozenset({"before", "best", "top", "space"})
_TRIED = frozenset({"top", "space"})
_ENDS = {
    "interval": "expected_return",
    "lower": "hit_rate",
    "upper": "hit_rate",
    "hit_rate_interval": "hit_rate",
    "probability_range": "hit_rate",
}
# Tables whose rows belong to nobody else, how rows are called, and what stands in their columns.
_TABLES = frozenset({"bands", "reliability", "next_month", "by_regime", "risk_of_ruin", "sensitivity"})
_LABELS = ("name", "regime", "feature")
# Parts whose keys are names of groups, and parts whose figures belong to what they name.
_GROUPS = frozenset({"by_volatility", "probabilities"})
_ROW_KEYS = {"from": "edge", "to": "edge", "rose": "hit_rate"}
_AS = {
    "highest": "highest_probability",
    "wall_seconds": "seconds",
    "fit_seconds": "seconds",
    "mean_probability": "confidence",
    "stay": "stay",
    "chance_of_gain": "hit_rate",
}


def figures_of(key: str, value: Any, at: Fact) -> Iterator[Fact]:
    """Return the figures below a key; ``at`` says whose they are."""
    if key in ("before", "evaluation_before"):
        at = replace(at, earlier=True)
    if is_number(value):
        model = "" if key in _OF_THE_ROWS and not at.ticker else at.model
        if key == "confidence_volatility_only":
            key, model = "confidence", "volatility_only"
        if key in _ENDS:
            key, at = _ENDS[key], replace(at, bound=True)
        fact = replace(at, value=value, kind=kind_of(key, value), key=_AS.get(key, key), model=model)
        yield fact
        if key == "calibrated_share":
            yield replace(fact, value=1 - value, key="uncalibrated_share")
        if isinstance(value, float) and abs(value) >= 100:
            # An analyst reads four digits of it.
            yield replace(fact, value=float(f"{value:.4g}"))
    elif isinstance(value, Mapping):
        yield from _of_part(key, value, at)
    elif isinstance(value, (list, tuple)) and key not in _NO_FIGURES:
        if key == "bands":
            every = sum(one["n"] for one in value)
            yield from _cumulated(value, at)
            value = [one | {"share_of_predictions": one["n"] / every, "every": every} for one in value]
        for place, one in enumerate(value):
            if isinstance(one, Mapping) and key in _TABLES | {"states"} and not at.ticker:
                row = f"{at.source} {at.model} {at.ticker} {at.earlier} {key} {place}"
                yield from _of_row(key, one, replace(at, row=row, label=_label(one)))
            if key not in _TABLES or at.ticker:
                yield from figures_of(key, one, replace(at, bound=True) if _is_interval(key, value) else at)


def _of_row(key: str, row: Mapping[str, Any], at: Fact) -> Iterator[Fact]:
    """Return the figures of a row of a table: "predictions between 70 and 80 %", "days with a score of 20 to 30"."""
    for name, value in row.items():
        if name == "every":
            yield replace(at, value=row["n"], of=value, kind="pair", key="hits")
        elif name not in _NO_FIGURES:
            if name.startswith("score_"):
                yield replace(at, value=value, kind="index", key="edge")
            else:
                yield from figures_of(_ROW_KEYS.get(name, name), value, at)
    share, n = row.get("hit_rate", row.get("rose")), row.get("n", row.get("sessions"))
    if share is not None and n:
        hits = replace(at, value=round(share * n), of=n, key="hits")
        yield from (replace(hits, kind="pair"), hits)


def _cumulated(bands: Sequence[Mapping[str, Any]], at: Fact) -> Iterator[Fact]:
    """Return what the predictions above each edge came to together: "of 52 above 80 % one was right"."""
    for place, band in enumerate(bands):
        above = bands[place:]
        n = sum(one["n"] for one in above)
        hits = sum(round(one["hit_rate"] * one["n"]) for one in above)
        if band["from"] and n:
            row = replace(at, row=f"{at.source} {at.model} {at.earlier} above {place}")
            yield from (replace(row, value=one, key=key) for one, key in ((n, "n"), (hits, "hits")))
            yield replace(row, value=hits, of=n, kind="pair", key="hits")
            yield replace(row, value=hits / n, kind="ratio", key="hit_rate")
            yield replace(row, value=band["from"], kind="ratio", key="edge")


def _of_part(key: str, part: Mapping[str, Any], at: Fact) -> Iterator[Fact]:
    at = replace(
        at,
        model=_owner(key, part) or at.model,
        ticker=part["ticker"] if isinstance(part.get("ticker"), str) else at.ticker,
        rank=part["rank"] if isinstance(part.get("rank"), int) and "ticker" in part else at.rank,
        label=_label(part) or at.label,
    )
    if key == "significance":
        at = replace(at, model=part.get("best_model", "")) if "sharpe" in part else at
    n = part.get("n")
    hits = part.get("hits", round(part["hit_rate"] * n) if n and "hit_rate" in part else None)
    if hits is not None and n:
        yield replace(at, value=hits, of=n, kind="pair", key="hits")
        yield replace(at, value=hits / n, kind="ratio", key="hit_rate")
    if key == "sensitivity":
        for name, value in part["probabilities"].items():
            yield replace(at, value=float(name), kind="ratio", key="target_return")
            yield replace(at, value=value, kind="ratio", key="confidence")
        return
    if key == "return_quantiles":
        yield from (replace(at, value=float(name), kind="ratio", key="quantile_level") for name in part)
    figure = part.get("figure")
    for name, value in part.items():
        if name in _NO_FIGURES:
            continue
        if isinstance(figure, str) and is_number(value):
            # What a figure was before and is now: all of them are that figure.
            yield from figures_of(figure, value, replace(at, bound=name in ("lower", "upper")))
        elif name in MODELS or name in BASELINES or "(" in name:
            yield from figures_of(_BY_PART.get(key, key), value, replace(at, model=name))
        elif key == "intervals":
            yield from figures_of(name, value, replace(at, bound=True))
        elif key == "search" and name in _INSIDE:
            yield from figures_of(name, value, replace(at, inside=True, tried=name in _TRIED))
        elif key == "significance" and name != "sharpe":
            yield from figures_of(name, value, replace(at, model=""))
        elif key in _GROUPS:
            yield from figures_of(_key_of(key, name, value), value, replace(at, label=name))
        else:
            yield from figures_of(_key_of(key, name, value), value, at)


def _owner(key: str, part: Mapping[str, Any]) -> str:
    named = part.get("name" if key == "benchmarks" else "model")
    return named if isinstance(named, str) and key != "analysis" else ""


def _label(part: Mapping[str, Any]) -> str:
    named = next((part[name] for name in _LABELS if isinstance(part.get(name), str)), "")
    return "" if named in MODELS or named in BASELINES or "(" in named else named


def _key_of(part: str, name: str, value: Any) -> str:
    """Return the key by which a figure is known that stands as ``name`` in a part."""
    if part == "fall_risk" and name in _OF_FALLS:
        return _OF_FALLS[name]
    if part in _BY_PART:
        return _BY_PART[part] if is_number(value) else part
    if name.startswith("size "):
        return "ruin"
    if part == "drivers" and name == "share":
        return "importance"
    if part == "probabilities":
        return f"p_{name}"
    return "regime_score" if (part, name) == ("regime", "score") else name


def _is_interval(key: str, value: Sequence[Any]) -> bool:
    return (
        len(value) == 2 and key.endswith(("interval", "range", "intervals", "by_chance")) and all(map(is_number, value))
    )
