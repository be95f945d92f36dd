"""Trials in the real worker process: they succeed, fail, are cancelled and die without taking anything else along."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings.errors import ActionFailed, DataError, MltrainerError, UsageError
from mltrainer.settings.events import Event
from mltrainer.settings.parameters import Settings
from mltrainer.settings.request import DataRequest, Simulation
from mltrainer.settings.stream import EventStream
from mltrainer.store.store import Store
from tests.trials.market import bars

SMALL = DataRequest(source="simulated", simulation=Simulation(tickers=22, sessions=300))
QUICK: dict[str, Any] = {
    "models": ("logistic_regression",),
    "universe": "all",
    "initial_train": 126,
    "target_return": 0.03,
}


def arguments(**changes: Any) -> dict[str, Any]:
    return Settings.model_validate(QUICK | changes).model_dump(mode="json")


# Many trees on all rows: long enough to be met at work.
LONG = arguments(
    models=("random_forest",), model_params={"random_forest": {"n_estimators": 2000, "max_samples": 1_000_000}}
)


class World:
    """A facilitator with a store, and what its stream said."""

    def __init__(self, home: Path, request: DataRequest | None = SMALL) -> None:
        self.events: list[Event] = []
        self.store = Store(home)
        self.session = self.store.new_session("offline")
        self.stream = EventStream(self.session, self.events.append)
        self.facilitator = Facilitator(self.store, request, workers=1)

    async def trial(self, settings: dict[str, Any] | None = None, action: str = "walk_forward_test") -> dict[str, Any]:
        settings = arguments() if settings is None else settings
        return await self.facilitator.run_trial(
            action, settings, self.stream, defaulted=["seed"], session_id=self.session
        )

    def said(self) -> list[str]:
        return [str(event.type) for event in self.events]  # type: ignore[attr-defined]

    async def at_work(self) -> int:
        """Wait until a model is being fitted in a child of the worker, and return the worker's process id."""
        while True:
            process = self.facilitator._process._process
            if process and any(pool_children(process.pid)):
                return process.pid
            await asyncio.sleep(0.02)


def status_of(pid: int) -> dict[str, str]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def group(leader: int) -> list[int]:
    """Return the living processes of a process group."""
    members = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[2]) == leader and fields[0] != "Z":
                members.append(int(entry.name))
    return members


def gone(leader: int) -> bool:
    """Say whether a process group ends; the kernel takes a moment to take a killed process down."""
    deadline = time.monotonic() + 10
    while group(leader):
        if time.monotonic() > deadline:
            return False
    return True


def pool_children(leader: int) -> Iterator[int]:
    """Yield the processes that fit models: those that multiprocessing spawned and that have loaded something."""
    for pid in group(leader):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        memory = int(status_of(pid).get("VmRSS", "0 kB").split()[0])
        if b"spawn_main" in command and memory > 60_000:
            yield pid


def run(home: Path, play: Callable[[World], Awaitable[None]], request: DataRequest | None = SMALL) -> World:
    """Play a scene in a world, and end its worker."""
    world = World(home, request)

    async def scene() -> None:
        try:
            await asyncio.wait_for(play(world), 120)
        finally:
            await world.facilitator.close()

    asyncio.run(scene())
    return world


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


def test_a_killed_model_process_fails_the_trial_and_the_next_one_works(home: Path) -> None:
    async def play(world: World) -> None:
        task = asyncio.create_task(world.trial(LONG))
        leader = await world.at_work()
        os.kill(next(pool_children(leader)), signal.SIGKILL)
        with pytest.raises(ActionFailed) as caught:
            await task
        assert caught.value.code == "worker_died"
        assert caught.value.exit_code == 4
        assert world.store.trial("T1")["document"]["error"]["code"] == "worker_died"
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
    ["", "date,ticker,close\n2020-01-02,A,1\n", "hello"],
    ids=["empty", "without_a_needed_column", "no_table"],
)
def test_a_file_that_is_not_understood_fails_the_trial(content: str, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "bars.csv"
    file.write_text(content)

    async def play(world: World) -> None:
        with pytest.raises(DataError) as caught:
            await world.trial()
        assert "bars.csv" in caught.value.message
        assert world.store.trial("T1")["status"] == "failed"

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
