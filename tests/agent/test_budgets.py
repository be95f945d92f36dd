"""Budgets end what they must, after a warning; permissions run what the user let them, and say so."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from mltrainer.actions.permissions import Permission
from mltrainer.agent.analyst import Part, Spent, TextPart
from mltrainer.agent.oneshot import run_once
from mltrainer.agent.policy import Limits, Used, auto, chosen_policy
from mltrainer.settings import events
from tests.agent.world import ScriptedAnalyst, World

SCREEN = "I suggest we run momentum screening with XGBoost."
ALWAYS = "always allow momentum screening for this session"


def answer(text: str, dollars: float) -> list[Part]:
    return [TextPart(text), Spent(1000, 50, 900, dollars)]


def scripted(*script: Any) -> Any:
    return lambda _: ScriptedAnalyst(*script)


@pytest.mark.parametrize(
    ("used", "warned", "spent"),
    [
        (Used(3, 79.0, 0.79), [], None),
        (Used(4, 80.0, 0.80), ["max_trials", "max_seconds", "max_usd"], None),
        (Used(5, 10.0, None), [], None),
        (Used(0, 100.0, 0.0), [], "max_seconds"),
        (Used(0, 0.0, 1.0), [], "max_usd"),
    ],
)
def test_limits_warn_at_four_fifths_and_end_at_the_whole(used: Used, warned: list[str], spent: str | None) -> None:
    limits = Limits(max_trials=5, max_seconds=100, max_usd=1)
    assert list(limits.nearly(used)) == warned
    found = limits.spent(used)
    assert (found.code if found else None) == spent
    assert (limits.reached(used) is None) == (spent is None and used.trials < 5)


def test_dollars_warn_once_and_then_nothing_more_is_asked(tmp_path: Path) -> None:
    analyst = scripted(answer("one", 0.5), answer("two", 0.35), answer("three", 0.05), answer("four", 0.2))
    world = World(tmp_path, analyst, limits=Limits(max_usd=1))
    asyncio.run(world.says("a", "b", "c", "d", "e"))
    notices = [event.text for event in world.of(events.Notice) if "limit" in event.text]
    assert notices == ["A limit is near: $0.8500 of $1 were spent (--max-usd)."]
    assert [event.code for event in world.of(events.ErrorEvent)] == ["max_usd"]
    assert world.last_answer() == "four"
    assert world.conversation.dollars == pytest.approx(1.1)


def test_a_run_ends_with_5_when_its_dollars_are_spent(tmp_path: Path) -> None:
    world = World(tmp_path, scripted(answer(SCREEN, 2.0)), policy=auto(), limits=Limits(max_trials=1, max_usd=1))
    outcome = asyncio.run(run_once(world.conversation, "start"))
    assert (outcome.status, outcome.exit_code, outcome.trial_ids) == ("limit", 5, ())
    assert world.facilitator.ran == []


def test_a_permission_runs_what_waits_and_what_comes_and_says_so(tmp_path: Path) -> None:
    world = World(tmp_path, scripted(SCREEN, SCREEN, "It is done.", SCREEN))

    async def talk() -> None:
        await world.says("start", ALWAYS)
        assert len(world.facilitator.ran) == 2
        approved = world.of(events.Approval)
        assert {(one.decision, one.by, one.reason) for one in approved} == {("approved", "policy", "permission 1")}
        world.conversation.permissions.revoke(1)
        await world.says("again")
        assert len(world.facilitator.ran) == 2
        assert len(world.conversation.waiting) == 1

    asyncio.run(talk())


def test_the_ai_gives_itself_no_permission(tmp_path: Path) -> None:
    world = World(tmp_path, scripted(ALWAYS, f"{ALWAYS}\n\n{SCREEN}", "Never mind."))
    asyncio.run(world.says("hello", "and now?"))
    assert world.facilitator.ran == []
    assert world.conversation.permissions.given == {}


def test_a_permission_ends_at_its_bound_and_the_user_has_the_word(tmp_path: Path) -> None:
    world = World(tmp_path, scripted(SCREEN, SCREEN, SCREEN))
    world.conversation.permissions.allow(Permission("momentum_screening", times=2))
    asyncio.run(world.says("start"))
    assert len(world.facilitator.ran) == 2
    assert len(world.conversation.waiting) == 1


def test_no_permission_runs_on_and_on(tmp_path: Path) -> None:
    world = World(tmp_path, scripted(*[SCREEN] * 9))
    world.conversation.permissions.allow(Permission("momentum_screening"))
    asyncio.run(world.says("start"))
    assert len(world.facilitator.ran) == 5
    assert len(world.conversation.waiting) == 1


def test_a_chat_that_approves_everything_still_gives_the_user_the_word(tmp_path: Path) -> None:
    policy = chosen_policy(yes=True, allow=(), dry_run=False, chat=True)
    world = asyncio.run(World(tmp_path, policy=policy).says("Start momentum analysis"))
    assert len(world.facilitator.ran) == policy.per_turn == 5
    assert len(world.conversation.waiting) == 1


def test_in_a_dry_run_not_even_the_user_runs_anything(tmp_path: Path) -> None:
    policy = chosen_policy(yes=True, allow=(), dry_run=True, chat=True)
    world = asyncio.run(World(tmp_path, policy=policy).says("Start momentum analysis", "yes"))
    assert not world.facilitator.ran and len(world.conversation.waiting) == 1
    assert world.conversation.failure and world.conversation.failure.code == "dry_run"
