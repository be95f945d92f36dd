"""What an AI can have its figures from: results, settings, the user's words, each as a list of plain facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from mltrainer.agent.grounding_claims import read_claims
from mltrainer.agent.grounding_numbers import Claim, numbers_in
from mltrainer.models.registry import MODELS, members_of

Kind = Literal["ratio", "score", "count", "price", "index", "seconds", "bps", "pair"]

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
    ]
)
_PRICES = frozenset({"last_close", "max_entry", "target_price", "stop_loss"})
_SECONDS = frozenset({"seconds", "wall_seconds", "fit_seconds"})
# Without a ticker beside it a figure of a candidate can only be one of the first.
SHOWN = 10


@dataclass(frozen=True)
class Fact:
    """One figure that the AI has seen.

    Parameters
    ----------
    value
        As the document has it: ratios as fractions. For a ``pair``, the hits.
    key
        What it is, by the document's own key; empty where it comes from words.
    source
        The trial it belongs to, or ``settings``, ``data``, ``registry``, ``words``.
    of
        For a ``pair``, what the hits are out of.
    bound
        Whether it is an end of an interval.
    rank
        Place of the candidate, 0 for what is none. Past ``SHOWN`` it counts only where its ticker is named.
    """

    value: float
    kind: Kind
    key: str
    source: str
    model: str = ""
    ticker: str = ""
    of: float = 0.0
    bound: bool = False
    rank: int = 0


def facts_of_document(document: Mapping[str, Any]) -> Iterator[Fact]:
    """Return every figure of a result document."""
    source = document.get("trial_id") or "result"
    for row in [*document.get("evaluation", []), *document.get("baselines", [])]:
        yield from _of_row(row, source)
    candidates = document.get("candidates", [])
    for one in candidates:
        yield from _of_ticker(one, source)
    if candidates:
        yield Fact(len(candidates), "count", "candidates", source)
    if document.get("qualified") is not None:
        yield Fact(document["qualified"], "count", "qualified", source)
        yield Fact(document["qualified"], "pair", "qualified", source, of=len(candidates))
        yield Fact(len(candidates) - document["qualified"], "count", "qualified", source)
    for one in (document.get("analysis") or {}).get("tickers", []):
        yield from _of_ticker(one, source)
    yield from _of_regime(document.get("regime") or {}, source)
    significance = document.get("significance") or {}
    for key, value in _flat(significance):
        yield _fact(key, value, source, model=significance.get("best_model", "") if key == "sharpe" else "")
    if "deflated_sharpe" in significance:
        yield Fact(1 - significance["deflated_sharpe"], "ratio", "luck", source)
    warnings = [one["message"] for one in document.get("warnings", [])]
    for text in (document.get("headline") or "", document.get("event") or "", *warnings):
        yield from facts_of_text(text, source)
    yield from facts_of_settings(document.get("settings") or {}, source)
    yield from facts_of_data(document.get("data") or {}, source)
    proof = document.get("provenance") or {}
    for key in ("fits", "cached_fits", "workers", "wall_seconds", "fit_seconds", "peak_memory_mb", "seed"):
        if key in proof:
            yield _fact("seconds" if key in _SECONDS else key, proof[key], source)


def facts_of_text(text: str, source: str) -> Iterator[Fact]:
    """Return the figures of the system's own words, as what its sentences say they are."""
    for one in read_claims(text):
        model, ticker = (next(iter(names)) if len(names) == 1 else "" for names in (one.models, one.tickers))
        for fact in _of_number(one, source):
            yield from (replace(fact, key=key, model=model, ticker=ticker) for key in one.keys or [""])


def facts_of_words(text: str, source: str) -> Iterator[Fact]:
    """Return the figures of the user's words or of a notice; they may be said of anything."""
    for one in numbers_in(text):
        yield from _of_number(one, source)


def _of_number(one: Claim, source: str) -> Iterator[Fact]:
    kinds: dict[str, Kind] = {"%": "ratio", "points": "ratio", "$": "price", "bps": "bps", "pair": "pair"}
    if one.unit in ("seconds", "minutes"):
        yield Fact(one.value * (60 if one.unit == "minutes" else 1), "seconds", "", source)
    elif one.unit in kinds:
        value = one.value / 100 if one.unit in ("%", "points") else one.value
        yield Fact(value, kinds[one.unit], "", source, of=one.of)
    elif one.unit == "":
        yield Fact(one.value, "score" if one.step < 1 else "count", "", source)


def _of_row(row: Mapping[str, Any], source: str) -> Iterator[Fact]:
    model = row["model"]
    for key, value in _flat(row):
        # The base rate belongs to the rows, not to the model.
        yield _fact(key, value, source, model="" if key in ("base_rate", "folds", "test_rows", "test_dates") else model)
    for key, (low, high) in row.get("intervals", {}).items():
        yield from (_fact(key, end, source, model=model, bound=True) for end in (low, high))
    for key, value in (row.get("portfolio") or {}).items():
        yield _fact(key, value, source, model=model, ratio=key in ("cagr", "max_drawdown", "volatility", "exposure"))
    for one in row.get("reliability", []):
        yield Fact(one["hit_rate"], "ratio", "hit_rate", source, model=model)
        yield Fact(one["mean_probability"], "ratio", "confidence", source, model=model)
    for key, value in (row.get("params") or {}).items():
        if _is_number(value):
            yield Fact(value, "score", key, source, model=model)
    yield from (Fact(count, "count", "train_rows", source, model=model) for count in row.get("train_rows", []))


