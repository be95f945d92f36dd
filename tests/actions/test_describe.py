"""Tools for the AI, and values as people read them."""

import json
import subprocess
import sys
from typing import Any

import jsonschema
import pytest

from mltrainer.actions.describe import proposal_rows, show_value, tool_schemas
from mltrainer.actions.proposals import propose
from mltrainer.actions.registry import ACTIONS
from mltrainer.settings.parameters import AI_MAY_CHANGE, Settings


def test_tools_are_the_actions_in_order_and_the_same_bytes_every_time() -> None:
    tools = tool_schemas()
    assert [tool["name"] for tool in tools] == list(ACTIONS)
    code = "import json; from mltrainer.actions.describe import tool_schemas; print(json.dumps(tool_schemas()))"
    again = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert again == json.dumps(tools)


def test_tools_offer_only_what_the_ai_may_change() -> None:
    for tool in tool_schemas():
        jsonschema.Draft202012Validator.check_schema(tool["input_schema"])
        settings = set(tool["input_schema"]["properties"]) & set(Settings.model_fields)
        assert settings <= AI_MAY_CHANGE
        assert set(tool["input_schema"]["properties"]) - settings == (
            set(ACTIONS[tool["name"]].arguments.model_fields) - set(Settings.model_fields)
        )


@pytest.mark.parametrize(
    "stated",
    [
        {"target_return": 0.07, "horizon": [7, 10], "confidence_threshold": 0.85},
        {"target_return": "7%", "horizon": "7-10", "confidence_threshold": "85 %"},
        {"models": ["random_forest"], "model_params": {"random_forest": {"n_estimators": 50}}, "universe": "top-50"},
    ],
)
def test_what_a_tool_accepts_can_be_proposed(stated: dict[str, Any]) -> None:
    schema = next(tool["input_schema"] for tool in tool_schemas() if tool["name"] == "momentum_screening")
    jsonschema.validate(stated, schema)
    propose("momentum_screening", stated, Settings())


@pytest.mark.parametrize("stated", [{"target_return": 0}, {"horizon": [7]}, {"top_k": 0}, {"seed": 1}, {"models": []}])
def test_a_tool_refuses_what_is_out_of_bounds(stated: dict[str, Any]) -> None:
    schema = next(tool["input_schema"] for tool in tool_schemas() if tool["name"] == "momentum_screening")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(stated, schema)


def test_tools_say_each_thing_once_and_stay_small() -> None:
    tools = {tool["name"]: tool["input_schema"]["properties"] for tool in tool_schemas()}
    assert all("description" in shown for shown in tools["adjust_settings"].values())
    assert "description" not in tools["momentum_screening"]["label"]
    assert "description" in tools["hyperparameter_search"]["tries"]
    # Sent with every conversation: this much a tool is enough.
    assert len(json.dumps(tool_schemas())) < 1_200 * len(tools)


def test_rows_say_where_each_value_comes_from() -> None:
    proposal = propose(
        "momentum_screening", {"target_return": "7%"}, Settings(horizon=(5, 7)), adjusted=frozenset({"horizon", "seed"})
    )
    rows = {row.name: (row.value, row.origin) for row in proposal_rows(proposal)}
    assert rows["target_return"] == ("7 %", "stated")
    assert rows["horizon"] == ("5-7 sessions", "adjusted")
    # Somebody said it before, and it is what it was.
    assert rows["seed"] == ("58", "stated")
    assert rows["confidence_threshold"] == ("85 %", "default")
    assert list(rows) == list(Settings.model_fields)


def test_rows_of_an_action_with_arguments_of_its_own() -> None:
    rows = proposal_rows(propose("deep_analysis", {"tickers": "AAPL, MSFT", "top": 5}, Settings()))
    shown = {row.name: row.value for row in rows}
    assert shown["tickers"] == "AAPL, MSFT"
    assert shown["top"] == "5"
    assert proposal_rows(propose("regime_detection", {}, Settings())) == []


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("target_return", 0.07, "7 %"),
        ("target_return", 0.075, "7.5 %"),
        ("confidence_threshold", 0.29, "29 %"),
        ("horizon", [7, 10], "7-10 sessions"),
        ("horizon", (10, 10), "10 sessions"),
        ("horizon", [1, 1], "1 session"),
        ("models", ["random_forest", "xgboost"], "random_forest, xgboost"),
        ("model_params", {}, "each model's defaults"),
        (
            "model_params",
            {"xgboost": {"max_depth": 6, "learning_rate": 0.1}},
            "xgboost: max_depth 6, learning_rate 0.1",
        ),
        ("cost_bps", 5.0, "5 bp a side"),
        ("embargo", 0, "0 sessions"),
        ("label", "beats_median", "beats_median (beats the date's median)"),
        ("universe", "top-200", "top-200"),
        ("seed", 58, "58"),
        ("states", None, "-"),
    ],
)
def test_values_are_shown_in_peoples_units(name: str, value: Any, shown: str) -> None:
    assert show_value(name, value) == shown
