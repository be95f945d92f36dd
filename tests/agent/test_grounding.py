"""The check of figures: measured on labelled sentences, and its rules one by one."""

import re
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.agent.grounding import ground
from mltrainer.agent.grounding_claims import read_claims
from mltrainer.agent.grounding_facts import facts_of_document, facts_of_settings
from mltrainer.settings.parameters import Settings

from .grounding_document import ALL_TICKERS, FIRST, SECOND
from .grounding_sentences import SENTENCES, UNSEEN

FACTS = [
    *facts_of_document(SECOND),
    *facts_of_document(FIRST),
    *facts_of_settings(Settings().model_dump(mode="json")),
]


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text without its braces, and where they stood."""
    places, plain = [], ""
    for part in re.split(r"(\{[^}]*\})", text):
        if part.startswith("{"):
            places.append((len(plain), len(plain) + len(part) - 2))
        plain += part.strip("{}")
    return plain, places


def measured(sentences: Mapping[str, tuple[str, ...]]) -> tuple[float, float]:
    """Return the share of unsupported figures that are found, and of true sentences in which one is "found"."""
    bad = caught = good = alarms = 0
    for text in (one for kind in sentences.values() for one in kind):
        plain, places = marked(text)
        found = [(one.start, one.end) for one in ground(plain, FACTS, ALL_TICKERS).unsupported]
        bad += len(places)
        caught += sum(any(start < end_ and start_ < end for start_, end_ in found) for start, end in places)
        good += not places
        alarms += bool(found) and not places
    return caught / bad, alarms / good


@pytest.mark.parametrize("sentences", [SENTENCES, UNSEEN], ids=["written before", "written after"])
def test_invented_and_swapped_figures_are_found_and_true_ones_left_alone(
    sentences: Mapping[str, tuple[str, ...]],
) -> None:
    recall, alarms = measured(sentences)
    assert recall >= 0.95
    assert alarms <= 0.05


def test_the_labelled_set_is_large_enough() -> None:
    assert sum(len(kind) for part in (SENTENCES, UNSEEN) for kind in part.values()) >= 240
    assert sum(len(kind) for kind in UNSEEN.values()) >= 60


@pytest.mark.parametrize("kind", ["true", "rounded", "converted"])
def test_true_figures_are_looked_at(kind: str) -> None:
    unchecked = [text for text in SENTENCES[kind] + UNSEEN[kind] if not ground(text, FACTS, ALL_TICKERS).checked]
    assert not unchecked


def test_a_swapped_figure_names_its_owner() -> None:
    [found] = ground("XGBoost reached an AUC of 0.7235.", FACTS, ALL_TICKERS).unsupported
    assert (found.text, found.reason) == ("0.7235", "it is the figure of random_forest in T2")
    assert "AUC of 0.7235" in found.around


def test_sources_say_where_figures_are_from() -> None:
    found = ground("In T1 XGBoost has an AUC of 0.712; the threshold of 85 % was not reached.", FACTS, ALL_TICKERS)
    assert not found.unsupported and found.checked == 2 and set(found.sources) <= {"T1", "T2", "settings"}


@settings(derandomize=True, max_examples=80, deadline=None)
@given(
    st.sampled_from(["random_forest", "xgboost", "lightgbm"]),
    st.sampled_from(["auc", "brier_skill", "rank_ic", "precision_at_k"]),
    st.integers(2, 4),
)
def test_a_figure_as_it_rounds_is_supported_and_one_step_off_is_not(model: str, key: str, digits: int) -> None:
    rows = {row["model"]: row for one in (FIRST, SECOND) for row in one["evaluation"]}
    name = {"auc": "AUC", "brier_skill": "Brier skill", "rank_ic": "rank IC", "precision_at_k": "precision"}[key]
    value = rows[model][key]
    for shift, supported in ((0, True), (2, False), (-2, False)):
        text = f"The {name} of {model} is {value + shift * 10.0**-digits:.{digits}f}."
        claims = read_claims(text)
        others = {abs(row[key]) for row in rows.values() if row["model"] == model}
        assume_apart = all(abs(abs(one) - abs(value + shift * 10.0**-digits)) > 10.0**-digits for one in others)
        assert len(claims) == 1
        if supported or (assume_apart and claims[0].value):
            assert (not ground(text, FACTS, ALL_TICKERS).unsupported) == supported, text


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.text(alphabet="0123456789 .,%$-+()[]|*`TPof\naAUC", max_size=120))
def test_any_text_can_be_checked(text: str) -> None:
    found = ground(text, FACTS, ALL_TICKERS)
    assert all(0 <= one.start < one.end <= len(text) for one in found.unsupported)
    assert found.checked == sum(found.sources.values()) + len(found.unsupported)
