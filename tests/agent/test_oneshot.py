"""A run without a person: the policy decides, the exit code tells how it ended, ``result`` is the last event."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from mltrainer.agent.oneshot import Outcome, run_once
from mltrainer.agent.policy import ASK, DRY_RUN, Limits, Policy, auto
from mltrainer.settings import events
from mltrainer.settings.errors import CredentialsError, DataError, TemporaryError

from .world import ScriptedAnalyst, World

ONE = Limits(max_trials=1)
PROPOSAL = "I suggest we initiate momentum screening using RandomForest and XGBoost models."


def run(world: World, prompt: str = "Start momentum analysis") -> Outcome:
    outcome = asyncio.run(run_once(world.conversation, prompt))
    last = world.events[-1]
    assert isinstance(last, events.FinalResult)
    assert (last.status, last.exit_code, tuple(last.trial_ids)) == (
        outcome.status,
        outcome.exit_code,
        outcome.trial_ids,
    )
    return outcome


def test_one_trial_is_run_analysed_and_the_next_only_shown(tmp_path: Path) -> None:
    world = World(tmp_path, policy=auto(), limits=ONE)
    assert run(world) == Outcome("succeeded", 0, ("T1",))
    assert [approval.by for approval in world.of(events.Approval)] == ["policy"]
    assert len(world.conversation.waiting) == 1 and len(world.facilitator.ran) == 1
    assert "LightGBM" in world.last_answer()


def test_more_trials_run_up_to_the_limit(tmp_path: Path) -> None:
    world = World(tmp_path, policy=auto(), limits=Limits(max_trials=3))
    assert run(world) == Outcome("succeeded", 0, ("T1", "T2", "T3"))
    assert [action for action, _ in world.facilitator.ran][0] == "momentum_screening"


@pytest.mark.parametrize("policy", [ASK, auto(frozenset({"regime_detection"}))])
def test_without_permission_nothing_runs(tmp_path: Path, policy: Policy) -> None:
    world = World(tmp_path, policy=policy, limits=ONE)
    assert run(world) == Outcome("approval_needed", 3, ())
    assert not world.facilitator.ran


def test_a_dry_run_only_shows(tmp_path: Path) -> None:
    world = World(tmp_path, policy=DRY_RUN, limits=ONE)
    assert run(world) == Outcome("proposed", 0, ())
    assert len(world.of(events.ProposalMade)) == 1


def test_a_reply_without_a_proposal_ends_the_run(tmp_path: Path) -> None:
    world = World(tmp_path, policy=auto(), limits=ONE)
    assert run(world, "What models are at your disposal?") == Outcome("succeeded", 0, ())


def test_a_failed_trial_gives_its_exit_code(tmp_path: Path) -> None:
    world = World(tmp_path, policy=auto(), limits=Limits(max_trials=5))
    world.facilitator.failure = DataError("3 tickers are not enough")
    assert run(world) == Outcome("failed", 6, ("T1",))
    assert len(world.facilitator.ran) == 1


@pytest.mark.parametrize(("error", "exit_code"), [(TemporaryError("busy"), 75), (CredentialsError("no"), 77)])
def test_an_ai_that_fails_gives_its_exit_code(tmp_path: Path, error: Any, exit_code: int) -> None:
    world = World(tmp_path, lambda _: ScriptedAnalyst(error), policy=auto(), limits=ONE)
    assert run(world).exit_code == exit_code


@pytest.mark.parametrize(
    "prompt", ["run momentum screening with catboost", "use a target of 700 %", "use 0 trees for the random forest"]
)
def test_what_the_user_says_wrongly_is_wrong_usage(tmp_path: Path, prompt: str) -> None:
    world = World(tmp_path, policy=auto(), limits=ONE)
    assert run(world, prompt) == Outcome("failed", 2, ())
    [error] = world.of(events.ErrorEvent)
    assert error.message


def test_data_that_cannot_be_read_end_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path, policy=auto(), limits=ONE)

    async def broken() -> dict[str, Any]:
        raise DataError("no file")

    monkeypatch.setattr(world.facilitator, "describe_data", broken)
    assert run(world) == Outcome("failed", 6, ())
    assert world.of(events.ErrorEvent)[0].message == "no file"


def test_seconds_that_run_out_cancel_the_trial(tmp_path: Path) -> None:
    world = World(tmp_path, policy=auto(), limits=Limits(max_trials=1, max_seconds=0.2))
    world.facilitator.blocked = asyncio.Event()
    assert run(world) == Outcome("limit", 5, ("T1",))
    assert len(world.of(events.ActionCancelled)) == 1


def test_an_interrupt_is_told_before_it_passes_on(tmp_path: Path) -> None:
    world = World(tmp_path, policy=auto(), limits=ONE)
    world.facilitator.blocked = asyncio.Event()
    world.conversation.interrupt_code = 143

    async def whole() -> None:
        task = asyncio.create_task(run_once(world.conversation, "Start momentum analysis"))
        assert world.facilitator.blocked
        ready = asyncio.create_task(world.facilitator.blocked.wait())
        await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(whole())
    last = world.events[-1]
    assert isinstance(last, events.FinalResult) and last.exit_code == 143 and last.status == "interrupted"
