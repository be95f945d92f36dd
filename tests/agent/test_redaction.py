"""Figures of the sealed holdout reach the user and never the analyst; nothing but a named word opens it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from mltrainer.agent.analyst import ToolCall
from mltrainer.agent.checking import Checker
from mltrainer.agent.citation.expression import resolve
from mltrainer.agent.citation.quantity import Unresolved
from mltrainer.agent.offline import OfflineAnalyst
from mltrainer.agent.outbox import Outbox
from mltrainer.agent.policy import auto
from mltrainer.agent.redaction import for_analyst, listed_for_analyst, outcomes_for_analyst
from mltrainer.facilitator.promoting import promoted_trial, promotion_outlook
from mltrainer.settings import events
from mltrainer.settings.request import DataRequest
from mltrainer.store.store import Store
from tests.agent.world import ScriptedAnalyst, World, document

DATASET = DataRequest(source="simulated").dataset


def a_look(store: Store) -> str:
    """Store a trial of the user's own that was evaluated on the holdout."""
    trial = store.new_trial("momentum_screening", {"models": ["xgboost"]}, {}, dataset=DATASET)
    found = document(trial, "momentum_screening", {"models": ["xgboost"]}, best=0.7219)
    store.finish_trial(trial, found, seconds=1.0, looked_to=found["data"]["last"])
    store.fix_holdout(DATASET, "2023-03-01")
    return trial


def test_every_way_to_a_stored_result_is_closed_to_the_analyst(tmp_path: Path) -> None:
    analyst = ScriptedAnalyst(
        [ToolCall("c1", "show_results", {"trial": "T1"}), ToolCall("c2", "system_status", {})],
        "See {{T1.xgboost.auc}}, {{T1.candidates}}.",
        "Done.",
    )
    world = World(tmp_path, lambda _: analyst)
    trial = a_look(world.store)
    assert "72.2%" in world.store.trials()[0]["headline"]
    asyncio.run(world.says("Show me T1"))
    told = repr(analyst.turns)
    assert "withheld" in told and "72.2" not in told and "0.72" not in told
    seen = Checker(world.stream, world.store, Outbox()).document(trial)
    assert seen and not {"evaluation", "baselines", "candidates", "qualified"} & set(seen)
    for reference in (f"{trial}.xgboost.auc", f"count({trial}.candidates.confidence > 0)", f"1 - {trial}.xgboost.auc"):
        with pytest.raises(Unresolved, match="leads nowhere"):
            resolve(reference, lambda _: seen)
    # The user's own faces tell everything.
    assert world.store.trial(trial)["document"]["candidates"][0]["confidence"] == 0.7219


def test_a_summary_of_an_old_conversation_tells_no_headline_of_the_holdout(tmp_path: Path) -> None:
    store = Store(tmp_path)
    a_look(store)
    assert "withheld" in listed_for_analyst(store, store.trials())[0]["headline"]
    contaminated = {"code": "contaminated", "message": "contaminated: 1 earlier trial looked at these sessions"}
    found = store.trial("T1")["document"] | {"warnings": [{"code": "x", "message": "AUC 0.72"}, contaminated]}
    assert for_analyst(store, found)["warnings"] == [contaminated]
    clean = document("T9", "momentum_screening", {"models": ["xgboost"]})
    assert for_analyst(store, clean) == clean


def test_approving_everything_does_not_open_the_holdout(tmp_path: Path) -> None:
    def answered(policy: Any, home: str) -> World:
        world = World(tmp_path / home, lambda _: ScriptedAnalyst("Let's promote T1.", "Good."), policy=policy)
        a_look(world.store)
        return asyncio.run(world.says("Go on"))

    every = answered(auto(), "every")
    assert [one.action for one in every.conversation.waiting] == ["promote"] and not every.facilitator.ran
    named = answered(auto(frozenset({"promote"}), every=True), "named")
    assert [action for action, _ in named.facilitator.ran] == ["promote"]
    assert not [one for one in named.of(events.Notice) if "cannot" in one.text]


def test_a_promotion_is_asked_for_by_its_id_and_says_what_it_would_mean(tmp_path: Path) -> None:
    world = World(tmp_path, OfflineAnalyst)
    first, second = "Start momentum analysis", "run a walk-forward test"
    asyncio.run(world.says("promote", first, "yes", second, "yes", "promote the best trial", "yes please", "promote"))
    asked = [one for one in world.of(events.ProposalMade) if one.action == "promote"]
    # Nothing was there to promote at first; of the two that are there now the figures are the same.
    assert [one.arguments for one in asked] == [{"trial": "T2"}, {"trial": "T2"}]
    assert "of 2 finished trials T2 has the highest t of the rank IC" in asked[0].outlook[0]
    assert "no finished trial of these data has figures to judge" in world.of(events.Notice)[0].text
    assert [action for action, _ in world.facilitator.ran][2:] == ["promote"]


def test_what_opening_means_is_told_by_how_often_it_was_looked_at(tmp_path: Path) -> None:
    store, request = Store(tmp_path), DataRequest(source="simulated")
    trial = store.new_trial("walk_forward_test", {}, request.model_dump(mode="json"), dataset=DATASET)
    found = document(trial, "walk_forward_test", {"models": ["xgboost"]})
    store.finish_trial(trial, found, seconds=1.0)
    assert promoted_trial(store, request, None, "S9") == promoted_trial(store, request, "best", None) == trial
    assert promotion_outlook(store, request, trial, None) == []
    store.fix_holdout(DATASET, "2023-03-01")
    (never,) = promotion_outlook(store, request, trial, None)
    assert never.startswith("the sealed holdout from 2023-03-01 on was never looked at: only this first look")
    a_look(store)
    assert (
        "was looked at 1 time before: what comes out is contaminated" in promotion_outlook(store, request, "T1", "")[0]
    )


def test_only_what_was_written_down_in_time_tells_of_sealed_sessions() -> None:
    resolved = {"status": "resolved", "outcome": 1, "realized_return": 0.1}
    live = resolved | {"due": "2018-02-01", "hindsight": False}
    before = resolved | {"due": "2017-12-29", "hindsight": True}
    peeked = resolved | {"due": "2018-01-02", "hindsight": True}
    # A simulated outcome carries no word about hindsight: nothing there is ever in time.
    simulated = resolved | {"due": "2018-01-02"}
    still = {"status": "open"}
    seen = outcomes_for_analyst([live, before, peeked, simulated, still], "2018-01-02")
    assert seen == [live, before, {"status": "withheld", "hindsight": True}, {"status": "withheld"}, still]
