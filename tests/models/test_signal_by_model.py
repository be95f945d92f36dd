"""Models on markets whose truth is known: a planted signal is found, and nothing is found in noise.

One quick model of each family; ``test_whole_registry.py`` tries all of them, on more markets.
"""

import pytest

from mltrainer.models.registry import MODELS
from tests.models.markets import Market, build

pytestmark = pytest.mark.slow

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
# Models of volatility cannot tell who beats whom, and say so; they are asked who moves far.
TELLS_VOLATILITY = [name for name, entry in MODELS.items() if not entry.direction]
# The signal itself, unseen by models, has an AUC of 0.57 on the planted market.
SIZE = {"tickers": 120, "sessions": 900, "label": "beats_median", "seed": 1}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Market:
    return build(tmp_path_factory.mktemp("planted"), signal_ic=0.15, **SIZE)


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> Market:
    return build(tmp_path_factory.mktemp("noise"), signal_ic=0.0, **SIZE | {"tickers": 60, "sessions": 700})


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Market:
    return build(tmp_path_factory.mktemp("far"), tickers=60, sessions=700, signal_ic=0.0, label="hit", seed=1)


def test_one_of_each_family_is_tried() -> None:
    assert {MODELS[name].family for name in OF_EACH_FAMILY} == {entry.family for entry in MODELS.values()}


@pytest.mark.parametrize("model", OF_EACH_FAMILY)
def test_a_planted_signal_is_found(model: str, planted: Market) -> None:
    assert 0.53 < planted.auc(planted.fit(model)) < 0.58


@pytest.mark.parametrize("model", OF_EACH_FAMILY)
def test_nothing_is_found_in_noise(model: str, noise: Market) -> None:
    assert 0.45 < noise.auc(noise.fit(model)) < 0.55


@pytest.mark.parametrize("model", TELLS_VOLATILITY)
def test_a_model_of_volatility_tells_who_moves_far(model: str, far: Market) -> None:
    assert far.auc(far.fit(model)) > 0.58
