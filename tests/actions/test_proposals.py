"""Proposals: complete, bound to a digest, amended without losing what was stated."""

import pytest

from mltrainer.actions.proposals import amend, propose
from mltrainer.settings.errors import UsageError
from mltrainer.settings.parameters import Settings


def test_what_is_not_stated_comes_from_the_settings() -> None:
    proposal = propose("momentum_screening", {"models": ["RF"]}, Settings(horizon=(5, 7)))
    assert proposal.arguments["models"] == ["random_forest"]
    assert proposal.arguments["horizon"] == [5, 7]
    assert proposal.changes == {"models": (["random_forest", "xgboost"], ["random_forest"])}


def test_the_digest_is_that_of_action_and_arguments_alone() -> None:
    one = propose("momentum_screening", {"target_return": "7%"}, Settings(), id="P1", source="text", quote="seven")
    other = propose("momentum_screening", {}, Settings(), id="P9", source="tool")
    assert one.digest == other.digest
    assert one.digest != propose("walk_forward_test", {}, Settings()).digest
    assert one.digest != propose("momentum_screening", {"seed": 59}, Settings()).digest


def test_stated_parameters_of_models_are_added_to_those_that_hold() -> None:
    settings = Settings(model_params={"random_forest": {"n_estimators": 300, "min_samples_leaf": 50}})
    stated = {"model_params": {"xgboost": {"max_depth": 6}, "random_forest": {"n_estimators": 500}}}
    assert propose("momentum_screening", stated, settings).arguments["model_params"] == {
        "random_forest": {"n_estimators": 500, "min_samples_leaf": 50},
        "xgboost": {"max_depth": 6},
    }


def test_parameters_of_a_model_that_is_not_chosen_are_refused() -> None:
    with pytest.raises(UsageError, match="lstm is not among the chosen models"):
        propose("momentum_screening", {"model_params": {"lstm": {"epochs": 5}}}, Settings())


def test_amending_keeps_what_was_stated() -> None:
    settings = Settings()
    stated = {"target_return": "8%", "model_params": {"xgboost": {"max_depth": 6}}}
    first = propose("momentum_screening", stated, settings, id="P4", source="text", quote="q")
    second = amend(first, {"confidence_threshold": 0.9}, settings)
    assert (second.id, second.source, second.quote) == ("P4", "text", "q")
    assert second.arguments == first.arguments | {"confidence_threshold": 0.9}
    assert set(second.stated) == {"target_return", "model_params", "confidence_threshold"}
    third = amend(second, {"models": ["lightgbm"]}, settings)
    assert third.arguments["models"] == ["lightgbm"]
    assert third.arguments["model_params"] == {}


@pytest.mark.parametrize(
    "stated",
    [
        {"target_return": "700%"},
        {"confidence_threshold": "150%"},
        {"horizon": "10-7"},
        {"models": ["forrest"]},
        {"x": 1},
    ],
)
def test_impossible_arguments_are_refused_in_one_line(stated: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        propose("momentum_screening", stated, Settings())
    assert "\n" not in caught.value.message
