"""Arithmetic in references: what it gives, how it is written, and what it refuses."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.agent.citation.expression import resolve
from mltrainer.agent.citation.quantity import Quantity, Unresolved
from mltrainer.agent.citation.shown import figure_of, written

from .grounding_document import FIRST

LATER = FIRST | {"regime": FIRST["regime"] | {"score": 40.0}}
TRIALS = {"T1": FIRST, "T2": LATER}


def shown(reference: str) -> str:
    return figure_of(reference, TRIALS.get).text


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        # Differences: of scores, of shares in points, of prices in dollars.
        ("T1.random_forest.auc - T1.volatility_only.auc", "0.008"),
        ("T1.random_forest.auc-T1.volatility_only.auc", "0.008"),
        ("T1.random_forest.auc − T1.volatility_only.auc", "0.008"),
        ("T1.mean(xgboost, random_forest).auc - T1.random_forest.auc", "0.004"),
        ("T1.random_forest.brier_skill - T1.volatility_only.brier_skill", "1.0 points"),
        ("T1.candidates.NVDA.confidence - T1.candidates.AMD.confidence", "5.5 points"),
        ("T1.candidates.NVDA.confidence - T1.settings.confidence_threshold", "-40.8 points"),
        ("T1.candidates.NVDA.target_price - T1.candidates.NVDA.last_close", "$16.02"),
        ("T1.candidates.NVDA.stop_loss - T1.candidates.NVDA.last_close", "-$19.93"),
        ("T1.regime.score - T2.regime.score", "21.4"),
        ("T1.random_forest.auc - 0.5", "0.224"),
        ("T1.random_forest.intervals.auc.upper - T1.random_forest.intervals.auc.lower", "0.038"),
        # Shares of what there was before, and of all.
        ("T1.candidates.NVDA.target_price / T1.candidates.NVDA.last_close - 1", "7.0 %"),
        ("(T1.regime.score - T2.regime.score) / T2.regime.score", "53.5 %"),
        ("T1.candidates.NVDA.support.hits / T1.candidates.NVDA.support.n", "36.6 %"),
        ("1 - T1.candidates.NVDA.confidence", "55.8 %"),
        ("T1.regime.probabilities.calm + T1.regime.probabilities.normal", "31.0 %"),
        ("-T1.random_forest.max_drawdown", "23.2 %"),
        # How often one goes into another.
        ("T1.random_forest.highest_probability / T1.random_forest.base_rate", "5.7"),
        ("T1.random_forest.highest_probability/T1.base_rate", "5.7"),
        ("T1.candidates.AMD.confidence / T1.candidates.NVDA.confidence", "0.88"),
        ("1 / T1.base_rate", "12.2"),
        # Of money, of a hundred, of each.
        ("$10,000 * T1.candidates.NVDA.expected_return", "$213.00"),
        ("T1.candidates.NVDA.last_close * (1 + T1.candidates.NVDA.expected_return)", "$233.67"),
        ("100 * T1.candidates.NVDA.confidence", "44.2"),
        ("10000 / T1.candidates.NVDA.last_close", "43.7"),
        (
            "$10,000 / T1.candidates.NVDA.last_close * (T1.candidates.NVDA.last_close - T1.candidates.NVDA.stop_loss)",
            "$871.07",
        ),
        ("(T1.candidates.NVDA.confidence + T1.candidates.AMD.confidence) / 2", "41.4 %"),
        ("T1.provenance.wall_seconds / T1.provenance.fits", "1.8 s"),
        ("60% / T1.candidates.NVDA.confidence", "1.4"),
        ("T1.candidates.NVDA.confidence - 0.85", "-40.8 points"),
        # Lists.
        ("count(T1.candidates)", "200"),
        ("max(T1.candidates.NVDA.by_model) - min(T1.candidates.NVDA.by_model)", "2.3 points"),
        ("sum(T1.data.fault_counts)", "43"),
        ("count(T1.candidates.NVDA.by_model)", "2"),
        ("count(T1.candidates.confidence >= 20%)", "7"),
        ("count(T1.candidates.confidence ≥ 0.2)", "7"),
        ("count(T1.candidates.confidence >= T1.settings.confidence_threshold)", "0"),
        ("count(T1.candidates.confidence > T1.candidates.NVDA.confidence)", "0"),
        ("count(T1.candidates.confidence > T1.base_rate)", "7"),
        ("count(T1.candidates.confidence > T1.candidates.confidence_volatility_only)", "3"),
        ("count(T1.candidates.confidence > T2.candidates.confidence)", "0"),
        ("count(T1.candidates.verdict = Below)", "200"),
        ("count(T1.candidates.verdict = below and T2.candidates.confidence >= 20%)", "7"),
        ("count(T1.candidates.confidence >= 20% and T1.candidates.confidence < 0.4)", "6"),
        ("count(T1.candidates.verdict != 'below')", "0"),
        ("count(T1.evaluation.brier_skill > 0) / count(T1.evaluation)", "66.7 %"),
        ("max(T1.evaluation.auc) - T1.volatility_only.auc", "0.012"),
        ("max(T1.random_forest.auc, T1.xgboost.auc)", "0.724"),
        ("min(T1.candidates.NVDA.interval)", "-8.7 %"),
        ("mean(T1.random_forest.auc, T1.xgboost.auc)", "0.718"),
        ("sum(T1.regime.probabilities.calm, T1.regime.probabilities.normal)", "31.0 %"),
    ],
)
def test_arithmetic_is_written_as_what_it_is(reference: str, text: str) -> None:
    assert shown(reference) == text


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("T1.candidates.NVDA.last_close - T1.random_forest.auc", "a price and a score do not go together"),
        ("T1.candidates.NVDA.last_close / T1.random_forest.auc", "a price divided by a score is nothing"),
        ("T1.regime.score * T1.candidates.NVDA.last_close", "a regime score times a price is nothing"),
        ("T1.random_forest.auc / (T1.random_forest.auc - T1.random_forest.auc)", "divides by 0"),
        ("T1.random_forest.auc - T1.lightgbm.auc", "T1.lightgbm.auc leads nowhere"),
        ("T1.random_forest.auc - T9.random_forest.auc", "there is no result T9"),
        ("T1.evaluation.auc", "it gives 3 figures"),
        ("T1.evaluation.auc - T1.volatility_only.auc", "it gives 3 figures"),
        ("T1.candidates.confidence - T1.evaluation.auc", "no row in common"),
        ("T1.ranked_by - T1.random_forest.auc", "nowhere"),
        ("T1.data.as_of - T1.random_forest.auc", "no figure"),
        ("count(T1.candidates.confidence >= 20)", "write 20%"),
        ("count(T1.data.tickers)", "no list"),
        ("count(T1.candidates.confidence >= 20% and)", "a ) is missing"),
        ("count(T1.candidates.confidence and T1.candidates.confidence)", "no comparison"),
        ("T1.random_forest.auc -", "not whole"),
        ("(T1.random_forest.auc", "a ) is missing"),
        ("T1.random_forest.auc) - 1", "cannot be read"),
        ("median(T1.evaluation.auc)", "cannot be read"),
        ("(" * 150 + "T1.random_forest.auc" + ")" * 150, "too many brackets"),
    ],
)
def test_what_gives_no_figure_says_why(reference: str, reason: str) -> None:
    with pytest.raises(Unresolved) as refused:
        shown(reference)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Quantity(0.00042, "score"), "0.00042"),
        (Quantity(-0.00042, "score", gap=True), "-0.00042"),
        (Quantity(2.4e-10, "score"), "below 0.0001"),
        (Quantity(-2.4e-10, "ratio"), "above -0.0001 %"),
        (Quantity(8.6136, "bps"), "8.6 bps"),
        (Quantity(5.0, "bps"), "5 bps"),
        (Quantity(0.0, "score"), "0.000"),
        (Quantity(0.0003, "ratio", gap=True), "0.030 points"),
        (Quantity(0.004, "price"), "$0.0040"),
        (Quantity(217.536, "score"), "217.5"),
        (Quantity(20.25, "count"), "20.2"),
    ],
)
def test_what_is_not_0_is_never_written_as_0(quantity: Quantity, text: str) -> None:
    assert written(quantity) == text


@pytest.mark.parametrize("ticker", ["BRK.B", "BF-B", "A/B", "T", "T1", "MEAN(X)"])
def test_names_may_look_like_arithmetic(ticker: str) -> None:
    document = {"candidates": [{"ticker": ticker, "confidence": 0.4}, {"ticker": "OTHER", "confidence": 0.1}]}
    path = f"T1.candidates.{ticker}.confidence"
    assert figure_of(path, {"T1": document}.get).text == "40.0 %"
    for minus in (" - ", "-", " -", "- "):
        assert figure_of(f"{path}{minus}T1.candidates.OTHER.confidence", {"T1": document}.get).text == "30.0 points"


_SCORES = {
    f"T1.{row['model']}.{key}": row[key]
    for row in FIRST["evaluation"]
    for key in ("auc", "brier", "ece", "rank_ic", "information_coefficient")
}
_LEAF = st.one_of(st.sampled_from([*_SCORES]), st.sampled_from(["1", "2", "0.5", "100"]))
_TREES = st.recursive(
    _LEAF,
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from([" + ", " - ", "*", " / "]), part).map(lambda one: f"({''.join(one)})"),
        part.map(lambda one: f"-{one}"),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: f"max({', '.join(parts)})"),
        st.lists(part, min_size=1, max_size=3).map(lambda parts: f"sum({', '.join(parts)})"),
    ),
    max_leaves=6,
)


@settings(derandomize=True, max_examples=200, deadline=None)
@given(_TREES)
def test_the_value_is_that_of_the_arithmetic_on_the_document(expression: str) -> None:
    plain = expression
    for path, value in sorted(_SCORES.items(), key=lambda pair: -len(pair[0])):
        plain = plain.replace(path, repr(value))
    places: dict[str, Any] = {"max": lambda *parts: max(parts), "sum": lambda *parts: math.fsum(parts)}
    try:
        quantity = resolve(expression, TRIALS.get).quantity
    except Unresolved:
        # A score times a score is no figure, and neither is what divides by 0.
        assert "*" in plain or "/" in plain
        return
    value = quantity.value if quantity else _SCORES[expression]
    assert value == pytest.approx(eval(plain, places), abs=1e-12)  # noqa: S307 - made by this test


_PARTS = ["T1.", "T1.random_forest.auc", "T1.candidates", "T2.x", "(", ")", "-", "/", "*", "count(", "max(", ",", ">="]
_PARTS += ["20%", "$1", "0.5", "below", " ", ".", "'", "é", "\x00", "0", "1e999", "9" * 400]


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(_PARTS), max_size=12).map("".join))
def test_whatever_is_written_is_a_figure_or_unresolved(text: str) -> None:
    try:
        assert shown(text)
    except Unresolved as refused:
        assert str(refused)
