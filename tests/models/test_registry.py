"""Names and parameters of models, as people write them."""

from typing import Any

import pytest

from mltrainer.models.registry import MODELS, check_params, ensemble_id, members_of, resolve_model
from mltrainer.settings.errors import UsageError


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("RF", "random_forest"),
        ("RandomForest", "random_forest"),
        ("random forest", "random_forest"),
        ("Random-Forest", "random_forest"),
        ("random_forest", "random_forest"),
        ("lgbm", "lightgbm"),
        ("LightGBM", "lightgbm"),
        ("light gbm", "lightgbm"),
        ("XGB", "xgboost"),
        ("XGBoost", "xgboost"),
        ("xg-boost", "xgboost"),
        ("logit", "logistic_regression"),
        ("Logistic Regression", "logistic_regression"),
        ("LSTM", "lstm"),
        ("mean(rf, lgbm)", "mean(lightgbm,random_forest)"),
        ("Mean(XGBoost,RandomForest)", "mean(random_forest,xgboost)"),
        ("mean(lightgbm,random_forest)", "mean(lightgbm,random_forest)"),
    ],
)
def test_names_as_people_write_them(written: str, name: str) -> None:
    assert resolve_model(written) == name


@pytest.mark.parametrize("name", MODELS)
def test_ids_and_titles_name_themselves(name: str) -> None:
    assert resolve_model(name) == name
    assert resolve_model(MODELS[name].title) == name
    assert resolve_model(name.upper().replace("_", "-")) == name


@pytest.mark.parametrize(
    ("written", "nearest"),
    [("randomforrest", "random_forest"), ("xgbost", "xgboost"), ("lightgmb", "lightgbm"), ("lstn", "lstm")],
)
def test_an_unknown_name_is_refused_with_the_nearest(written: str, nearest: str) -> None:
    with pytest.raises(UsageError, match=written) as caught:
        resolve_model(written)
    assert f"did you mean {nearest}?" in caught.value.hint
    assert caught.value.code == "unknown_model"
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("written", ["prophet", "", "mean(rf)", "mean(rf, rf)", "mean()", "mean(rf, prophet)"])
def test_what_is_no_model_is_refused_with_what_there_is(written: str) -> None:
    with pytest.raises(UsageError) as caught:
        resolve_model(written)
    assert caught.value.code == "unknown_model"


def test_an_ensemble_id_is_sorted_and_gives_its_members_back() -> None:
    name = ensemble_id(["xgboost", "lightgbm", "xgboost"])
    assert name == "mean(lightgbm,xgboost)"
    assert members_of(name) == ["lightgbm", "xgboost"]
    assert members_of("xgboost") == ["xgboost"]


@pytest.mark.parametrize("model", MODELS)
def test_defaults_and_bounds_are_accepted_and_what_lies_beyond_is_refused(model: str) -> None:
    for name, param in MODELS[model].params.items():
        kind = type(param.default)
        assert check_params(model, {name: param.default}) == {name: param.default}
        for bound in (param.low, param.high):
            assert bound is not None
            found = check_params(model, {name: bound})[name]
            assert found == bound
            assert type(found) is kind
        for beyond in (param.low - 1, param.high * 2):
            with pytest.raises(UsageError, match=name) as caught:
                check_params(model, {name: beyond})
            assert "between" in caught.value.hint


@pytest.mark.parametrize(
    "value", ["many", float("nan"), float("inf"), 10.5, "", True], ids=["word", "nan", "inf", "half", "empty", "true"]
)
def test_a_number_of_trees_must_be_a_whole_number(value: Any) -> None:
    with pytest.raises(UsageError, match="n_estimators"):
        check_params("random_forest", {"n_estimators": value})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "fast"])
def test_a_learning_rate_must_be_a_number(value: Any) -> None:
    with pytest.raises(UsageError, match="learning_rate"):
        check_params("lightgbm", {"learning_rate": value})


def test_numbers_may_be_written_as_text() -> None:
    assert check_params("xgboost", {"max_depth": "6", "learning_rate": "0.1"}) == {"max_depth": 6, "learning_rate": 0.1}


def test_an_unknown_parameter_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="depth") as caught:
        check_params("xgboost", {"depth": 3})
    assert "max_depth" in caught.value.hint
