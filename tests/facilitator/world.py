"""A facilitator with its real worker process on a small market, and what became of the process."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings.events import Event
from mltrainer.settings.parameters import Settings
from mltrainer.settings.request import DataRequest, Simulation
from mltrainer.settings.stream import EventStream
from mltrainer.store.store import Store

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

    def __init__(self, home: Path, request: DataRequest | None = SMALL, scheduler: str | None = None) -> None:
        self.events: list[Event] = []
        self.store = Store(home)
        self.session = self.store.new_session("offline")
        self.stream = EventStream(self.session, self.events.append)
        self.facilitator = Facilitator(self.store, request, workers=1, scheduler=scheduler)

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
    """Yield the processes that fit models: those that the fork server of the worker has made."""
    for pid in group(leader):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"forkserver" in command and status_of(pid).get("PPid", str(leader)) != str(leader):
            yield pid


def run(
    home: Path,
    play: Callable[[World], Awaitable[None]],
    request: DataRequest | None = SMALL,
    scheduler: str | None = None,
) -> World:
    """Play a scene in a world, and end its worker."""
    world = World(home, request, scheduler)

    async def scene() -> None:
        try:
            await asyncio.wait_for(play(world), 120)
        finally:
            await world.facilitator.close()

    asyncio.run(scene())
    return world
