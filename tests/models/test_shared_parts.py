"""What models share: which rows they learn from, how networks stop, and what is computed against other tools."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from mltrainer.models.blocks import score_in_blocks
from mltrainer.models.device import CPU, Device, choose_device
from mltrainer.models.fama_macbeth import FamaMacBeth
from mltrainer.models.network import NetworkClassifier
from mltrainer.models.quantile_boosting import QuantileBoosting
from mltrainer.models.ranker import LambdaRank
from mltrainer.models.registry import MODELS
from mltrainer.models.ridge import RidgeModel
from mltrainer.models.sampling import spread_rows
from mltrainer.models.scaling import ClippedScaler
from mltrainer.models.tabm import TabM


@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(0, 9))
@settings(derandomize=True, max_examples=60, deadline=None)
def test_rows_are_spread_over_time(count: int, most: int, seed: int) -> None:
    rows = spread_rows(count, most, np.random.default_rng(seed))
    assert len(rows) == min(count, most)
    assert (np.diff(rows) > 0).all()
    assert rows[0] >= 0 and rows[-1] < count
    # No stretch of time is over- or under-represented by more than a row or two.
    share = np.searchsorted(rows, np.linspace(0, count, 5))
    assert np.abs(np.diff(share) - len(rows) / 4).max() <= 2


@pytest.mark.parametrize("count", [0, 1, 1023, 1024, 1025, 3000])
def test_scores_come_back_for_every_row_in_order(count: int) -> None:
    rows = np.arange(count, dtype=np.float32)[:, None]
    np.testing.assert_array_equal(score_in_blocks(lambda part: part[:, 0] * 2, rows), np.arange(count) * 2)


@given(st.integers(0, 9), st.sampled_from([1, 500, 5000]), st.floats(-1e4, 1e4))
@settings(derandomize=True, max_examples=30, deadline=None)
def test_scaling_is_by_the_mean_and_deviation_of_what_is_known(seed: int, count: int, middle: float) -> None:
    random = np.random.default_rng(seed)
    X = random.normal(middle, 3.0, size=(count, 4)).astype(np.float32)
    X[random.random(X.shape) < 0.3] = np.nan
    X[:, 2], X[:, 3] = np.nan, middle
    scaler = ClippedScaler().fit(X)
    known = ~np.isnan(X[:, 0])
    if known.sum() > 1:
        exact = X[known, 0].astype(np.float64)
        np.testing.assert_allclose(scaler.mean_[0], exact.mean(), rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(scaler.scale_[0], exact.std(), rtol=1e-8)
    scaled = scaler.transform(X)
    assert np.abs(scaled).max() <= 5
    # What is missing or says the same everywhere stands in the middle.
    assert not scaled[~known, 0].any() and not scaled[:, 2:].any()
    apart = np.concatenate([scaler.transform(X[: count // 2]), scaler.transform(X[count // 2 :])])
    np.testing.assert_array_equal(apart, scaled)


def days(count: int, tickers: int, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return features, returns that follow the second feature under market moves, and dates."""
    random = np.random.default_rng(seed)
    dates = np.repeat(np.arange(count), tickers).astype(np.int32)
    X = random.normal(size=(len(dates), 5)).astype(np.float32)
    market = random.normal(scale=0.05, size=count)[dates]
    return X, 0.01 * X[:, 1] + market + random.normal(scale=0.02, size=len(dates)), dates


def test_fama_macbeth_is_the_mean_of_daily_regressions() -> None:
    X, y, dates = days(50, 40)
    model = FamaMacBeth(penalty=1e-9).fit(X, y, dates)
    slopes = []
    for day in range(50):
        design = np.column_stack([np.ones(40), model.scaler_.transform(X[dates == day])])
        slopes.append(np.linalg.lstsq(design, y[dates == day], rcond=None)[0][1:])
    np.testing.assert_allclose(model.coef_, np.mean(slopes, axis=0), atol=1e-8)


def test_fama_macbeth_refuses_days_with_too_few_tickers() -> None:
    X, y, dates = days(50, 9)
    with pytest.raises(ValueError, match="10 tickers"):
        FamaMacBeth().fit(X, y, dates)


def test_ridge_solves_its_equations() -> None:
    X, y, _ = days(50, 40)
    model = RidgeModel(penalty=100.0).fit(X, y)
    Z = model.scaler_.transform(X)
    Z, centred = Z - Z.mean(axis=0), y - y.mean()
    coefficients = np.linalg.solve(Z.T @ Z + 100.0 * np.eye(5), Z.T @ centred)
    np.testing.assert_allclose(model.predict(X), y.mean() + Z @ coefficients, atol=1e-10)


def test_quantiles_do_not_cross_and_cover_what_they_say() -> None:
    X, y, _ = days(100, 60)
    quantiles = QuantileBoosting(n_estimators=40).fit(X, y).predict_quantiles(X)
    assert (np.diff(quantiles, axis=1) >= 0).all()
    np.testing.assert_allclose((y[:, None] <= quantiles).mean(axis=0), [0.1, 0.3, 0.5, 0.7, 0.9], atol=0.03)


