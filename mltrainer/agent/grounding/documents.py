"""What an analyst can have its figures from, as plain facts: results, settings, data, models, words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from mltrainer.agent.grounding.claims import read_claims
from mltrainer.agent.grounding.facts import OF_ALL, TOLD, Fact, Kind
from mltrainer.agent.grounding.kinds import is_number, kind_of
from mltrainer.agent.grounding.numbers import DATE, Number, date_of, numbers_in
from mltrainer.agent.grounding.parts import figures_of
from mltrainer.agent.grounding.vocabulary import PRICES

_OF_TICKERS = PRICES | {"confidence", "expected_return", "probability_down", "return_quantile"}
# Parts that are read as words.
_WORDS = frozenset({"warnings", "suggestions", "error"})


def facts_of_document(document: Mapping[str, Any]) -> Iterator[Fact]:
    """Return every figure of a result document, whatever parts it has."""
    at = Fact(0.0, "count", "", document.get("trial_id") or "result", action=document.get("action") or "")
    parts = [one for part in document for one in figures_of(part, document[part], at) if part not in _WORDS]
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
    data = document.get("data") or {}
    if isinstance(excluded := data.get("excluded"), list):
        yield replace(at, value=len(excluded), key="excluded")
    yield replace(at, value=sum((data.get("fault_counts") or {}).values()), key="faults")
    for fault in data.get("faults") or []:
        found = facts_of_text(fault["detail"], at.source)
        yield from (replace(one, key=TOLD, ticker=fault.get("ticker", "")) for one in found)


def _dates_of(part: Any, source: str) -> Iterator[Fact]:
    """Return every date that stands anywhere in a part."""
    for written in sorted({match for match in DATE.findall(str(part)) if date_of(match)}):
        yield Fact(date_of(written), "date", "date", source)


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
                yield from figures_of("params", params, Fact(0.0, "count", "", source, model=model))
        elif isinstance(value, str) and date_of(value):
            yield Fact(date_of(value), "date", "date", source)
        elif key == "universe" and isinstance(value, str) and (size := value.rpartition("-")[2]).isdecimal():
            yield Fact(int(size), "count", "tickers", source)
        elif is_number(value):
            yield Fact(value, kind_of(key, value), key, source)


def facts_of_data(data: Mapping[str, Any], source: str = "data") -> Iterator[Fact]:
    """Return the figures of the data at hand."""
    yield from figures_of(
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
                if is_number(param.get(key)):
                    yield Fact(param[key], kind_of(name, param[key]), name, "registry", model=model["name"])
