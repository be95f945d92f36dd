"""Fits on a real Dask cluster: the same numbers, whatever part of it dies, and no fit that nobody waits for."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from mltrainer.actions.proposals import Proposal
from mltrainer.agent.jobs import Jobs
from mltrainer.agent.outbox import Outbox
from mltrainer.settings.errors import ActionFailed, TemporaryError, UsageError
from mltrainer.trials.bench import open_bench
from mltrainer.trials.dask_engine import ANSWER_SECONDS, DaskEngine
from mltrainer.trials.job import Job
from mltrainer.trials.local_engine import LocalEngine
from mltrainer.trials.scoring import score_models
from mltrainer.trials.walk import Walk
from tests.facilitator.world import LONG, SMALL, World, run
from tests.trials.dask_cluster import DaskCluster
from tests.trials.market import small

cluster: Any = pytest.importorskip(
    "mltrainer.trials.cluster", exc_type=ImportError, reason="the extra dask is not installed"
)

ARGUMENTS = small(model_params={"lightgbm": {"n_estimators": 10}, "random_forest": {"n_estimators": 10}})
# Their processes stay warm from test to test; only the first asks for another library too.
SKLEARN = ("logistic_regression", "random_forest")
BOTH = (*SKLEARN, "lightgbm")
SECONDS = 30.0


@pytest.fixture(scope="module")
def clusters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskCluster]:
    found = DaskCluster(tmp_path_factory.mktemp("cluster"))
    yield found
    found.close()


@pytest.fixture
def workers(clusters: DaskCluster) -> DaskCluster:
    return clusters.alive()


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Walk:
    place = tmp_path_factory.mktemp("market")
    job = Job(
        action="walk_forward_test", trial_id="T1", arguments=ARGUMENTS, defaulted=[], request=SMALL, home=place,
        folder=place, workers=0, progress=lambda **step: None,
    )  # fmt: skip
    return open_bench(job, place).walk


class Fitted(NamedTuple):
    """What each model said on an engine, how many fits were taken from the cache, and what the engine told."""

    said: dict[str, list[np.ndarray]]
    cached: int
    notices: list[str]


def fitted(
    walk: Walk,
    place: Path,
    scheduler: str = "",
    models: tuple[str, ...] = SKLEARN,
    after_fit: Callable[[int], None] = lambda _: None,
) -> Fitted:
    """Fit here, or on a cluster; ``after_fit`` is called with the count of fits that are done."""
    notices: list[str] = []
    with closing(DaskEngine(scheduler, notices.append) if scheduler else LocalEngine(0)) as engine:
        scores = score_models(
            walk, models, engine=engine, kept=place, scratch=place, fresh=False,
            progress=lambda **step: after_fit(step["done"]),
        )  # fmt: skip
        assert engine.workers == (2 if scheduler else 0)
    said = {name: [one.oof, one.today, *one.tails] for name, one in scores.items()}
    return Fitted(said, sum(one.cached for one in scores.values()), notices)


@pytest.fixture(scope="module")
def here(walk: Walk, tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    return fitted(walk, tmp_path_factory.mktemp("here"), models=BOTH)


def same(one: Fitted, other: Fitted) -> bool:
    """Say whether all scores of the one are those of the other to the last bit."""
    return all(
        np.array_equal(*pair) for name in one.said for pair in zip(one.said[name], other.said[name], strict=True)
    )


def wait_until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.02)


def cpu_seconds(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return int(fields[11]) / os.sysconf("SC_CLK_TCK")


def test_the_numbers_are_those_of_this_machine_on_workers_that_see_the_data_and_on_others(
    workers: DaskCluster, walk: Walk, here: Fitted, tmp_path: Path
) -> None:
    there = fitted(walk, tmp_path, workers.address, BOTH)

    assert same(there, here)
    assert len(there.notices) == 1
    assert there.notices[0].startswith("1 of 2 workers cannot read")
    # Both have fitted, each in a process that has no key and one thread.
    for name in ("seeing", "blind"):
        (pid,) = workers.fitting(name)
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        assert b"sk-do-not-pass-on" not in environment
        assert b"OMP_NUM_THREADS=1" in environment


def test_a_worker_of_another_version_is_refused(workers: DaskCluster, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = cluster.versions() | {"numpy": "99.0"}
    monkeypatch.setattr(cluster, "versions", lambda: newer)

    with pytest.raises(ActionFailed, match=r"the worker at tcp://.* is not like this machine: numpy is .* 99.0 here"):
        cluster.Cluster(workers.address, ANSWER_SECONDS, print)


def test_a_trial_names_its_engine_and_one_in_the_background_that_is_cancelled_frees_the_workers_at_once(
    workers: DaskCluster, home: Path
) -> None:
    async def play(world: World) -> None:
        proof = (await world.trial())["provenance"]
        assert (proof["engine"], proof["workers"], proof["threads"]) == ("dask", 2, 1)
        notices = [event.text for event in world.events if event.type == "notice"]  # type: ignore[attr-defined]
        assert len(notices) == 1
        assert notices[0].startswith("1 of 2 workers cannot read")
        idle = {pid: cpu_seconds(pid) for pid in workers.fitting()}

        def busy() -> bool:
            fitting = workers.fitting()
            return len(fitting) == 2 and all(cpu_seconds(pid) > idle.get(pid, 0) + 0.3 for pid in fitting)

        jobs = Jobs(world.facilitator, world.stream, Outbox())
        job = jobs.add(Proposal("P1", "user", "walk_forward_test", LONG, stated=(), defaulted=(), digest=""))
        while not busy():
            await asyncio.sleep(0.02)
        await jobs.cancel(job.number)
        started = time.monotonic()
        wait_until(lambda: not workers.fitting(), "the end of the fits")
        assert time.monotonic() - started < 5
        assert job.state == "cancelled" and world.said()[-1] == "action.cancelled"
        await jobs.close()

    run(home, play, scheduler=workers.address)


def test_a_fit_process_and_a_worker_that_die_cost_only_what_they_were_fitting(
    workers: DaskCluster, walk: Walk, here: Fitted, tmp_path: Path
) -> None:
    def kill(done: int) -> None:
        if done == 1:
            os.kill(workers.fitting("seeing")[0], signal.SIGKILL)
            workers.kill_worker("blind")

    there = fitted(walk, tmp_path, workers.address, after_fit=kill)

    assert same(there, here)
    assert any("died; it is begun again" in notice for notice in there.notices)
    assert any("is lost; what it was fitting is begun again elsewhere" in notice for notice in there.notices)


def test_a_lost_scheduler_is_one_error_and_what_was_fitted_is_kept(
    workers: DaskCluster, walk: Walk, here: Fitted, tmp_path: Path
) -> None:
    def kill(done: int) -> None:
        if done == 2:
            workers.kill_scheduler()

    with pytest.raises(TemporaryError) as caught:
        fitted(walk, tmp_path, workers.address, after_fit=kill)

    assert caught.value.message == f"the scheduler at {workers.address} is lost"
    assert caught.value.exit_code == 75
    again = fitted(walk, tmp_path)
    assert again.cached >= 2
    assert same(again, here)


def test_who_answers_and_is_no_scheduler_is_said_so_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        started = time.monotonic()
        DaskEngine(address, print)
        with pytest.raises(TemporaryError, match="does not answer as a Dask scheduler"):
            cluster.Cluster(address, 0.5, print)
        assert time.monotonic() - started < 5
    with pytest.raises(TemporaryError, match="no scheduler answers at") as caught:
        DaskEngine(address, print)
    assert caught.value.exit_code == 75


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(UsageError) as caught:
        DaskEngine("tcp://127.0.0.1:1", print)
    assert caught.value.hint == 'pip install "distributed>=2026.8"'
