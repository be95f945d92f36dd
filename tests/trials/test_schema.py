"""Every document and event that a user meets is what the JSON Schemas of the package say."""

import asyncio
import json
import math
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings import events, result
from mltrainer.settings.errors import DataError
from mltrainer.settings.request import DataRequest, Simulation
from mltrainer.settings.stream import EventStream
from mltrainer.store.store import Store
from tests.trials.market import Outcome, run_trial, small

SIMULATED = {"source": "simulated", "simulation": {"tickers": 22, "sessions": 430}, "seed": 4}


def schema(name: str) -> dict[str, Any]:
    text = files("mltrainer.settings").joinpath("schemas", f"{name}.schema.json").read_text()
    return dict(json.loads(text))


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{name}.{key}")
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner, f"{name}[]")
    else:
        yield name, value


def check(document: dict[str, Any], kind: str = "result") -> None:
    """Hold a document to its schema, and to what a schema cannot say."""
    text = json.dumps(document, allow_nan=False)
    jsonschema.Draft202012Validator(schema(kind)).validate(json.loads(text))
    for name, value in leaves(document):
        assert value is not None, name
        assert not (isinstance(value, float) and not math.isfinite(value)), name


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def screening(home: Path) -> Outcome:
    return run_trial(None, home, data=SIMULATED, home=home)


@pytest.mark.parametrize(("name", "module"), [("result", result), ("events", events)])
def test_the_schemas_in_the_package_are_up_to_date(name: str, module: Any) -> None:
    # Written by scripts/schemas.
    assert schema(name) == module.json_schema()
    jsonschema.Draft202012Validator.check_schema(schema(name))


def test_a_screening(screening: Outcome) -> None:
    check(screening.document)
    keys = {"evaluation", "baselines", "candidates", "qualified", "regime", "significance", "headline", "event", "data"}
    assert keys <= screening.document.keys()
    assert screening.document["headline"].startswith("SIMULATED")
    assert [one["name"] for one in screening.document["benchmarks"]] == ["equal_weight"]
    assert {"simulated"} <= {warning["code"] for warning in screening.document["warnings"]}


def test_a_model_execution(home: Path) -> None:
    found = run_trial(None, home, data=SIMULATED, home=home, name="T2", action="model_execution",
                      arguments=small(models=("logistic_regression",), label="hit_vol_scaled"))  # fmt: skip
    check(found.document)
    # A target of its own for every ticker, known today.
    reached = {round(one["target_price"] / one["last_close"], 6) for one in found.document["candidates"]}
    assert len(reached) > 5 and min(reached) > 1
    assert "regime" not in found.document
    assert len(found.document["evaluation"]) == 1
    assert found.document["candidates"]


def test_a_walk_forward_test_with_the_other_label(home: Path) -> None:
    found = run_trial(None, home, data=SIMULATED, home=home, name="T3", action="walk_forward_test",
                      arguments=small(label="triple_barrier", touch="high", entry="next_open"))  # fmt: skip
    check(found.document)
    assert found.document["event"].startswith("trades at least 3 % above the next open before it trades 5 % or more")
    assert "candidates" not in found.document
    assert "qualified" not in found.document


def test_a_regime_detection(home: Path) -> None:
    found = run_trial(None, home, data=SIMULATED, home=home, name="T4", action="regime_detection", arguments={})
    check(found.document)
    assert 0 <= found.document["regime"]["score"] <= 100
    assert "evaluation" not in found.document
    # What was estimated once is taken over, and estimated again only where nothing may be.
    more: dict[str, Any] = {"data": SIMULATED, "home": home, "action": "regime_detection", "arguments": {}}
    again, fresh = (run_trial(None, home, name=name, fresh=new, **more)
                    for name, new in (("T40", False), ("T41", True)))  # fmt: skip
    costs = [(one.document["provenance"]["fits"] > 0, one.document["provenance"]["cached_fits"] > 0)
             for one in (again, fresh)]  # fmt: skip
    assert costs == [(False, True), (True, False)]
    assert again.document["regime"] == fresh.document["regime"] == found.document["regime"]


def test_a_deep_analysis(home: Path, screening: Outcome) -> None:
    """Its settings and tickers are those under which its figures came."""
    names = ",".join(one["ticker"] for one in screening.document["candidates"][:20])
    narrow = screening.document | {"settings": screening.document["settings"] | {"universe": names}}
    found = run_trial(None, home, data=SIMULATED, home=home, name="T5", action="deep_analysis",
                      arguments={"top": 5}, screening=narrow)  # fmt: skip
    check(found.document)
    assert [one["rank"] for one in found.document["analysis"]["tickers"]] == [1, 2, 3, 4, 5]
    assert found.document["settings"] == narrow["settings"] | {"top": 5}
    assert found.document["event"] == screening.document["event"]
    assert found.document["data"]["tickers"] == 20 < screening.document["data"]["tickers"]


def test_failed_and_cancelled_trials_and_the_events_around_them(tmp_path: Path) -> None:
    store, heard = Store(tmp_path), []
    request = DataRequest(source="simulated", simulation=Simulation(tickers=3, sessions=300))
    facilitator = Facilitator(store, request, workers=1)
    stream = EventStream(store.new_session("offline"), heard.append)

    async def scene() -> None:
        try:
            with pytest.raises(DataError):
                await facilitator.run_trial("momentum_screening", small(), stream)
            usual = small(universe="top-200")
            trial = facilitator.run_trial("momentum_screening", usual, stream, defaulted=list(usual))
            task = asyncio.create_task(trial)
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        finally:
            await facilitator.close()

    asyncio.run(scene())
    assert [store.trial(trial)["status"] for trial in ("T1", "T2")] == ["failed", "cancelled"]
    for trial in ("T1", "T2"):
        check(store.trial(trial)["document"])
    for event in heard:
        check(event.model_dump(mode="json", exclude_none=True), "events")


@pytest.mark.parametrize(
    "change",
    [{"status": "done"}, {"qualified": None}, {"surprise": 1}, {"candidates": [{"rank": 1}]}, {"schema": "other/1"}],
    ids=["status", "null", "unknown_key", "missing_key", "schema"],
)
def test_the_schema_refuses_what_is_no_document(change: dict[str, Any], screening: Outcome) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema("result")).validate(screening.document | change)
