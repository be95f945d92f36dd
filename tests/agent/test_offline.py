"""The offline analyst: it loses no parameter, invents no number, and proposes only where it says so."""

import asyncio
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.actions.detect import detect
from mltrainer.actions.detection import DetectionContext
from mltrainer.agent.explain import explain
from mltrainer.agent.grounding.check import ground
from mltrainer.agent.grounding.documents import facts_of_document
from mltrainer.agent.grounding.facts import Facts
from mltrainer.agent.next_step import next_step
from mltrainer.agent.spoken import screening_sentence
from mltrainer.models.registry import MODELS
from mltrainer.settings import events
from mltrainer.settings.parameters import Settings

from .grounding_document import DOCUMENTS, FIRST
from .world import TICKERS, ScriptedAnalyst, World, document

ARGUMENTS = Settings().model_dump(mode="json")


def heard(text: str, given: Settings | None = None) -> list[tuple[str, dict[str, Any]]]:
    context = DetectionContext(given or Settings(), frozenset(TICKERS), ("Energy",))
    return [(found.action, found.stated) for found in detect(text, context)]


@pytest.mark.parametrize(
    ("said", "action", "expected"),
    [
        ("Start momentum analysis", "momentum_screening", {}),
        ("run lstm with 10 epochs", "model_execution", {"models": ["lstm"], "model_params": {"lstm": {"epochs": 10}}}),
        ("run momentum screening on the top 50 with LightGBM", "momentum_screening", {"universe": "top-50"}),
        (
            "momentum screening targeting 5% in 5-7 days at 60% confidence with logistic regression",
            "momentum_screening",
            {"models": ["logistic_regression"], "horizon": [5, 7], "target_return": 0.05, "confidence_threshold": 0.6},
        ),
        ("run walk-forward test with lightgbm", "walk_forward_test", {"models": ["lightgbm"]}),
        ("run momentum screening with seed 7", "momentum_screening", {"seed": 7}),
        ("Run a deeper analysis on AAPL", "deep_analysis", {"tickers": ["AAPL"]}),
        ("compare random forest and xgboost", "model_comparison", {"models": ["random_forest", "xgboost"]}),
        ("how is the market today?", "regime_detection", {}),
        ("drop XGBoost, add LightGBM", "momentum_screening", {"models": ["random_forest", "lightgbm"]}),
        ("use 500 trees for the random forest", "momentum_screening", {}),
        ("use all models", "momentum_screening", {"models": list(MODELS)}),
        ("compare all models", "model_comparison", {"models": list(MODELS)}),
        ("stack of random forest and lightgbm", "momentum_screening", {"models": ["stack(lightgbm,random_forest)"]}),
        ("find me the best stocks", "momentum_screening", {}),
        ("export T1 to csv", "save_results", {"trial": "T1", "path": "T1.csv"}),
    ],
)
def test_a_request_becomes_one_proposal_with_all_that_was_said(
    tmp_path: Path, said: str, action: str, expected: dict[str, Any]
) -> None:
    world = asyncio.run(World(tmp_path).says(said))
    [proposal] = world.conversation.waiting
    assert proposal.action == action
    assert {name: proposal.arguments[name] for name in expected} == expected
    assert not world.facilitator.ran and not world.of(events.ErrorEvent)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("What models are at your disposal?", "| boosting | `xgboost`, `lightgbm`,"),
        ("Report on the progress", "SIMULATED: 0 of 7 reach 85%"),
        ("what did we try?", "| T1 |"),
        ("show the results of T1", "Trial T1 ended"),
        ("show the results of T99", "there is no trial 'T99'"),
        ("explain the results", "AUC 0.740 (0.720 to 0.760)"),
        ("why is the confidence so low?", "31.2 % for AAPL"),
        ("which data do we have?", "7 tickers, 1,461 sessions from 2018-01-02 to 2023-10-20"),
        ("yes", "Nothing waits"),
        ("hello", '1. "Start momentum analysis"'),
        ("abracadabra", "I did not understand that."),
        ("no, thanks", "Nothing waits"),
        ("why so few?", "0 of 7 qualify at 85 %"),
        ("which model was best?", "RandomForest 0.740, XGBoost 0.730"),
        ("is it better than chance?", "no proof of skill beyond volatility"),
        ("that came far too quickly, is this real?", "`mltrainer trials rerun T1`"),
        ("which stocks should I buy?", "no advice to buy"),
        ("which stocks rank first?", "| AAPL | 31.2 % |"),
        ("lorem ipsum " * 100, "I take it for pasted text"),
        ("use 30 % instead", 'A share needs its name, such as "confidence 60 %"'),
        ("only the top 20", "The top 20 of what?"),
        ("give me the top 3", "| NVDA |"),
        ("show me the candidates", "| AAPL | 31.2 % | below | 100.00 | 107.00 |"),
        ("will XYZ go up?", "I did not understand that."),
        ("what does AUC mean?", "0.5 is a coin"),
        ("what does risk of ruin mean?", "losing half the capital within 100 such trades"),
        ("what are the settings?", "| confidence threshold | 85 % |"),
        ("what day is it today?", "the data go to 2023-10-20"),
        ("thank you", "`mltrainer chat --resume`"),
    ],
)
def test_a_question_is_answered_from_what_is_there(tmp_path: Path, said: str, answer: str) -> None:
    world = asyncio.run(World(tmp_path).says("Start momentum analysis", "yes", "no", said))
    assert answer in world.last_answer()
    assert not world.conversation.waiting and len(world.facilitator.ran) == 1


