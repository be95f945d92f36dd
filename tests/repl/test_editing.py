"""The arguments of a proposal as lines: what was not touched stays, what was changed is read."""

from typing import Any

import pytest

from mltrainer.actions.checking import read_arguments
from mltrainer.actions.proposals import propose
from mltrainer.actions.registry import find_action
from mltrainer.repl.editing import edit_text, is_edit, read_edit
from mltrainer.settings.errors import UsageError
from mltrainer.settings.parameters import Settings

STATED = {
    "models": ["random_forest", "mean(xgboost,lightgbm)"],
    "model_params": {"random_forest": {"n_estimators": 50}},
    "target_return": "7.5%",
    "cost_bps": 2.5,
}
PROPOSAL = propose("walk_forward_test", STATED, Settings())


def test_every_argument_stands_on_its_line_and_reads_back_as_it_was() -> None:
    text = edit_text(PROPOSAL)
    assert "target_return=7.5%\n" in text and "horizon=7-10\n" in text and "random_forest.n_estimators=50\n" in text
    assert is_edit(text)
    assert read_edit(text, PROPOSAL) == {}
    # Read one by one, each line states what the proposal has.
    nothing = propose("walk_forward_test", {"seed": 1, "top_k": 1}, Settings(seed=1, top_k=1))
    stated = read_arguments(find_action("walk_forward_test"), read_edit(text, nothing))
    assert {key: PROPOSAL.arguments[key] for key in stated} == stated


@pytest.mark.parametrize(
    ("change", "stated"),
    [
        (("horizon=7-10", "horizon=5-7"), {"horizon": "5-7"}),
        (("seed=58", ""), {}),
        (("seed=58", "  seed=59  "), {"seed": "59"}),
        (
            ("random_forest.n_estimators=50", "random_forest.n_estimators=70"),
            {"model_params": {"random_forest": {"n_estimators": "70"}}},
        ),
    ],
)
def test_only_what_was_changed_is_stated(change: tuple[str, str], stated: dict[str, Any]) -> None:
    assert read_edit(edit_text(PROPOSAL).replace(*change), PROPOSAL) == stated


def test_a_line_that_names_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="no key 'sed'"):
        read_edit("sed=9", propose("regime_detection", {"states": 3}, Settings()))


@pytest.mark.parametrize("text", ["90 % confidence", "yes", "use a threshold = 80", "no, because a=b is wrong", ""])
def test_a_sentence_is_no_edit(text: str) -> None:
    assert not is_edit(text)
