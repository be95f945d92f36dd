import asyncio

import pytest

from mltrainer.actions.registry import ACTIONS
from mltrainer.render.blocks import as_plain
from mltrainer.repl.commands import COMMANDS, Leave, run_command
from mltrainer.repl.values import read_pairs
from mltrainer.settings.errors import UsageError
from mltrainer.settings.parameters import Settings
from tests.render.documents import screening
from tests.repl.scripted import ScriptedConversation


def run(line: str, conversation: ScriptedConversation) -> str:
    return as_plain(asyncio.run(run_command(line, conversation)))  # type: ignore[arg-type]


@pytest.fixture
def conversation() -> ScriptedConversation:
    return ScriptedConversation([screening()])


def test_every_action_is_a_command() -> None:
    assert {"/" + name.replace("_", "-") for name in ACTIONS} <= set(COMMANDS)


def test_help_names_every_command(conversation: ScriptedConversation) -> None:
    text = run("/help", conversation)
    for name in COMMANDS:
        assert name in text
    assert "confidence_threshold" in run("/help settings", conversation)


@pytest.mark.parametrize(("line", "near"), [("/setings", "/settings"), ("/momentum-screenin", "/momentum-screening")])
def test_an_unknown_command_names_the_nearest(line: str, near: str, conversation: ScriptedConversation) -> None:
    with pytest.raises(UsageError) as caught:
        run(line, conversation)
    assert caught.value.hint == f"did you mean {near}?"


def test_a_trial_is_proposed_and_not_run(conversation: ScriptedConversation) -> None:
    run("/momentum_screening confidence=90% models=rf, lgbm horizon=5 - 7", conversation)
    (proposal,) = conversation.waiting
    assert proposal.action == "momentum_screening"
    assert proposal.arguments["confidence_threshold"] == 0.9
    assert proposal.arguments["models"] == ["random_forest", "lightgbm"]
    assert proposal.arguments["horizon"] == [5, 7]
    assert conversation.ran == []


def test_settings_change_show_and_undo(conversation: ScriptedConversation) -> None:
    run("/settings target=8% random_forest.n_estimators=500", conversation)
    run("/settings random_forest.min_samples_leaf=50", conversation)
    assert conversation.settings.current.target_return == 0.08
    assert conversation.settings.current.model_params == {
        "random_forest": {"n_estimators": 500, "min_samples_leaf": 50}
    }
    rows = {line.split()[0]: line for line in run("/settings", conversation).splitlines()}
    assert rows["target_return"].split()[1:] == ["8", "%", "set"]
    assert rows["top_k"].endswith("default")
    assert run("/settings target=8%", conversation) == "The settings are already so.\n"
    while conversation.settings.history:
        run("/undo", conversation)
    assert conversation.settings.current == Settings()
    assert "no change" in run("/undo", conversation)


def test_a_change_says_that_what_waits_stays_as_it_was_shown(conversation: ScriptedConversation) -> None:
    waiting = conversation.propose("regime_detection", {})
    assert run("/settings target=8%", conversation).startswith(f"{waiting.id} still waits as it was shown")
    assert f"{waiting.id} still waits" in run("/undo", conversation)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("/settings confidence=150%", "confidence_threshold"),
        ("/settings confidence=85", "write 85% if percent is meant"),
        ("/settings nonsense=1", "there is no key 'nonsense'"),
        ("/settings m=1", "there is no key 'm'"),
        ("/settings 90%", "'90%' is no key=value"),
        ("/settings models=resnet", "there is no model 'resnet'"),
        ("/show T99", "there is no trial 'T99'"),
        ("/show T1 weather", "a result has no section 'weather'"),
        ("/trials many", "/trials takes a number"),
        ("/models x", "there is no model 'x'"),
        ("/undo x", "/undo takes nothing"),
    ],
)
def test_a_wrong_line_says_what_is_wrong_and_changes_nothing(
    line: str, message: str, conversation: ScriptedConversation
) -> None:
    with pytest.raises(UsageError) as caught:
        run(line, conversation)
    assert message in caught.value.message
    assert conversation.settings.current == Settings()


def test_trials_are_listed_and_shown(conversation: ScriptedConversation) -> None:
    assert "0 of 200 qualify" in run("/trials", conversation)
    assert "NVDA" in run("/show", conversation)
    candidates = run("/show t1 candidates", conversation)
    assert "NVDA" in candidates
    assert "volatility_only" not in candidates
    assert run("/show-results trial=T1 section=candidates", conversation) == candidates
    with pytest.raises(UsageError, match="no finished trial"):
        run("/show", ScriptedConversation())


def test_models_data_and_status(conversation: ScriptedConversation) -> None:
    assert "logistic_regression" in run("/models", conversation)
    assert run("/list-models", conversation) == run("/models", conversation)
    assert "bilstm" in run("/models neural", conversation) and "xgboost" not in run("/models neural", conversation)
    assert "max_depth=" in run("/models XGBoost", conversation) and "Cost:" in run("/models XGBoost", conversation)
    data = run("/data", conversation)
    assert "2018-02-07" in data
    assert "2 stale" in data
    status = run("/system-status", conversation)
    assert data in status
    assert "confidence_threshold" in status
    assert "SIMULATED" in run("/data", ScriptedConversation(data={"source": "simulated", "simulated": True}))


def test_quit_leaves(conversation: ScriptedConversation) -> None:
    with pytest.raises(Leave):
        run("/quit", conversation)


def test_a_key_that_fits_two_names_both() -> None:
    with pytest.raises(UsageError) as caught:
        read_pairs(["mod=x"], tuple(Settings.model_fields), Settings())
    assert caught.value.hint == "did you mean models or model_params?"
