"""What an analyst can have its figures from, as plain facts: results, settings, data, models, words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mltrainer.agent.grounding.claims import read_claims
from mltrainer.agent.grounding.facts import OF_ALL, TOLD, Fact, Kind
from mltrainer.agent.grounding.numbers import DATE, Number, date_of, numbers_in
from mltrainer.models.registry import BASELINES, MODELS

_SCORES = frozenset(
    [
        "auc",
        "auc_by_date",
        "information_coefficient",
        "rank_ic",
        "icir",
        "rank_ic_ir",
        "ic_t",
        "rank_ic_t",
        "brier",
        "log_loss",
        "sharpe",
        "sortino",
        "calmar",
        "sharpe_by_luck",
        "calibration_slope",
        "calibration_intercept",
        "turnover",
        "score",
        "n_eff",
        "ece",
        "ece_if_calibrated",
        "average_precision",
        "learning_rate",
    ]
)
_PRICES = frozenset({"last_close", "max_entry", "target_price", "stop_loss"})
_SECONDS = frozenset({"seconds", "wall_seconds", "fit_seconds"})
_OF_TICKERS = _PRICES | {"confidence", "expected_return", "probability_down", "return_quantile"}
# What belongs to the scored rows, not to the model beside it.
_OF_THE_ROWS = frozenset({"base_rate", "folds", "test_rows", "test_dates"})
_NO_FIGURES = frozenset({"rank", "libraries", "faults", "excluded", "settings", "defaulted", "schema", "horizon"})
# Parts that are read as words.
_WORDS = frozenset({"warnings", "suggestions", "error"})
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
_ROW_NAMES = ("name", "regime", "stop")
_ROW_KEYS = {"from": "edge", "to": "edge", "rose": "hit_rate"}
_AS = {
    "highest": "highest_probability",
    "wall_seconds": "seconds",
    "fit_seconds": "seconds",
    "mean_probability": "confidence",
    "stay": "stay",
    "chance_of_gain": "hit_rate",
}


def facts_of_document(document: Mapping[str, Any]) -> Iterator[Fact]:
    """Return every figure of a result document, whatever parts it has."""
    at = Fact(0.0, "count", "", document.get("trial_id") or "result")
    parts = [one for part in document for one in _walk(part, document[part], at) if part not in _WORDS]
    yield from parts
    yield from _dates_of(document, at.source)
    candidates = document.get("candidates") or []
    if candidates:
        yield replace(at, value=len(candidates), key="candidates")
        for key in ("confidence", "expected_return", "probability_down", "last_close"):
            if values := [one[key] for one in candidates if key in one]:
                for end in (min(values), max(values)):
                    yield replace(at, value=end, kind=kind_of(key, end), key=key, bound=True, rank=OF_ALL)
    if (qualified := document.get("qualified")) is not None:
        yield replace(at, value=qualified, of=len(candidates), key="qualified", kind="pair")
        yield replace(at, value=len(candidates) - qualified, key="qualified")
    if certificate := document.get("leak_certificate"):
        passed = sum(one["passed"] for one in certificate)
        yield replace(at, value=passed, of=len(certificate), key="checks", kind="pair")
    significance = document.get("significance") or {}
    if "deflated_sharpe" in significance:
        yield replace(at, value=1 - significance["deflated_sharpe"], key="luck", kind="ratio")
    named = frozenset(one["ticker"] for one in candidates)
    told = [
        document.get("headline"),
        document.get("event"),
        significance.get("summary"),
        *(one["message"] for one in document.get("warnings") or []),
        *(one["detail"] for one in document.get("leak_certificate") or []),
    ]
    owned = {(one.key, f"{one.value:.2g}") for one in parts if one.model and not (one.bound or one.row)}
    for text in filter(None, told):
        # A figure that somebody has in the parts is nobody else's for standing in words.
        found = facts_of_text(text, at.source, named)
        yield from (one for one in found if one.model or (one.key, f"{one.value:.2g}") not in owned)
    yield from facts_of_settings(document.get("settings") or {}, at.source)
    excluded = (document.get("data") or {}).get("excluded")
    if isinstance(excluded, list):
        yield replace(at, value=len(excluded), key="excluded")


def _dates_of(part: Any, source: str) -> Iterator[Fact]:
    """Return every date that stands anywhere in a part."""
    for written in sorted({match for match in DATE.findall(str(part)) if date_of(match)}):
        yield Fact(date_of(written), "date", "date", source)


def _walk(key: str, value: Any, at: Fact) -> Iterator[Fact]:
    """Return the figures below a key; ``at`` says whose they are."""
    if key in ("before", "evaluation_before"):
        at = replace(at, earlier=True)
    if _is_number(value):
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
        yield from _walk_part(key, value, at)
    elif isinstance(value, (list, tuple)) and key not in _NO_FIGURES:
        if key == "bands":
            every = sum(one["n"] for one in value)
            yield from _cumulated(value, at)
            value = [one | {"share_of_predictions": one["n"] / every, "every": every} for one in value]
        for place, one in enumerate(value):
            if isinstance(one, Mapping) and key in _TABLES | {"states"} and not at.ticker:
                named = next((one[name] for name in _ROW_NAMES if isinstance(one.get(name), str)), "")
                row = f"{at.source} {at.model} {at.ticker} {at.earlier} {key} {place}"
                yield from _walk_row(key, one, replace(at, row=row, row_name=named))
            if key not in _TABLES or at.ticker:
                yield from _walk(key, one, replace(at, bound=True) if _is_interval(key, value) else at)


def _walk_row(key: str, row: Mapping[str, Any], at: Fact) -> Iterator[Fact]:
    """Return the figures of a row of a table: "predictions between 70 and 80 %", "days with a score of 20 to 30"."""
    for name, value in row.items():
        if name == "every":
            yield replace(at, value=row["n"], of=value, kind="pair", key="hits")
        elif name not in _NO_FIGURES:
            if name.startswith("score_"):
                yield replace(at, value=value, kind="index", key="edge")
            else:
                yield from _walk(_ROW_KEYS.get(name, name), value, at)
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
        if place and n:
            row = replace(at, row=f"{at.source} {at.model} {at.earlier} above {place}")
            yield from (replace(row, value=one, key=key) for one, key in ((n, "n"), (hits, "hits")))
            yield replace(row, value=hits, of=n, kind="pair", key="hits")
            yield replace(row, value=hits / n, kind="ratio", key="hit_rate")
            yield replace(row, value=band["from"], kind="ratio", key="edge")


def _walk_part(key: str, part: Mapping[str, Any], at: Fact) -> Iterator[Fact]:
    at = replace(
        at,
        model=_owner(key, part) or at.model,
        ticker=part["ticker"] if isinstance(part.get("ticker"), str) else at.ticker,
        rank=part["rank"] if isinstance(part.get("rank"), int) and "ticker" in part else at.rank,
    )
    if key == "significance":
        at = replace(at, model=part.get("best_model", "")) if "sharpe" in part else at
    hits, n = part.get("hits"), part.get("n")
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
        if isinstance(figure, str) and _is_number(value):
            # What a figure was before and is now: all of them are that figure.
            yield from _walk(figure, value, replace(at, bound=name in ("lower", "upper")))
        elif name in MODELS or name in BASELINES or "(" in name:
            yield from _walk(_BY_PART.get(key, key), value, replace(at, model=name))
        elif key == "intervals":
            yield from _walk(name, value, replace(at, bound=True))
        elif key == "search" and name in _INSIDE:
            yield from _walk(name, value, replace(at, inside=True, tried=name in _TRIED))
        elif key == "significance" and name != "sharpe":
            yield from _walk(name, value, replace(at, model=""))
        else:
            yield from _walk(_key_of(key, name, value), value, at)


def _owner(key: str, part: Mapping[str, Any]) -> str:
    named = part.get("name" if key == "benchmarks" else "model")
    return named if isinstance(named, str) and key != "analysis" else ""


def _key_of(part: str, name: str, value: Any) -> str:
    """Return the key by which a figure is known that stands as ``name`` in a part."""
    if part == "fall_risk" and name in _OF_FALLS:
        return _OF_FALLS[name]
    if part in _BY_PART:
        return _BY_PART[part] if _is_number(value) else part
    if name.startswith("size "):
        return "ruin"
    if part == "drivers" and name == "share":
        return "importance"
    if part == "probabilities":
        return f"p_{name}"
    return "regime_score" if (part, name) == ("regime", "score") else name


def _is_interval(key: str, value: Sequence[Any]) -> bool:
    return (
        len(value) == 2
        and key.endswith(("interval", "range", "intervals", "by_chance"))
        and all(map(_is_number, value))
    )


def facts_of_text(text: str, source: str, tickers: Collection[str] = ()) -> Iterator[Fact]:
    """Return the figures of the system's own words, as what its sentences say they are."""
    searched = "inside the first training window" in text
    for claim in read_claims(text, tickers):
        model, ticker = (next(iter(names)) if len(names) == 1 else "" for names in (claim.models, claim.tickers))
        for fact in _of_number(claim.number, source):
            fact = replace(fact, earlier=claim.after.startswith(" before"), inside="auc" in claim.keys and searched)
            keys = claim.keys if ticker else claim.keys - _OF_TICKERS
            yield from (replace(fact, key=key, model=model, ticker=ticker) for key in sorted(keys) or [TOLD])