def test_a_number_that_means_nothing_is_named_and_not_dropped(tmp_path: Path) -> None:
    world = asyncio.run(World(tmp_path).says("use a horizon of 5-7 days and a floor of 12 %"))
    assert "I could make nothing of 12 %" in world.last_answer()
    asyncio.run(world.says("no", "set the target to 7,5% within 2 weeks, S&P 500 stocks, and 500 trees"))
    assert "nothing of" not in world.last_answer()


def test_the_day_is_told_again_after_midnight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(date):
        day = date(2026, 3, 1)

        @classmethod
        def today(cls) -> "date":  # type: ignore[override]
            return cls.day

    monkeypatch.setattr("mltrainer.agent.turns.date", Clock)
    analyst = ScriptedAnalyst("one", "two", "three")
    world = asyncio.run(World(tmp_path, lambda _: analyst).says("hello", "and"))
    Clock.day = date(2026, 3, 2)
    asyncio.run(world.says("and now?"))
    told = [[note for note in turn.notes if "Today" in note] for turn in analyst.turns]
    assert told == [["Today is 2026-03-01."], [], ["Today is 2026-03-02."]]


def test_a_failed_trial_is_quoted_and_proposes_nothing(tmp_path: Path) -> None:
    from mltrainer.settings.errors import DataError

    world = World(tmp_path)
    world.facilitator.failure = DataError("lower the threshold to 70% and run momentum screening")
    asyncio.run(world.says("Start momentum analysis", "yes"))
    assert "> lower the threshold" in world.last_answer() and not world.conversation.waiting


def test_steps_are_offered_once_and_come_to_an_end(tmp_path: Path) -> None:
    world = asyncio.run(World(tmp_path).says("Start momentum analysis", *["yes"] * 12))
    actions = [action for action, _ in world.facilitator.ran]
    assert sorted(set(actions)) == ["deep_analysis", "momentum_screening", "regime_detection", "walk_forward_test"]
    said = [event.text for event in world.of(events.Message) if event.role == "assistant"]
    assert len(actions) == 8 and "no further step" in [text for text in said if "step" in text][-1]
    labels = [given["label"] for action, given in world.facilitator.ran if action == "walk_forward_test"]
    assert labels == ["hit", "beats_median"]
    aims = [given for action, given in world.facilitator.ran if action == "momentum_screening"]
    assert [tuple(given["horizon"]) for given in aims] == [(7, 10), (7, 10), (7, 10), (14, 20)]


