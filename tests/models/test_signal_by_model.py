"""Every model on markets whose truth is known: a planted signal is found, and nothing is found in noise."""

import os
from pathlib import Path
from statistics import fmean

import pytest

from mltrainer.models.registry import MODELS
from tests.models.markets import Market, build

pytestmark = pytest.mark.slow

# One quick model of each family; MLTRAINER_TEST_ALL_MODELS=1 runs all of them, which takes some minutes.
OF_EACH_FAMILY = (
    "elastic_net",
    "fama_macbeth",
    "extra_trees",
    "lightgbm",
    "lda",
    "kernel_ridge",
    "autoencoder_head",
    "lstm",
    "local_level",
)
ALL = bool(os.environ.get("MLTRAINER_TEST_ALL_MODELS"))
TRIED = tuple(MODELS) if ALL else OF_EACH_FAMILY
# The signal itself, unseen by models, has an AUC of 0.57 on the planted market.
TICKERS, SESSIONS = 120, 900
SEEDS = (1, 2, 3) if ALL else (1,)
# Models of volatility cannot tell who beats whom, and say so; they are asked who moves far.
TELLS_DIRECTION = [name for name in TRIED if MODELS[name].direction]
TELLS_VOLATILITY = [name for name in MODELS if not MODELS[name].direction]


def markets(place: Path, signal_ic: float) -> list[Market]:
    size = {"tickers": TICKERS, "sessions": SESSIONS, "label": "beats_median"}
    return [build(place / str(seed), signal_ic=signal_ic, seed=seed, **size) for seed in SEEDS]


def mean_auc(model: str, tried: list[Market]) -> float:
    return fmean(market.auc(market.fit(model)) for market in tried)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> list[Market]:
    return markets(tmp_path_factory.mktemp("planted"), 0.15)


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> list[Market]:
    return markets(tmp_path_factory.mktemp("noise"), 0.0)


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Market:
    return build(tmp_path_factory.mktemp("far"), tickers=60, sessions=700, signal_ic=0.0, label="hit", seed=1)


def test_one_of_each_family_is_tried() -> None:
    assert {MODELS[name].family for name in TRIED} == {entry.family for entry in MODELS.values()}


@pytest.mark.parametrize("model", TELLS_DIRECTION)
def test_a_planted_signal_is_found(model: str, planted: list[Market]) -> None:
    assert 0.53 < mean_auc(model, planted) < 0.58


@pytest.mark.parametrize("model", TRIED)
def test_nothing_is_found_in_noise(model: str, noise: list[Market]) -> None:
    assert 0.45 < mean_auc(model, noise) < 0.55


@pytest.mark.parametrize("model", TELLS_VOLATILITY)
def test_a_model_of_volatility_tells_who_moves_far(model: str, far: Market) -> None:
    assert far.auc(far.fit(model)) > 0.58
