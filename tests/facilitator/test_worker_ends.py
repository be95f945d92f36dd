"""Cancelled, killed and closed workers: no process stays, no trial is lost, and the next one works."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from mltrainer.settings.errors import ActionFailed
from tests.facilitator.world import LONG, World, arguments, gone, group, pool_children, run


def test_a_cancelled_trial_leaves_no_process_and_the_next_one_works(home: Path) -> None:
    async def play(world: World) -> None:
        task = asyncio.create_task(world.trial(LONG))
        leader = await world.at_work()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert gone(leader)
        stored = world.store.trial("T1")
        assert stored["status"] == stored["document"]["status"] == "cancelled"
        assert world.said()[-1] == "action.cancelled"
        assert not (home / "trials" / "T1" / "predictions.parquet").exists()
        assert (await world.trial())["status"] == "succeeded"

    run(home, play)


def test_a_model_process_that_is_killed_costs_its_fit_and_twice_the_trial(home: Path) -> None:
    async def play(world: World) -> None:
        task = asyncio.create_task(world.trial())
        leader = await world.at_work()
        first = next(pool_children(leader))
        os.kill(first, signal.SIGKILL)
        # What was lost is fitted again.
        assert (await task)["status"] == "succeeded"
        task = asyncio.create_task(world.trial(LONG))
        before: set[int] = {first}
        # One that dies with nothing to do costs nothing; a fit that takes two down with it is given up.
        while not task.done():
            for child in set(pool_children(leader)) - before:
                before.add(child)
                os.kill(child, signal.SIGKILL)
            await asyncio.sleep(0.02)
        with pytest.raises(ActionFailed) as caught:
            await task
        assert caught.value.code == "worker_died"
        assert caught.value.exit_code == 4
        assert world.store.trial("T2")["document"]["error"]["code"] == "worker_died"
        # The worker itself lives on.
        assert leader in group(leader)
        quick = arguments(models=("random_forest",), model_params={"random_forest": {"n_estimators": 10}})
        assert (await world.trial(quick))["status"] == "succeeded"

    run(home, play)


def test_a_killed_worker_fails_the_trial_and_the_next_one_works(home: Path) -> None:
    async def play(world: World) -> None:
        task = asyncio.create_task(world.trial(LONG))
        leader = await world.at_work()
        os.kill(leader, signal.SIGKILL)
        with pytest.raises(ActionFailed, match="SIGKILL") as caught:
            await task
        assert caught.value.code == "worker_died"
        assert gone(leader)
        assert world.said()[-1] == "action.failed"
        assert (await world.trial())["status"] == "succeeded"

    run(home, play)


def test_a_worker_killed_between_trials_is_replaced_and_leaves_nothing(home: Path) -> None:
    async def play(world: World) -> None:
        await world.trial()
        process = world.facilitator._process._process
        assert process
        os.kill(process.pid, signal.SIGKILL)
        while process.returncode is None:
            await asyncio.sleep(0.01)
        assert (await world.trial())["status"] == "succeeded"
        assert gone(process.pid)

    run(home, play)


def test_no_key_reaches_the_worker(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = ("ANTHROPIC_API_KEY", "POLYGON_API_KEY", "FRED_API_KEY")
    for key in keys:
        monkeypatch.setenv(key, "sk-do-not-pass-on")

    async def play(world: World) -> None:
        await world.facilitator.describe_data()
        process = world.facilitator._process._process
        assert process
        environment = Path(f"/proc/{process.pid}/environ").read_bytes()
        assert b"sk-do-not-pass-on" not in environment
        assert b"OMP_NUM_THREADS=1" in environment

    run(home, play)


def test_closing_ends_the_worker_and_its_children(home: Path) -> None:
    leaders: list[int] = []

    async def play(world: World) -> None:
        await world.trial()
        process = world.facilitator._process._process
        assert process
        leaders.append(process.pid)
        assert len(group(process.pid)) > 1

    run(home, play)
    assert gone(leaders[0])