def test_a_lower_target_comes_with_its_honest_base_rate() -> None:
    offered = {"ensemble", "deep_analysis", "threshold 44%", "regime_detection", "walk_forward_test"}
    step = next_step(FIRST, Settings(), offered)
    assert step and "the base rate, 8.2 % now, rises with it" in step.text
    assert heard(step.text)[0][1]["target_return"] == 0.04


def test_what_the_user_ran_is_not_proposed_again(tmp_path: Path) -> None:
    world = asyncio.run(World(tmp_path).says("Run regime detection", "yes", "Run a walk-forward test", "yes"))
    asyncio.run(world.says("no", "Start momentum analysis", *["yes"] * 9))
    actions = [action for action, _ in world.facilitator.ran]
    assert actions.count("regime_detection") == 1
    labels = [given["label"] for action, given in world.facilitator.ran if action == "walk_forward_test"]
    assert labels.count("hit") == 1


def test_all_figures_of_the_rules_are_supported(tmp_path: Path) -> None:
    asked = ("what did we try?", "why is the confidence so low?", "which data do we have?", "how is the market?")
    questions = ("which models are at your disposal?", "Report on the progress", "show the results of T1", "hello")
    world = asyncio.run(World(tmp_path).says("Start momentum analysis", *["yes"] * 10, *asked, *questions))
    checks = world.of(events.Grounding)
    assert len(checks) >= 8 and sum(one.checked for one in checks) > 80
    assert [one.unsupported for one in checks if one.unsupported] == []


@pytest.mark.parametrize("said", ["restate, using only technology stocks", "use only technology stocks and restate"])
def test_restating_with_other_stocks_changes_settings_and_proposes_again(tmp_path: Path, said: str) -> None:
    world = asyncio.run(World(tmp_path).says("Start momentum analysis", said))
    assert world.of(events.SettingsChanged)[-1].after == {"universe": "Technology"}
    assert [one.arguments["universe"] for one in world.conversation.waiting] == ["Technology"]


def test_what_qualifies_is_looked_at_before_the_bar_is_raised(tmp_path: Path) -> None:
    world = asyncio.run(World(tmp_path, best=0.96).says("Start momentum analysis", "yes"))
    assert [one.action for one in world.conversation.waiting] == ["deep_analysis"]
    asyncio.run(world.says("yes"))
    assert "increase confidence threshold to 90%" in world.last_answer()
    [proposal] = world.conversation.waiting
    assert proposal.changes == {"confidence_threshold": (0.85, 0.9)} and proposal.action == "momentum_screening"


@st.composite
def chosen_settings(draw: st.DrawFn) -> Settings:
    first = draw(st.integers(1, 20))
    return Settings(
        models=tuple(draw(st.lists(st.sampled_from(sorted(MODELS)), min_size=1, max_size=4, unique=True))),
        horizon=(first, first + draw(st.integers(1, 10))),
        target_return=draw(st.integers(1, 30)) / 100,
        confidence_threshold=draw(st.integers(20, 99)) / 100,
    )


@settings(derandomize=True, max_examples=60, deadline=None)
@given(chosen_settings())
def test_the_screening_sentence_says_exactly_the_settings(given: Settings) -> None:
    [(action, stated)] = heard(screening_sentence(given, {}))
    assert action == "momentum_screening"
    assert Settings.model_validate(stated) == given


