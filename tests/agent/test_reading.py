"""What a reply proposes: tool calls and sentences become one list of validated proposals."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.actions.detection import DetectionContext
from mltrainer.actions.registry import ACTIONS
from mltrainer.agent.analyst import ToolCall
from mltrainer.agent.reading import Reading, Session, read_reply
from mltrainer.settings.parameters import Settings


def read(text: str = "", *calls: tuple[str, dict[str, Any]], last: str = "momentum_screening") -> Reading:
    session = Session(Settings(), frozenset(), last, DetectionContext(Settings(), frozenset({"AAPL", "MSFT"})))
    made = [ToolCall(f"c{place}", name, given) for place, (name, given) in enumerate(calls, start=1)]
    return read_reply(text, made, session)


def proposed(reading: Reading) -> list[tuple[str, dict[str, Any]]]:
    """Return the trials with the arguments that were said."""
    proposals = [one.proposal for one in reading.trials]
    return [(one.action, {name: one.arguments[name] for name in one.stated}) for one in proposals]


def test_the_same_proposal_by_tool_and_text_is_one() -> None:
    text = "I suggest we initiate momentum screening using RandomForest and XGBoost models at 90% confidence."
    given = {"models": ["RandomForest", "XGBoost"], "confidence_threshold": "90%", "top_k": 20}
    reading = read(text, ("momentum_screening", given))
    [one] = reading.trials
    assert one.proposal.source == "tool" and one.calls == ("c1",)
    assert one.proposal.arguments["confidence_threshold"] == 0.9 and one.proposal.arguments["top_k"] == 20


def test_a_sentence_that_contradicts_the_tool_stands_beside_it() -> None:
    reading = read(
        "I suggest we run momentum screening at 80% confidence.", ("momentum_screening", {"confidence_threshold": 0.9})
    )
    assert [one.proposal.arguments["confidence_threshold"] for one in reading.trials] == [0.9, 0.8]


def test_settings_go_into_the_trial_of_the_same_reply() -> None:
    reading = read("", ("adjust_settings", {"confidence_threshold": 0.9}), ("walk_forward_test", {"models": ["LGBM"]}))
    assert [one.action for one in reading.settings] == ["adjust_settings"]
    assert proposed(reading) == [("walk_forward_test", {"confidence_threshold": 0.9, "models": ["lightgbm"]})]
    assert reading.trials[0].calls == ("c2", "c1")
    assert reading.trials[0].proposal.changes["confidence_threshold"] == (0.85, 0.9)


@pytest.mark.parametrize("last", ["momentum_screening", "walk_forward_test"])
def test_settings_alone_propose_the_latest_trial_again(last: str) -> None:
    reading = read("I suggest we increase confidence threshold to 90%.", last=last)
    assert [one.changes for one in reading.settings] == [{"confidence_threshold": (0.85, 0.9)}]
    assert proposed(reading) == [(last, {"confidence_threshold": 0.9})]


def test_settings_take_effect_with_a_trial_that_does_not_use_them() -> None:
    reading = read("", ("adjust_settings", {"top_k": 20}), ("regime_detection", {}))
    [one] = reading.trials
    assert one.proposal.arguments == {} and one.proposal.changes == {"top_k": (10, 20)}


def test_numbered_options_stand_each_for_itself() -> None:
    text = (
        "My suggestions for the next step:\n"
        "1. Run a walk-forward test with LightGBM\n2. Run regime detection\n3. Lower the confidence threshold to 70%"
    )
    assert proposed(read(text)) == [
        ("walk_forward_test", {"models": ["lightgbm"]}),
        ("regime_detection", {}),
        ("momentum_screening", {"confidence_threshold": 0.7}),
    ]


def test_what_only_the_user_may_change_is_refused() -> None:
    reading = read("", ("momentum_screening", {"seed": 1}), ("adjust_settings", {"cost_bps": 0}))
    assert not reading.trials and not reading.settings
    assert sorted(fault.calls for fault in reading.faults) == [("c1",), ("c2",)]
    assert all(fault.error.code == "not_yours" for fault in reading.faults)
    assert proposed(read("", ("momentum_screening", {"seed": 58}))) == [("momentum_screening", {"seed": 58})]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("momentum_screening", {"models": ["catboost"]}),
        ("momentum_screening", {"confidence_threshold": 1.5}),
        ("momentum_screening", {"horizon": [10, 7]}),
        ("momentum_screening", {"certainty": 0.9}),
        ("buy_shares", {}),
    ],
)
def test_an_impossible_proposal_is_a_fault_that_answers_its_call(name: str, given: dict[str, Any]) -> None:
    reading = read("", (name, given))
    assert not reading.trials
    [fault] = reading.faults
    assert fault.calls == ("c1",) and fault.error.message


def test_settings_that_are_already_so_propose_nothing() -> None:
    reading = read("", ("adjust_settings", {"confidence_threshold": 0.85}))
    assert not reading.trials and reading.nothing_new == ["c1"]


def test_ids_have_no_gaps_and_a_call_is_answered_once() -> None:
    reading = read(
        "I suggest we lower the confidence threshold to 60%.", ("adjust_settings", {"confidence_threshold": 0.6})
    )
    assert [one.id for one in reading.settings] == ["P1"]
    assert [(one.proposal.id, one.calls) for one in reading.trials] == [("P2", ("c1",))]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([*ACTIONS, "buy_shares"])
KEYS = st.sampled_from([*Settings.model_fields, "tickers", "top", "trial", "states", "section", "limit"]) | st.text()


@settings(derandomize=True, max_examples=300, deadline=None)
@given(NAMES, st.dictionaries(KEYS, JSON, max_size=4))
def test_whatever_a_tool_is_called_with_is_read_or_refused(name: str, said: dict[str, Any]) -> None:
    reading = read("", (name, said))
    found = [*reading.trials, *reading.faults, *reading.lookups]
    answered = {call for one in found for call in one.calls} | set(reading.nothing_new)
    assert answered == {"c1"}


def test_the_same_lookup_twice_is_done_once() -> None:
    reading = read("", ("show_results", {"trial": "T1"}), ("show_results", {"trial": "T1"}), ("list_models", {}))
    assert [(one.action, one.calls) for one in reading.lookups] == [
        ("show_results", ("c1", "c2")),
        ("list_models", ("c3",)),
    ]
