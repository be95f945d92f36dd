"""What a proposal could show at best, said before it is approved."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mltrainer.actions.proposals import propose
from mltrainer.agent.outlook import outlook
from mltrainer.evaluation.power import detectable_rank_ic
from mltrainer.settings import events
from mltrainer.settings.parameters import Settings
from mltrainer.store.store import Store
from tests.agent.world import ScriptedAnalyst, World

DATA = {"sessions": 662, "first": "2013-02-08", "last": "2018-02-07", "fingerprint": "sha256:1", "simulated": False}


@pytest.fixture
def facilitator(tmp_path: Path) -> Any:
    with_store = SimpleNamespace(store=Store(tmp_path), sealed=False)
    yield with_store
    with_store.store.close()


def keep(store: Store, highest: float, fingerprint: str = "sha256:1", **changes: Any) -> None:
    arguments = propose("momentum_screening", changes, Settings()).arguments
    trial = store.new_trial("momentum_screening", arguments, {"source": "files"})
    document = {"status": "succeeded", "data": {"fingerprint": fingerprint}, "at_threshold": {"highest": highest}}
    store.finish_trial(trial, document, seconds=1.0)


def test_the_power_of_400_days_and_of_too_few() -> None:
    low, high = detectable_rank_ic(400, horizon_end=10) or (0.0, 0.0)
    assert (round(low, 2), round(high, 2)) == (0.05, 0.08)
    # One-sided 5 %, power 80 %: 2.4865 standard errors of a mean over 40 periods.
    assert low == pytest.approx(2.4864749 * 0.12 / 40**0.5, rel=1e-6)
    assert detectable_rank_ic(19, horizon_end=10) is None


def test_an_impossible_threshold_is_answered_before_it_runs(facilitator: Any) -> None:
    screening = propose("momentum_screening", {}, Settings())
    power, unknown = outlook(screening, DATA, facilitator, "claude-other-9")
    assert power == "400 test days detect a rank IC of 0.05 to 0.08, and nothing smaller"
    assert unknown == ("until when claude-other-9 was trained is unknown: it may remember every day of these data")
    keep(facilitator.store, 0.32)
    keep(facilitator.store, 0.28)
    # Another label, other data: their probabilities say nothing here.
    keep(facilitator.store, 0.6, label="beats_median")
    keep(facilitator.store, 0.7, target_return="3%")
    keep(facilitator.store, 0.9, fingerprint="sha256:2")
    told = outlook(screening, DATA, facilitator, None)
    assert told[1:] == [
        "the highest calibrated probability in the history of this label on these data is 0.32: 85 % was never reached"
    ]
    low = propose("momentum_screening", {"confidence_threshold": "30%"}, Settings())
    assert outlook(low, DATA, facilitator, None)[1].endswith("is 0.32")


def test_sealed_sessions_are_no_test_days_and_their_probabilities_are_not_told(facilitator: Any) -> None:
    screening = propose("momentum_screening", {}, Settings())
    store = facilitator.store
    keep(store, 0.32)
    trial = store.new_trial("momentum_screening", screening.arguments, {}, dataset="d")
    document = {"status": "succeeded", "data": {"fingerprint": "sha256:1"}, "at_threshold": {"highest": 0.61}}
    store.finish_trial(trial, document, seconds=1.0, looked_to="2018-02-07")
    store.fix_holdout("d", "2017-08-01")
    assert "is 0.61" in outlook(screening, DATA, facilitator, None)[1]
    facilitator.sealed = True
    power, highest = outlook(screening, DATA | {"holdout_sessions": 136}, facilitator, None)
    assert power.startswith("264 test days") and "is 0.32" in highest
    power, _, short = outlook(screening, DATA | {"sessions": 270, "holdout_needs": 650}, facilitator, None)
    assert power == "8 test days are too few to detect any rank IC at a horizon of 10 sessions"
    assert short == "nothing is sealed for a last judgement: 270 sessions, 650 needed"


def test_what_an_ai_may_remember(facilitator: Any) -> None:
    screening = propose("momentum_screening", {}, Settings())
    assert "up to 2026-06-30" in outlook(screening, DATA, facilitator, "claude-sonnet-5-5")[-1]
    later = DATA | {"first": "2026-07-01"}
    assert len(outlook(screening, later, facilitator, "claude-sonnet-5-5")) == 1
    assert len(outlook(screening, DATA | {"simulated": True}, facilitator, "claude-sonnet-5-5")) == 1


def test_the_ai_hears_it_before_it_proposes_and_what_is_new_with_each_proposal(tmp_path: Path) -> None:
    analyst = ScriptedAnalyst("I suggest we run momentum screening targeting 50 day momentum.", "Right.")
    world = World(tmp_path, lambda _: analyst)
    keep(world.store, 0.32, fingerprint="sha256:" + "0" * 64)
    asyncio.run(world.says("Start", "no"))
    first, second = (" ".join(turn.notes) for turn in analyst.turns)
    assert "1199 test days detect a rank IC of" in first and "0.32: 85 % was never reached" in first
    # Of the longer horizon no history is known, and the power is another.
    assert "1159 test days" in second and "0.32" not in second
    started = world.of(events.SessionStarted)[0]
    assert all(one in first for one in started.outlook) and len(started.outlook) == 2


def test_nothing_is_said_where_nothing_is_evaluated(facilitator: Any) -> None:
    assert outlook(propose("regime_detection", {}, Settings()), DATA, facilitator, "x") == []
    assert outlook(propose("momentum_screening", {}, Settings()), {}, facilitator, "x") == []
