"""Every model on markets whose truth is known: a planted signal is found, and nothing is found in noise."""

import os

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
TRIED = tuple(MODELS) if os.environ.get("MLTRAINER_TEST_ALL_MODELS") else OF_EACH_FAMILY
# What one shallow tree, independent normal features and products of features reach here is less than asked of the rest.
SHORT_OF_IT = {"decision_tree": 0.527, "gaussian_naive_bayes": 0.529, "dcn_v2": 0.522}
# The signal itself, unseen by models, has an AUC of 0.57 on the planted market.
TICKERS, SESSIONS, SEED = 120, 900, 1
# Models of volatility cannot tell who beats whom, and say so; they are asked who moves far.
TELLS_DIRECTION = [name for name in TRIED if MODELS[name].direction]
TELLS_VOLATILITY = [name for name in MODELS if not MODELS[name].direction]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Market:
    place = tmp_path_factory.mktemp("planted")
    return build(place, tickers=TICKERS, sessions=SESSIONS, signal_ic=0.15, label="beats_median", seed=SEED)


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Market:
    place = tmp_path_factory.mktemp("noise")
    return build(place, tickers=TICKERS, sessions=SESSIONS, signal_ic=0.0, label="beats_median", seed=SEED)


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Market:
    place = tmp_path_factory.mktemp("far")
    return build(place, tickers=60, sessions=700, signal_ic=0.0, label="hit", seed=SEED)


def test_one_of_each_family_is_tried() -> None:
    assert {MODELS[name].family for name in TRIED} == {entry.family for entry in MODELS.values()}


@pytest.mark.parametrize("model", TELLS_DIRECTION)
def test_a_planted_signal_is_found(model: str, planted: Market, request: pytest.FixtureRequest) -> None:
    if model in SHORT_OF_IT:
        request.applymarker(pytest.mark.xfail(reason=f"measured {SHORT_OF_IT[model]}", strict=True))
    assert 0.53 < planted.auc(planted.fit(model)) < 0.58


@pytest.mark.parametrize("model", TRIED)
def test_nothing_is_found_in_noise(model: str, noise: Market) -> None:
    assert 0.45 < noise.auc(noise.fit(model)) < 0.55


@pytest.mark.parametrize("model", TELLS_VOLATILITY)
def test_a_model_of_volatility_tells_who_moves_far(model: str, far: Market) -> None:
    assert far.auc(far.fit(model)) > 0.58
