"""Trials in the real worker process: they are run, told, stored, rerun, and refused in one clear line."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mltrainer.settings.errors import ActionFailed, DataError, MltrainerError, UsageError
from mltrainer.settings.request import DataRequest, Simulation
from tests.facilitator.world import World, arguments, run
from tests.trials.market import bars


def test_a_trial_is_run_told_and_stored(home: Path) -> None:
    found: list[dict[str, Any]] = []

    async def play(world: World) -> None:
        found.append(await world.trial())

    world = run(home, play)
    said = world.said()
    assert said[0] == "action.started"
    assert said[-1] == "action.completed"
    assert set(said[1:-1]) == {"action.progress"}
    stages = [event.stage for event in world.events[1:-1]]  # type: ignore[attr-defined]
    assert list(dict.fromkeys(stages))[:3] == ["data", "features", "fit"]
    stored = world.store.trial("T1")
    assert stored["status"] == "succeeded"
    assert stored["document"] == found[0] == world.events[-1].result  # type: ignore[attr-defined]
    assert stored["defaulted"] == ["seed"]
    assert world.store.tried()[0]["trial_id"] == "T1"
    assert (home / "trials" / "T1" / "predictions.parquet").is_file()


def test_the_worker_stays_warm_and_reruns_to_the_same_numbers(home: Path) -> None:
    async def play(world: World) -> None:
        await world.trial()
        process = world.facilitator._process._process
        described = await world.facilitator.describe_data()
        assert (described["tickers"], described["simulated"]) == (22, True)
        verdict = await world.facilitator.rerun("T1", world.stream)
        assert verdict["identical"]
        assert verdict["fits"] > 0
        await world.facilitator.export("T1", str(home / "out.csv"))
        assert list(pd.read_csv(home / "out.csv").columns[:3]) == ["date", "ticker", "model"]
        assert world.facilitator._process._process is process

    run(home, play)


@pytest.mark.parametrize(
    ("simulation", "settings", "code", "words"),
    [
        ({"tickers": 3, "sessions": 300}, {}, "data_insufficient", "too few tickers"),
        ({"tickers": 22, "sessions": 30}, {}, "data_insufficient", "too little data"),
        ({"tickers": 22, "sessions": 300}, {"target_return": 0.99}, "one_class", "never happened"),
    ],
    ids=["three_tickers", "thirty_sessions", "a_target_that_is_never_reached"],
)
def test_data_that_do_not_suffice_end_in_one_clear_line(
    simulation: dict[str, int], settings: dict[str, Any], code: str, words: str, home: Path
) -> None:
    async def play(world: World) -> None:
        with pytest.raises(DataError, match=words) as caught:
            await world.trial(arguments(**settings))
        error = caught.value
        assert (error.code, error.exit_code) == (code, 6)
        assert error.hint
        assert "\n" not in error.message
        stored = world.store.trial("T1")
        assert stored["status"] == "failed"
        assert stored["document"]["error"] == error.as_dict()
        assert world.said()[-1] == "action.failed"
        assert world.events[-1].message == error.message  # type: ignore[attr-defined]

    run(home, play, DataRequest(source="simulated", simulation=Simulation(**simulation)))


@pytest.mark.parametrize(
    "content",
    ["", "date,ticker,volume\n2020-01-02,A,1\n", "hello"],
    ids=["empty", "without_a_needed_column", "no_table"],
)
def test_a_file_that_is_not_understood_is_named(content: str, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "bars.csv"
    file.write_text(content)

    async def play(world: World) -> None:
        with pytest.raises(DataError) as caught:
            await world.trial()
        assert "bars.csv" in caught.value.message
        assert not world.store.trials()

    run(home, play, DataRequest(source="files", data=file))


def test_bars_from_a_file_and_an_analysis_of_what_they_gave(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "bars.parquet"
    bars(22, 300).to_parquet(file, index=False)

    async def play(world: World) -> None:
        with pytest.raises(UsageError) as caught:
            await world.trial({}, "deep_analysis")
        assert caught.value.code == "no_screening"
        screening = await world.trial(action="momentum_screening")
        assert screening["data"]["simulated"] is False
        analysis = await world.trial({"top": 3}, "deep_analysis")
        assert analysis["analysis"]["screening"] == screening["trial_id"]
        assert len(analysis["analysis"]["tickers"]) == 3
        with pytest.raises(UsageError, match="NOSUCH") as unknown:
            await world.trial({"tickers": ["NOSUCH"]}, "deep_analysis")
        assert unknown.value.code == "unknown_ticker"
        assert len(world.store.trials()) == 2

    run(home, play, DataRequest(source="files", data=file))


def test_what_the_columns_of_a_file_cannot_give_is_refused_before_there_is_a_trial(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "closes.parquet"
    bars(22, 300)[["date", "ticker", "close"]].to_parquet(file, index=False)

    async def play(world: World) -> None:
        for change in ({"touch": "high"}, {"entry": "next_open"}, {"slippage": "half_spread"}, {"universe": "top-5"}):
            with pytest.raises(DataError) as caught:
                await world.trial(arguments(**({"slippage": "none"} | change)))
            assert caught.value.code == "column_absent"
        assert not world.store.trials()

    run(home, play, DataRequest(source="files", data=file))


def test_without_data_nothing_is_stored(home: Path) -> None:
    async def play(world: World) -> None:
        with pytest.raises(DataError, match="no data were named"):
            await world.trial()
        assert world.store.trials() == []

    run(home, play, None)


def test_a_failed_trial_cannot_be_rerun_and_an_unknown_one_is_named(home: Path) -> None:
    async def play(world: World) -> None:
        trial = world.store.new_trial("walk_forward_test", {}, {})
        failed = {"status": "failed", "error": {"code": "x", "message": "y"}}
        world.store.finish_trial(trial, failed, seconds=1.0)
        with pytest.raises(MltrainerError, match="ended as failed"):
            await world.facilitator.rerun(trial, world.stream)
        with pytest.raises(UsageError, match="no trial 'T9'"):
            await world.facilitator.rerun("T9", world.stream)
        with pytest.raises(ActionFailed, match="no predictions"):
            await world.facilitator.export(trial, str(home / "out.csv"))

    run(home, play)