def _of_ticker(one: Mapping[str, Any], source: str) -> Iterator[Fact]:
    ticker, rank = one["ticker"], one.get("rank", 1)
    for key, value in _flat(one):
        model = ""
        if key == "rank":
            continue
        if key == "confidence_volatility_only":
            key, model = "confidence", "volatility_only"
        yield _fact(key, value, source, model=model, ticker=ticker, rank=rank)
    for end in one.get("interval") or []:
        yield Fact(end, "ratio", "expected_return", source, ticker=ticker, bound=True, rank=rank)
    for model, value in (one.get("by_model") or {}).items():
        yield Fact(value, "ratio", "confidence", source, model=model, ticker=ticker, rank=rank)
    for name in ("support", "own_record", "analogues"):
        record = one.get(name) or {}
        if record.get("n") is None:
            continue
        yield Fact(record["n"], "count", "n", source, ticker=ticker, rank=rank)
        if record.get("hits") is None:
            continue
        yield Fact(record["hits"], "pair", "hits", source, ticker=ticker, of=record["n"], rank=rank)
        yield Fact(record["hits"], "count", "hits", source, ticker=ticker, rank=rank)
        if record["n"]:
            yield Fact(record["hits"] / record["n"], "ratio", "hit_rate", source, ticker=ticker, rank=rank)
        for key in ("lower", "upper"):
            if key in record:
                yield Fact(record[key], "ratio", "hit_rate", source, ticker=ticker, bound=True, rank=rank)
        for end in [*record.get("hit_rate_interval", []), *record.get("probability_range", [])]:
            yield Fact(end, "ratio", "hit_rate", source, ticker=ticker, bound=True)
        if "mean_probability" in record:
            yield Fact(record["mean_probability"], "ratio", "confidence", source, ticker=ticker)
        for value in (record.get("return_quantiles") or {}).values():
            yield Fact(value, "ratio", "return_quantile", source, ticker=ticker)
    for key, value in (one.get("risk") or {}).items():
        yield Fact(value, "ratio", key, source, ticker=ticker)


def _of_regime(regime: Mapping[str, Any], source: str) -> Iterator[Fact]:
    if "score" in regime:
        yield Fact(regime["score"], "index", "regime_score", source)
    for name, value in regime.get("probabilities", {}).items():
        yield Fact(value, "ratio", f"p_{name}", source)
        yield Fact(value, "ratio", "regime_probability", source)
    for name, value in regime.get("components", {}).items():
        yield Fact(value, "ratio", name, source)
    for one in regime.get("states", []):
        for key in ("mean", "volatility", "stay"):
            if key in one:
                yield Fact(one[key], "ratio", "regime_probability" if key == "stay" else key, source)


def facts_of_settings(settings: Mapping[str, Any], source: str = "settings") -> Iterator[Fact]:
    """Return the figures of settings or of the arguments of a proposal."""
    for key, value in settings.items():
        if key == "horizon" and value:
            yield from (Fact(end, "count", "horizon", source) for end in value)
        elif key == "model_params":
            for model, params in (value or {}).items():
                numbers = [(name, one) for name, one in params.items() if _is_number(one)]
                yield from (Fact(one, "score", name, source, model=model) for name, one in numbers)
        elif key == "universe" and isinstance(value, str) and (size := value.rpartition("-")[2]).isdecimal():
            yield Fact(int(size), "count", "tickers", source)
        elif _is_number(value):
            yield _fact(key, value, source)


def facts_of_data(data: Mapping[str, Any], source: str = "data") -> Iterator[Fact]:
    """Return the figures of the data at hand, or of a result's part about them."""
    for key in ("tickers", "sessions", "rows"):
        if _is_number(data.get(key)):
            yield Fact(data[key], "count", key, source)
    if isinstance(data.get("excluded"), list):
        yield Fact(len(data["excluded"]), "count", "excluded", source)
    counts = data.get("fault_counts") or (data.get("faults") if isinstance(data.get("faults"), dict) else {}) or {}
    yield from (Fact(count, "count", "faults", source) for count in counts.values() if _is_number(count))


def facts_of_models(models: Sequence[Mapping[str, Any]]) -> Iterator[Fact]:
    """Return the parameters of the registry with their defaults and bounds, and how many models there are."""
    yield Fact(len(models), "count", "models", "registry")
    for model in models:
        for name, param in (model.get("params") or {}).items():
            for key in ("default", "low", "high"):
                if _is_number(param.get(key)):
                    yield Fact(param[key], "score", name, "registry", model=model["name"])


def _fact(
    key: str,
    value: float,
    source: str,
    *,
    model: str = "",
    ticker: str = "",
    bound: bool = False,
    rank: int = 0,
    ratio: bool = False,
) -> Fact:
    kind = "ratio" if ratio else kind_of(key, value)
    return Fact(value, kind, key, source, model, ticker, bound=bound, rank=rank)


def kind_of(key: str, value: float) -> Kind:
    """Return how the figure under a key of a result document is counted."""
    if key in _PRICES:
        return "price"
    if key in _SECONDS:
        return "seconds"
    if key == "cost_bps":
        return "bps"
    if key == "regime_score":
        return "index"
    if key in _SCORES:
        return "score"
    return "count" if isinstance(value, int) else "ratio"


def _flat(part: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    return ((key, value) for key, value in part.items() if _is_number(value))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_among(model: str, named: frozenset[str]) -> bool:
    """Tell whether a model is one of those named; "the ensemble" is any, and so is one whose members are all named."""
    members = set(members_of(model))
    return model in named or (len(members) > 1 and ("ensemble" in named or members <= named))


def are_several(named: frozenset[str]) -> bool:
    """Tell whether the names are those of models together, or of their ensemble."""
    return "ensemble" in named or len(named & set(MODELS)) > 1
