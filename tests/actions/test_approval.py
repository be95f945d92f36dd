"""Decisions: whole answers approve, everything else declines."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mltrainer.actions.approval import Approve, Change, Decision, Decline, Edit, read_decision
from mltrainer.actions.detect import DetectionContext
from mltrainer.actions.proposals import Proposal, amend, propose
from mltrainer.settings.parameters import Settings

from .answers import NOT_YES, YES

SETTINGS = Settings()
CONTEXT = DetectionContext(SETTINGS, frozenset({"AAPL", "MSFT"}), ("Information Technology",), "user")


def waiting(*stated: dict[str, Any], action: str = "momentum_screening") -> list[Proposal]:
    return [propose(action, one, SETTINGS, id=f"P{place}") for place, one in enumerate(stated, start=1)]


def decide(text: str, proposals: list[Proposal]) -> Decision:
    return read_decision(text, proposals, SETTINGS, CONTEXT)


@pytest.mark.parametrize("text", YES)
def test_a_whole_answer_approves(text: str) -> None:
    assert decide(text, waiting({})) == Approve(("P1",))


@pytest.mark.parametrize("text", NOT_YES)
def test_anything_else_approves_nothing_and_is_kept_as_the_reason(text: str) -> None:
    decision = decide(text, waiting({}))
    assert not isinstance(decision, Approve)
    if isinstance(decision, Decline):
        assert decision.reason == text.strip()


@pytest.mark.parametrize("text", YES)
def test_nothing_is_approved_where_nothing_waits(text: str) -> None:
    assert decide(text, []) == Decline(text.strip())


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("yes", ("P1", "P2", "P3")),
        ("all", ("P1", "P2", "P3")),
        ("1-5", ("P1", "P2", "P3")),
        ("1-2", ("P1", "P2")),
        ("1,3", ("P1", "P3")),
        ("1 and 3", ("P1", "P3")),
        ("3, 1", ("P3", "P1")),
        ("the second one", ("P2",)),
        ("the last one", ("P3",)),
        ("the first and third", ("P1", "P3")),
        ("go with 2", ("P2",)),
        ("yes, 2 and 3", ("P2", "P3")),
        ("options 1 and 2", ("P1", "P2")),
        ("run 3", ("P3",)),
    ],
)
def test_picks_among_several(text: str, ids: tuple[str, ...]) -> None:
    assert decide(text, waiting({}, {"seed": 1}, {"seed": 2})) == Approve(ids)


@pytest.mark.parametrize("text", ["4", "1,7", "3-1", "5-9", "0", "1-2-3", "the second opinion", "1 or 2", "both"])
def test_picks_of_what_is_not_there_approve_nothing(text: str) -> None:
    assert decide(text, waiting({}, {"seed": 1}, {"seed": 2})) == Decline(text)


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("yes, but with 90 %", {"confidence_threshold": 0.9}),
        ("yes but 90%", {"confidence_threshold": 0.9}),
        ("Yes, but with 90% confidence.", {"confidence_threshold": 0.9}),
        ("yes, but with 8 %", {"target_return": 0.08}),
        ("yes, but use 5-7 days", {"horizon": [5, 7]}),
        ("go, but only AAPL and MSFT", {"universe": "AAPL,MSFT"}),
        ("yes, but drop XGBoost", {"models": ["random_forest"]}),
        ("yes, but without XGBoost", {"models": ["random_forest"]}),
        ("run it with LightGBM", {"models": ["lightgbm"]}),
        ("yes, and raise the target to 9 %", {"target_return": 0.09}),
        ("yes, but lower the threshold by 5 points", {"confidence_threshold": 0.75}),
        ("1, but with 70 %", {"confidence_threshold": 0.7}),
    ],
)
def test_an_approval_with_a_change_changes_and_does_not_run(text: str, stated: dict[str, Any]) -> None:
    proposal = propose("momentum_screening", {"confidence_threshold": 0.8}, SETTINGS)
    decision = decide(text, [proposal])
    assert decision == Change(("P1",), stated)
    changed = amend(proposal, decision.stated, SETTINGS)
    assert {name: changed.arguments[name] for name in stated} == stated
    assert changed.digest != proposal.digest


def test_a_change_is_only_what_the_action_takes() -> None:
    assert decide("yes, but with 90 %", waiting({}, action="regime_detection")) == Decline("yes, but with 90 %")
    deep = waiting({"top": 5}, action="deep_analysis")
    assert decide("yes, but only AAPL", deep) == Change(("P1",), {"tickers": ["AAPL"]})


def test_edit_opens_one_proposal() -> None:
    several = waiting({}, {"seed": 1})
    assert decide("edit", several) == Edit("P1")
    assert decide("Edit 2.", several) == Edit("P2")
    assert decide("edit the second one", several) == Edit("P2")
    assert decide("edit 3", several) == Decline("edit 3")
    assert decide("edit everything I said", several) == Decline("edit everything I said")


APPROVING = {
    "yes", "execute", "proceed", "go", "run", "approve", "approved", "do", "it", "this", "that", "them", "both",
    "all", "these", "let's", "ahead", "for", "with", "ok", "okay", "great", "perfect", "good", "fine", "alright",
    "right", "sounds", "please", "now", "then", "thanks", "thank", "you", "and", "the", "first", "one", "option",
    "number", "1", "no", "just", "only", "options", "proposal", "proposals", "choice", "choices", "step", "steps",
    "last", "ones", "take", "pick", "choose", "of", "everything", "every",
}  # fmt: skip
_WORDS = [
    "yes", "no", "go", "run", "not", "don't", "maybe", "if", "when", "the", "model", "data", "AAPL", "90%", "but",
    "later", "it", "why", "is", "was", "please", "I", "you", "stop", "approve", "execute", "proceed", "never",
    "wonder", "again", "first", "2", "1", "and", "or", "with,", "wait",
]  # fmt: skip
WORDS = st.sampled_from(_WORDS)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=8).map(" ".join))
@example("yes no")
def test_every_approval_is_made_of_approving_words_only(text: str) -> None:
    if isinstance(decide(text, waiting({})), Approve):
        assert {word.strip(".,!").lower() for word in text.split()} <= APPROVING


@settings(derandomize=True, max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_random_text_never_approves(text: str) -> None:
    decision = decide(text, waiting({}))
    if isinstance(decision, Approve):
        assert {word.strip(".,!#'\"`").lower() for word in text.split()} <= APPROVING


@pytest.mark.parametrize(
    ("answer", "ids"),
    [
        ("execute in background", ("P1", "P2")),
        ("yes, in background", ("P1", "P2")),
        ("Run it in the background.", ("P1", "P2")),
        ("in the background please", ("P1", "P2")),
        ("yes, but in the background", ("P1", "P2")),
        ("2 in the background", ("P2",)),
    ],
)
def test_in_the_background_is_an_approval_with_a_place(answer: str, ids: tuple[str, ...]) -> None:
    assert decide(answer, waiting({}, {})) == Approve(ids, background=True)


@pytest.mark.parametrize(
    "answer",
    [
        "not in the background",
        "no, in the background",
        "what runs in the background",
        "in background?",
        "9 in background",
    ],
)
def test_nothing_else_about_the_background_approves(answer: str) -> None:
    assert isinstance(decide(answer, waiting({}, {})), Decline)


def test_a_change_is_shown_again_before_it_runs_in_the_background() -> None:
    decision = decide("yes, with 90 % in the background", waiting({}))
    assert decision == Change(("P1",), {"confidence_threshold": 0.9})
