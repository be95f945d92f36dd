"""The holdout through the one door: a conversation seals it, a test outside looks, a promotion opens it on record."""

from pathlib import Path
from typing import Any

import pytest

from mltrainer.settings.errors import UsageError
from mltrainer.settings.request import DataRequest, Simulation

from .world import World, arguments, run

MARKET = DataRequest(source="simulated", simulation=Simulation(tickers=20, sessions=652))
BRIEF = arguments(test_block=252)


def test_from_an_early_look_to_a_contaminated_promotion(tmp_path: Path) -> None:
    found: dict[str, Any] = {}

    async def play(world: World) -> None:
        found["early"] = await world.trial(BRIEF)
        with pytest.raises(UsageError, match="no sealed holdout"):
            await world.trial({"trial": "T1"}, "promote")
        assert len(world.store.trials()) == 1
        world.facilitator.sealed = True
        found["sealed"] = await world.trial(BRIEF)
        found["again"] = await world.facilitator.rerun("T2", world.stream)
        world.facilitator.sealed = False
        found["open"] = await world.trial(BRIEF)
        found["promoted"] = await world.trial({"trial": "T2"}, "promote")
        await world.trial({}, "regime_detection")
        with pytest.raises(UsageError, match="evaluated no model"):
            await world.trial({"trial": "T5"}, "promote")

    world = run(tmp_path, play, MARKET)
    assert "holdout" not in found["early"]
    sealed, opened, promoted = (found[name]["holdout"] for name in ("sealed", "open", "promoted"))
    day = sealed["from"]
    assert sealed == {"from": day, "sessions": 136, "status": "sealed", "looks": 1, "included": False}
    assert found["again"]["identical"] and found["again"]["fits"] > 0
    assert opened == sealed | {"looks": 2, "included": True}
    assert promoted == sealed | {"status": "opened", "looks": 3, "included": True, "opened_by": "T4"}
    assert found["promoted"]["promotion"]["contaminated"]
    # The conversation's figures come from fewer dates by the holdout.
    rows = [found[name]["evaluation"][0]["test_dates"] for name in ("sealed", "open", "promoted")]
    assert rows[0] + 136 == rows[1] and rows[2] == 126
    last = found["promoted"]["data"]["last"]
    assert world.store.holdout(MARKET.dataset) == {"from": day, "looks": 3, "opened_to": last, "opened_by": "T4"}
    assert world.store.touching_holdouts() == {"T1", "T3", "T4"}