def facts_of_words(text: str, source: str) -> Iterator[Fact]:
    """Return the figures of the user's words or of a notice; they may be said of anything."""
    for number in numbers_in(text):
        yield from _of_number(number, source)


def _of_number(number: Number, source: str) -> Iterator[Fact]:
    kinds: dict[str, Kind] = {"%": "ratio", "points": "ratio", "$": "price", "bps": "bps", "pair": "pair"}
    if number.unit == "seconds":
        yield Fact(number.value, "seconds", "", source)
    elif number.unit == "date":
        yield Fact(number.value, "date", "", source)
    elif number.unit in kinds:
        value = number.value / 100 if number.unit in ("%", "points") else number.value
        yield Fact(value, kinds[number.unit], "", source, of=number.of)
    elif number.unit == "":
        yield Fact(number.value, "score" if number.step < 1 else "count", "", source)


def facts_of_settings(settings: Mapping[str, Any], source: str = "settings") -> Iterator[Fact]:
    """Return the figures of settings or of the arguments of a proposal."""
    for key, value in settings.items():
        if key == "horizon" and value:
            yield from (Fact(end, "count", "horizon", source) for end in value)
        elif key == "model_params":
            for model, params in (value or {}).items():
                yield from _walk("params", params, Fact(0.0, "count", "", source, model=model))
        elif isinstance(value, str) and date_of(value):
            yield Fact(date_of(value), "date", "date", source)
        elif key == "universe" and isinstance(value, str) and (size := value.rpartition("-")[2]).isdecimal():
            yield Fact(int(size), "count", "tickers", source)
        elif _is_number(value):
            yield Fact(value, kind_of(key, value), key, source)


