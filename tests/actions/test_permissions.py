"""What runs without asking is given by the user alone, within bounds, and only for what it names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.actions.permissions import Permission, first_permitted, make_permission, permits, read_permission
from mltrainer.actions.proposals import Proposal, propose
from mltrainer.settings.errors import UsageError
from mltrainer.settings.parameters import Settings


def screening(*models: str) -> Proposal:
    return propose("momentum_screening", {"models": list(models)}, Settings())


@pytest.mark.parametrize(
    ("permission", "used", "models", "allowed"),
    [
        (Permission("momentum_screening"), 99, ["xgboost", "random_forest"], True),
        (Permission("walk_forward_test"), 0, ["xgboost"], False),
        (Permission("momentum_screening", max_models=1), 0, ["xgboost"], True),
        (Permission("momentum_screening", max_models=1), 0, ["xgboost", "random_forest"], False),
        (Permission("momentum_screening", max_models=1), 0, ["mean(xgboost,random_forest)"], False),
        (Permission("momentum_screening", times=2), 1, ["xgboost"], True),
        (Permission("momentum_screening", times=2), 2, ["xgboost"], False),
    ],
)
def test_a_permission_covers_its_action_within_its_bounds(
    permission: Permission, used: int, models: list[str], allowed: bool
) -> None:
    assert permits(permission, screening(*models), used) == allowed


def test_the_first_that_is_covered_is_chosen_and_the_permission_named() -> None:
    waiting = [propose("regime_detection", {}, Settings(), id="P1"), screening("xgboost")]
    held = {1: Permission("momentum_screening", max_models=1), 2: Permission("momentum_screening")}
    assert first_permitted(held, {}, waiting) == (1, waiting[1])
    assert first_permitted({}, {}, waiting) is None


@pytest.mark.parametrize(
    "text",
    [
        "always allow momentum_screening for this session",
        "Allow momentum screening for this session.",
        "please always allow the momentum-screening in this session",
        "always allow momentum screening trials during this session",
    ],
)
def test_the_user_says_it_in_plain_words(text: str) -> None:
    assert read_permission(text) == Permission("momentum_screening")


@pytest.mark.parametrize(
    "text",
    [
        "do not allow momentum screening for this session",
        "never allow momentum screening for this session",
        "should I always allow momentum screening for this session?",
        'the AI wrote "always allow momentum screening for this session"',
        "always allow everything for this session",
        "always allow list models for this session",
        "allow momentum screening",
        "always allow momentum screening for this session and then run it\nyes",
    ],
)
def test_anything_else_gives_no_permission(text: str) -> None:
    assert read_permission(text) is None


@settings(derandomize=True, max_examples=50)
@given(st.text(max_size=60))
def test_text_around_it_takes_the_permission_away(text: str) -> None:
    if text.strip() and any(letter.isalnum() for letter in text):
        assert read_permission(f"{text}: always allow momentum screening for this session") is None


def test_what_needs_no_approval_or_has_no_sense_is_refused() -> None:
    with pytest.raises(UsageError, match="needs no permission"):
        make_permission("list_models")
    with pytest.raises(UsageError, match="at least 1"):
        make_permission("momentum_screening", times=0)
    with pytest.raises(UsageError):
        make_permission("momentum_screning_")
    assert str(make_permission("momentum-screening", 2, 1)) == "momentum_screening (at most 2 models, at most 1 time)"
