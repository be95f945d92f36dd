"""Every model at full size: what it costs, that it can be stopped, and that it finds a signal and nothing in noise.

Takes half an hour or more of one core; it is left out unless asked for: ``scripts/test -m nightly tests/models``. With
``--junitxml FILE`` it notes every figure.
"""

import multiprocessing
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import fmean

import pytest

from mltrainer.models.registry import MODELS
from tests.models.markets import Market, build

pytestmark = pytest.mark.nightly

Note = Callable[[str, object], None]
SPAWN = multiprocessing.get_context("spawn")
# CPU seconds of a fit and its scores on 60 tickers x 500 sessions.
BUDGET = {"light": 4, "moderate": 12, "heavy": 60}
SEEDS = (1, 2, 3)
TELLS_DIRECTION = [name for name, entry in MODELS.items() if entry.direction]


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Market:
    place = tmp_path_factory.mktemp("panel")
    return build(place, tickers=60, sessions=500, signal_ic=0.15, label="beats_median", seed=1)


def markets(place: Path, signal_ic: float, label: str = "beats_median") -> list[Market]:
    size = {"tickers": 120, "sessions": 900, "label": label}
    return [build(place / str(seed), signal_ic=signal_ic, seed=seed, **size) for seed in SEEDS]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> list[Market]:
    return markets(tmp_path_factory.mktemp("planted"), 0.15)


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> list[Market]:
    return markets(tmp_path_factory.mktemp("noise"), 0.0)


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> list[Market]:
    return markets(tmp_path_factory.mktemp("far"), 0.0, "hit")


def cost_of(market: Market, model: str) -> tuple[float, float]:
    """Return CPU seconds of a fit, and the MB that it adds to a process that has fitted a few rows before."""
    replace(market, train=(market.train[1] - 6_000, market.train[1])).fit(model)
    held, before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    market.fit(model)
    return time.process_time() - before, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held) / 1024


@pytest.mark.parametrize("model", MODELS)
def test_a_fit_costs_what_is_stated(model: str, panel: Market, record_property: Note) -> None:
    with ProcessPoolExecutor(1, mp_context=SPAWN) as pool:
        seconds, megabytes = pool.submit(cost_of, panel, model).result()
    record_property("cost", [seconds, megabytes])
    assert seconds < BUDGET[MODELS[model].cost]
    assert megabytes <= MODELS[model].memory_mb


def fit_and_tell(market: Market, model: str, told: Connection) -> None:
    MODELS[model].estimator(0, {})
    told.send("begins")
    while True:
        market.fit(model)


@pytest.mark.parametrize("model", MODELS)
def test_a_fit_can_be_stopped(model: str, panel: Market) -> None:
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=fit_and_tell, args=(panel, model, theirs))
    process.start()
    assert ours.recv() == "begins"
    process.terminate()
    process.join(timeout=5)
    assert process.exitcode is not None


def mean_auc(model: str, over: list[Market], note: Note) -> float:
    """Return the mean area under the curve over the markets; each is noted in the report of the run."""
    found = [market.auc(market.fit(model)) for market in over]
    note("auc", found)
    return fmean(found)


@pytest.mark.parametrize("model", TELLS_DIRECTION)
def test_a_planted_signal_is_found(model: str, planted: list[Market], record_property: Note) -> None:
    assert 0.53 < mean_auc(model, planted, record_property) < 0.58


@pytest.mark.parametrize("model", [name for name in MODELS if name not in TELLS_DIRECTION])
def test_a_model_of_volatility_tells_who_moves_far(model: str, far: list[Market], record_property: Note) -> None:
    assert mean_auc(model, far, record_property) > 0.58


@pytest.mark.parametrize("model", MODELS)
def test_nothing_is_found_in_noise(model: str, noise: list[Market], record_property: Note) -> None:
    assert 0.45 < mean_auc(model, noise, record_property) < 0.55
