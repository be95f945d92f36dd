"""Trials in the background: the conversation goes on, and their results reach the analyst with the next words."""

import asyncio
from pathlib import Path

import pytest

from mltrainer.agent.analyst import TextPart, ToolCall
from mltrainer.agent.policy import Limits
from mltrainer.agent.resume import recall
from mltrainer.settings import events
from mltrainer.settings.errors import DataError, UsageError
from tests.agent.world import ScriptedAnalyst, World

CALL = [TextPart("I suggest it."), ToolCall("c1", "regime_detection", {})]


async def until_idle(world: World) -> None:
    async with asyncio.timeout(5):
        while world.conversation.jobs.active:
            await asyncio.sleep(0.001)


def test_the_user_has_the_word_at_once_and_the_result_comes_with_the_next_turn(tmp_path: Path) -> None:
    async def talk() -> None:
        world = await World(tmp_path).says("Start momentum analysis", "yes, in the background")
        [job] = world.conversation.jobs.active
        assert str(job) == "job 1 (momentum screening)"
        assert not world.conversation.waiting and world.conversation.finished_reason == "answered"
        await until_idle(world)
        [started] = world.of(events.ActionStarted)
        assert started.background and world.conversation.trials == ["T1"]
        await world.says("run regime detection")
        # What ended in the background is explained first, then what was asked for is proposed.
        assert "In the background: " in world.last_answer() and "T1" in world.last_answer()
        assert [one.action for one in world.conversation.waiting] == ["regime_detection"]
        await world.says("yes", "and now?")
        assert "In the background" not in world.last_answer()

    asyncio.run(talk())


def test_a_tool_call_is_answered_at_once_and_its_result_is_a_note_later(tmp_path: Path) -> None:
    analyst = ScriptedAnalyst(CALL, "Fine.", "I see.")

    async def talk() -> None:
        world = await World(tmp_path, lambda _: analyst).says("go", "execute in background")
        assert len(analyst.turns) == 1
        await until_idle(world)
        await world.says("hello", "again")

    asyncio.run(talk())
    _, second, third = analyst.turns
    assert [answer.call for answer in second.answers] == ["c1"]
    assert "job 1 (regime detection) is approved and runs in the background" in second.answers[0].text
    assert any("job 1 (regime detection, T1) in the background is done" in note for note in second.notes)
    assert second.documents[0]["trial_id"] == "T1" and second.text == "hello"
    assert not third.documents and not third.answers


def test_one_runs_at_a_time_and_each_can_be_stopped(tmp_path: Path) -> None:
    script = [
        "Let's run regime detection.\n\nLet's run the walk-forward test.\n\nLet's start momentum screening.",
        "Well.",
    ]
    analyst = ScriptedAnalyst(*script)

    async def talk() -> None:
        world = World(tmp_path, lambda _: analyst)
        world.facilitator.blocked = asyncio.Event()
        await world.says("go", "all of them in the background")
        jobs = world.conversation.jobs
        await asyncio.wait_for(world.facilitator.blocked.wait(), 5)
        assert [job.state for job in jobs.all] == ["running", "queued", "queued"]
        await jobs.cancel(2)
        world.facilitator.other.blocked = None
        await jobs.cancel(1)
        await until_idle(world)
        assert [job.state for job in jobs.all] == ["cancelled", "cancelled", "done"]
        assert [one.trial_id for one in world.of(events.ActionCancelled)] == ["T1"]
        for number in (1, 9):
            with pytest.raises(UsageError, match=f"job {number}"):
                await jobs.cancel(number)
        await world.says("hello")
        told = "\n".join(analyst.turns[-1].notes)
        assert "job 1 (regime detection, T1) in the background" in told and "never started" in told

    asyncio.run(talk())


def test_a_failure_is_told_and_the_next_job_runs(tmp_path: Path) -> None:
    analyst = ScriptedAnalyst("Let's run regime detection.", "Well.")

    async def talk() -> None:
        world = World(tmp_path, lambda _: analyst)
        world.facilitator.failure = DataError("the data are gone", hint="bring them back")
        await world.says("go", "in background")
        await until_idle(world)
        await world.says("hello")

    asyncio.run(talk())
    assert any("failed: the data are gone. bring them back" in note for note in analyst.turns[-1].notes)


def test_what_waits_in_the_background_counts_as_a_trial(tmp_path: Path) -> None:
    async def talk() -> None:
        world = World(tmp_path, limits=Limits(max_trials=1))
        await world.says("run regime detection", "in background", "run the walk-forward test", "yes")
        assert world.conversation.failure and world.conversation.failure.code == "max_trials"
        await world.conversation.close()

    asyncio.run(talk())


def test_leaving_ends_what_runs_and_a_killed_program_leaves_an_interrupted_job(tmp_path: Path) -> None:
    analyst = ScriptedAnalyst(CALL, "Well.")

    async def talk() -> list[events.Event]:
        world = World(tmp_path, lambda _: analyst)
        world.facilitator.blocked = asyncio.Event()
        await world.says("go", "in background")
        await asyncio.wait_for(world.facilitator.blocked.wait(), 5)
        told = list(world.events)
        await world.conversation.close()
        assert [one.trial_id for one in world.of(events.ActionCancelled)] == ["T1"]
        assert world.store.trial("T1")["status"] == "cancelled"
        return told

    past = recall(asyncio.run(talk()))
    # Its call was answered when it was approved: what became of it is a note.
    assert past.interrupted["T1"].proposal.action == "regime_detection" and past.interrupted["T1"].calls == ()
