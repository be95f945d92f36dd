"""The conversation that must work word for word, with the rules and with Claude over a real connection."""

import asyncio
from pathlib import Path
from typing import Any

from mltrainer.agent.claude import ClaudeAnalyst
from mltrainer.settings import events

from .claude_server import ClaudeServer, say
from .world import World

FIRST = (
    "I suggest we initiate momentum screening using RandomForest and XGBoost models targeting 7-10 day momentum with "
    "+7% returns at 85% confidence."
)


def test_with_the_offline_analyst(tmp_path: Path) -> None:
    async def talk() -> None:
        world = await World(tmp_path).says("Start momentum analysis")
        conversation = world.conversation
        assert world.of(events.SessionStarted)[0].notice.startswith("Offline analyst: rule-based")
        assert world.last_answer() == FIRST
        [proposal] = conversation.waiting
        assert proposal.action == "momentum_screening"
        assert set(proposal.stated) == {"models", "horizon", "target_return", "confidence_threshold"}
        assert not world.facilitator.ran

        await world.says("yes")
        assert [action for action, _ in world.facilitator.ran] == ["momentum_screening"]
        assert world.facilitator.ran[0][1] == proposal.arguments
        assert conversation.trials == ["T1"]
        assert "SIMULATED" in world.last_answer()
        assert world.last_answer().endswith("Let's try ensemble of RandomForest + LightGBM.")

        await world.says("Yes, go!")
        assert world.facilitator.ran[-1][1]["models"] == ["random_forest", "lightgbm"]
        [changed] = world.of(events.SettingsChanged)
        assert changed.by == "ai" and changed.after == {"models": ["random_forest", "lightgbm"]}
        assert world.last_answer().endswith("Let's run deeper analysis on the top 5 candidates.")

        await world.says("go")
        assert world.facilitator.ran[-1][0] == "deep_analysis" and world.facilitator.ran[-1][1]["top"] == 5

    asyncio.run(talk())


def test_with_claude(tmp_path: Path) -> None:
    script = [
        say(FIRST),
        say("0 of 7 reach 85 %. RandomForest performed better. Let's try ensemble of RandomForest + LightGBM"),
        say("Nothing changed. I suggest we increase confidence threshold to 90%."),
        say("Let me look at the details.", ("c1", "deep_analysis", {"top": 5})),
        say("That is all I see."),
    ]

    async def talk(server: ClaudeServer) -> None:
        world = World(tmp_path, lambda made: ClaudeAnalyst(api_key="key", store=made.store, base_url=server.base_url))
        await world.says("Start momentum analysis", "yes", "yes", "execute", "Yes, go!")
        *screenings, (last, looked_at) = world.facilitator.ran
        assert [(action, told["models"], told["confidence_threshold"]) for action, told in screenings] == [
            ("momentum_screening", ["random_forest", "xgboost"], 0.85),
            ("momentum_screening", ["random_forest", "lightgbm"], 0.85),
            ("momentum_screening", ["random_forest", "lightgbm"], 0.9),
        ]
        assert (last, looked_at) == ("deep_analysis", {"top": 5})
        assert [event.after for event in world.of(events.SettingsChanged)] == [
            {"models": ["random_forest", "lightgbm"]},
            {"confidence_threshold": 0.9},
        ]
        assert world.last_answer() == "That is all I see."
        await world.conversation.close()

    with ClaudeServer(script) as server:
        asyncio.run(talk(server))
        told: list[Any] = [request["messages"][-1]["content"] for request in server.requests]
    # The results reach the AI by themselves: as text where it wrote text, as the tool's result where it called one.
    assert "Result of trial T1" in told[1][0]["text"] and "0.312" in told[1][0]["text"]
    assert told[4][0]["type"] == "tool_result" and "Result of trial T4" in told[4][0]["content"]
    assert "SIMULATED" in told[4][0]["content"]


def test_what_went_wrong_for_the_first_user_goes_right(tmp_path: Path) -> None:
    async def talk() -> None:
        world = await World(tmp_path).says("Start momentum analysis", "Yes, go!")
        await world.says("use only S&P 500 stocks and restate")
        assert world.of(events.SettingsChanged)[-1].after == {"universe": "sp500"}
        assert world.of(events.SettingsChanged)[-1].by == "user"
        assert [one.arguments["universe"] for one in world.conversation.waiting] == ["sp500"]

        await world.says("What models are at your disposal?")
        assert all(f"`{name}`" in world.last_answer() for name in ("logistic_regression", "xgboost", "lstm"))
        await world.says("Report on the progress")
        assert "| T1 | `momentum_screening` | SIMULATED: 0 of 7 reach 85%" in world.last_answer()
        await world.says("hello", "1-5")
        assert [one.action for one in world.conversation.waiting] == [
            "momentum_screening",
            "regime_detection",
            "walk_forward_test",
            "model_execution",
        ]
        await world.says("the second one")
        assert world.facilitator.ran[-1][0] == "regime_detection"

    asyncio.run(talk())