def test_the_ranker_learns_the_order_of_a_day_and_not_the_market() -> None:
    X, y, dates = days(100, 60)
    score = LambdaRank(n_estimators=40).fit(X, y, dates).decision_function(X)
    assert np.corrcoef(score, X[:, 1])[0, 1] > 0.9
    moved = LambdaRank(n_estimators=40).fit(X, y + 3.0 * dates, dates).decision_function(X)
    np.testing.assert_array_equal(moved, score)


class _Spoiled(NetworkClassifier):
    """A network that remembers which rows it was trained on, and gets worse from pass to pass."""

    def __init__(self, epochs: int = 20, learning_rate: float = 0.01, random_state: int = 0) -> None:
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.random_state = random_state

    def _most_rows(self) -> int:
        return 10**9

    def _network(self, shape: tuple[int, ...]) -> nn.Module:
        self.seen_: list[float] = []
        network = nn.Sequential()
        network.head = nn.Linear(shape[0], 1)
        return network

    def _loss(self, network: nn.Module, rows: torch.Tensor, event: torch.Tensor) -> torch.Tensor:
        self.seen_ += rows[:, 0].tolist()
        # Towards certainty of what does not happen.
        return -nn.functional.binary_cross_entropy_with_logits(network(rows).squeeze(1), event)


def test_a_network_stops_when_the_latest_past_gets_worse_and_no_label_reaches_into_it() -> None:
    dates = np.repeat(np.arange(200), 30).astype(np.int32)
    X = np.column_stack([dates, np.random.default_rng(1).normal(size=len(dates))]).astype(np.float32)
    y = (X[:, 1] > 0).astype(np.float64)
    model = _Spoiled().fit(X, y, dates, ahead=10)
    # The last tenth, 180 to 199, is held out; the labels of 170 and later look into it.
    assert max(model.seen_) == 169
    passes = len(model.seen_) / (170 * 30)
    assert passes == 3


def test_a_network_learns_from_all_rows_where_too_few_could_be_held_out() -> None:
    dates = np.repeat(np.arange(20), 30).astype(np.int32)
    X = np.column_stack([dates, np.random.default_rng(1).normal(size=len(dates))]).astype(np.float32)
    model = _Spoiled(epochs=1).fit(X, (X[:, 1] > 0).astype(np.float64), dates, ahead=10)
    assert max(model.seen_) == 19


def test_members_of_tabm_differ() -> None:
    X, _, dates = days(60, 30)
    y = (X[:, 1] > 0).astype(np.float64)
    model = TabM(hidden=16, epochs=2).fit(X, y, dates, ahead=5)
    odds = model.network_(torch.from_numpy(model._prepare(X[:50]))).detach().numpy()
    assert odds.shape == (50, 8)
    assert odds.std(axis=1).min() > 0


def test_there_are_as_many_distinct_models_as_promised() -> None:
    assert len(MODELS) >= 32
    assert len({entry.target for entry in MODELS.values()}) == len(MODELS)
    for entry in MODELS.values():
        assert entry.reference
        assert entry.note or not {"max_rows", "max_windows"} & set(entry.params)


@pytest.mark.parametrize("name", [name for name, entry in MODELS.items() if entry.note])
def test_defaults_of_the_class_are_those_of_the_registry(name: str) -> None:
    entry = MODELS[name]
    if entry.family == "tabular network" or entry.inputs == "sequence":
        return
    unset = type(entry.estimator(0, {}))().get_params()
    assert {key: unset[key] for key in entry.params} == {key: param.default for key, param in entry.params.items()}


def test_a_network_goes_to_the_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert choose_device() == CPU
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda number: "A GPU")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    device = choose_device()
    assert (device.name, device.torch_device, device.half) == ("A GPU", "cuda", True)
    assert device.batch > CPU.batch


def test_a_network_is_moved_and_trained_in_mixed_precision_there(monkeypatch: pytest.MonkeyPatch) -> None:
    # The CPU in the place of a GPU: the same steps, in bfloat16 and in larger batches.
    stand_in = Device("a stand-in", "cpu", batch=4096, half=True)
    monkeypatch.setattr("mltrainer.models.network.choose_device", lambda: stand_in)
    dates = np.repeat(np.arange(200), 30).astype(np.int32)
    X = np.random.default_rng(1).normal(size=(len(dates), 4)).astype(np.float32)
    y = (X[:, 1] > 0).astype(np.float64)
    model = MODELS["mlp"].estimator(3, {"hidden": 16, "epochs": 3}).fit(X, y, dates, ahead=5)
    assert model.device_ == "a stand-in"
    chance = model.predict_proba(X)[:, 1]
    assert chance[y == 1].mean() > chance[y == 0].mean() + 0.1
    assert next(model.network_.parameters()).dtype == torch.float32