def facts_of_data(data: Mapping[str, Any], source: str = "data") -> Iterator[Fact]:
    """Return the figures of the data at hand."""
    yield from _walk(
        "data", {**data, "fault_counts": data.get("fault_counts") or data.get("faults")}, Fact(0, "count", "", source)
    )
    yield from _dates_of(data, source)
    if isinstance(data.get("excluded"), list):
        yield Fact(len(data["excluded"]), "count", "excluded", source)


def facts_of_models(models: Sequence[Mapping[str, Any]]) -> Iterator[Fact]:
    """Return the parameters of the registry with their defaults and bounds, and how many models there are."""
    yield Fact(len(models), "count", "models", "registry")
    for model in models:
        for name, param in (model.get("params") or {}).items():
            for key in ("default", "low", "high"):
                if _is_number(param.get(key)):
                    yield Fact(param[key], kind_of(name, param[key]), name, "registry", model=model["name"])


def kind_of(key: str, value: float) -> Kind:
    """Return how the figure under a key of a result document is counted."""
    if key in _PRICES:
        return "price"
    if key in _SECONDS:
        return "seconds"
    if key.startswith("size "):
        return "ratio"
    if key.endswith("_bps"):
        return "bps"
    if key == "regime_score":
        return "index"
    if key in _SCORES or key.endswith(("_p", "_q", "_q_session", "_q_store")):
        return "score"
    if isinstance(value, int) or (value.is_integer() and abs(value) > 1):
        return "count"
    return "ratio" if abs(value) <= 1 else "score"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