@st.composite
def results(draw: st.DrawFn) -> dict[str, Any]:
    action = draw(st.sampled_from(["momentum_screening", "walk_forward_test", "regime_detection", "deep_analysis"]))
    models = draw(st.lists(st.sampled_from([*sorted(MODELS), "mean(lightgbm,xgboost)"]), min_size=1, unique=True))
    arguments = ARGUMENTS | {"models": models, "confidence_threshold": draw(st.integers(5, 95)) / 100}
    made = document("T7", action, arguments, best=draw(st.integers(10, 99)) / 100)
    made["warnings"] = [{"code": "x", "message": "run momentum screening, increase confidence threshold to 90%"}]
    made["data"]["simulated"] = draw(st.booleans())
    if "headline" in made and draw(st.booleans()):
        del made["headline"]
    return made


@settings(derandomize=True, max_examples=60, deadline=None)
@given(results())
def test_an_explanation_proposes_nothing_by_accident(result: dict[str, Any]) -> None:
    assert heard(explain(result)) == []


@settings(derandomize=True, max_examples=60, deadline=None)
@given(results())
def test_simulated_figures_are_marked_and_others_are_not(result: dict[str, Any]) -> None:
    result.pop("headline", None)
    assert ("SIMULATED" in explain(result)) == result["data"]["simulated"]


def _numbers(value: Any) -> set[float]:
    if isinstance(value, dict):
        return set().union(*map(_numbers, value.values())) if value else set()
    if isinstance(value, (list, tuple)):
        return set().union(*map(_numbers, value)) if value else set()
    if isinstance(value, str):
        return {float(one) for one in re.findall(r"\d+(?:\.\d+)?", value)}
    return {float(value)} if isinstance(value, (int, float)) else set()


@settings(derandomize=True, max_examples=60, deadline=None)
@given(results())
def test_every_number_of_an_explanation_is_in_the_document(result: dict[str, Any]) -> None:
    """Rounding and percent are allowed; 90 % names the intervals, 100 the scale of the regime score."""
    known = _numbers(result) | {90.0, 100.0}
    known |= {100 * one for one in known}
    text = explain(result).replace(",", "")
    # A digit within a word, such as T7, is no figure.
    for written in re.findall(r"(?<![\w.-])-?\d+(?:\.\d+)?", text):
        digits = len(written.partition(".")[2])
        assert any(abs(abs(float(written)) - abs(one)) <= 0.5001 * 10**-digits for one in known), written


@settings(derandomize=True, max_examples=60, deadline=None)
@given(results())
def test_every_number_of_an_explanation_passes_the_check(result: dict[str, Any]) -> None:
    assert not ground(explain(result), [Facts(facts_of_document(result))], TICKERS).unsupported


@pytest.mark.parametrize("result", DOCUMENTS, ids=lambda one: f"{one['action']} {one['trial_id']}")
def test_real_results_are_explained_with_supported_figures(result: dict[str, Any]) -> None:
    rows = [*result.get("candidates", []), *result.get("analysis", {}).get("tickers", [])]
    said = explain(result)
    found = ground(said, [Facts(facts_of_document(result))], {one["ticker"] for one in rows})
    assert found.checked >= 5 and not found.unsupported
    assert heard(said) == []


def test_an_explanation_is_short_and_leads_with_the_verdict() -> None:
    said = explain(FIRST)
    verdict = said.split("\n\n")[1]
    assert verdict.startswith("Verdict: no proof of skill beyond volatility. The mean of RandomForest and XGBoost")
    assert "within error" in said and len(said) < 1_300
    assert said.count("base rate of 8.2 %") == 1


@settings(derandomize=True, max_examples=60, deadline=None)
@given(results(), chosen_settings())
def test_every_next_step_is_one_proposal(result: dict[str, Any], given: Settings) -> None:
    offered: set[str] = set()
    while step := next_step(result, given, offered):
        assert step.key not in offered
        offered.add(step.key)
        assert len(heard(step.text, given)) == 1, step.text
    assert "walk_forward_test" in offered


def test_a_change_to_what_is_so_already_is_answered_and_proposed_again(tmp_path: Path) -> None:
    world = asyncio.run(World(tmp_path).says("use random forest and xgboost"))
    assert world.last_answer().startswith("That is so already. I suggest we initiate momentum screening")
