"""Signals in the middle of a trial: the right exit code, a store that knows how it ended, and no process left."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from mltrainer.store.store import Store
from tests.cli.program import LONGEST_SECONDS, SIMULATED, start

# Long enough to be met at work.
LONG = (*SIMULATED, "--simulate", "tickers=60,sessions=900")
SCREEN = ("do", "walk-forward-test", "--models", "random_forest", "--json", *LONG)
RUN = ("run", "Run a walk-forward test with random forest", "--agent", "offline", "--yes", "--json", *LONG)


def parents() -> dict[int, int]:
    """Return every living process with its parent."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal():
                state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
                if state != "Z":
                    found[int(entry.name)] = int(parent)
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def below(pid: int) -> set[int]:
    """Return the living descendants of a process."""
    of = parents()
    return {one for one in of if _is_below(one, pid, of)}


def _is_below(one: int, pid: int, of: dict[int, int]) -> bool:
    while one := of.get(one, 0):
        if one == pid:
            return True
    return False


def wait_for(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)


def at_work(process: "subprocess.Popen[bytes]", home: Path) -> set[int]:
    """Wait until a trial is fitting in the children of the worker, and return the program's descendants."""
    wait_for(lambda: process.poll() is not None or len(below(process.pid)) >= 2, "a worker with children")
    assert process.poll() is None, process.communicate()
    return below(process.pid)


@pytest.mark.parametrize(
    ("number", "code", "command"),
    [(signal.SIGINT, 130, SCREEN), (signal.SIGTERM, 143, RUN)],
    ids=["SIGINT to do", "SIGTERM to run"],
)
def test_a_signal_ends_the_trial_and_every_process(
    number: signal.Signals, code: int, command: tuple[str, ...], home: Path
) -> None:
    with start(home, *command) as process:
        family = at_work(process, home)
        process.send_signal(number)
        out, err = process.communicate(timeout=LONGEST_SECONDS)
    assert process.returncode == code
    assert b"Traceback" not in err
    wait_for(lambda: family.isdisjoint(parents()), "the end of all its processes")
    assert [trial["status"] for trial in Store(home).trials()] == ["cancelled"]
    if command is RUN:
        last = json.loads(out.splitlines()[-1])
        assert last == last | {"type": "result", "status": "interrupted", "exit_code": 143, "trial_ids": ["T1"]}


def test_4_where_the_worker_dies_and_the_trial_is_failed(home: Path) -> None:
    with start(home, *SCREEN) as process:
        family = at_work(process, home)
        of = parents()
        (worker,) = [one for one in family if of.get(one) == process.pid]
        os.kill(worker, signal.SIGKILL)
        out, err = process.communicate(timeout=LONGEST_SECONDS)
    assert process.returncode == 4
    assert err.startswith(b"mltrainer: error: the worker process ended with signal SIGKILL")
    assert json.loads(out)["error"]["code"] == "worker_died"
    wait_for(lambda: family.isdisjoint(parents()), "the end of all its processes")
    assert [trial["status"] for trial in Store(home).trials()] == ["failed"]


def test_a_program_that_is_killed_leaves_no_process_and_a_store_that_works(home: Path) -> None:
    with start(home, *RUN) as process:
        family = at_work(process, home)
        process.kill()
        process.communicate(timeout=LONGEST_SECONDS)
    wait_for(lambda: family.isdisjoint(parents()), "the end of all its processes")
    store = Store(home)
    kinds = [event["type"] for event in store.events("S1")]
    assert kinds[-1] == "action.started"
    assert store.events("S1")[1]["text"] == "Run a walk-forward test with random forest"
