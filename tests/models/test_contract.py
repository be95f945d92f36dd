"""One contract that every model of the registry keeps, run through the fit that trials use."""

import inspect
import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.base import clone

from mltrainer.evaluation.calibration import calibrate_score
from mltrainer.evaluation.calibrator import CANDIDATES, Rows
from mltrainer.evaluation.labels import hit
from mltrainer.models.registry import BASELINES, MODELS
from mltrainer.models.stored import MANIFEST, stored_fits
from mltrainer.models.target_event import TargetEvent
from mltrainer.settings.errors import DataError
from mltrainer.trials.fit_task import FitResult, FitTask, entry_of
from mltrainer.trials.fitting import run_fit

DATES, TICKERS, FEATURES, CHANNELS = 300, 20, 12, 8
ROWS = DATES * TICKERS
TRAIN, TAIL, TEST = (0, 4000), (4000, 4500), (4500, 6000)
EVENT = TargetEvent("hit", (7, 10), 0.07)
QUICK: dict[str, dict[str, Any]] = {
    "random_forest": {"n_estimators": 20},
    "extra_trees": {"n_estimators": 20},
    "adaboost": {"n_estimators": 10},
    "hist_gradient_boosting": {"max_iter": 20},
    "quantile_boosting": {"n_estimators": 10},
    "lightgbm_ranker": {"n_estimators": 20},
    "kernel_ridge": {"random_features": 100},
    "svm_nystroem": {"n_components": 100},
    "sparse_gaussian_process": {"inducing_points": 100},
    "k_nearest_neighbors": {"n_neighbors": 100},
    "lightgbm": {"n_estimators": 20},
    "xgboost": {"n_estimators": 20},
    "patchtst": {"epochs": 1, "hidden": 8, "max_windows": 2_000},
    "transformer": {"epochs": 1, "hidden": 16, "max_windows": 2_000},
    "ft_transformer": {"epochs": 1, "hidden": 8, "max_rows": 2_000},
    "dlinear": {"epochs": 2},
    "block_bootstrap": {"paths": 500},
    "dcn_v2": {"epochs": 4, "hidden": 16},
}
QUICK |= {
    name: {"epochs": 2, "hidden": 16 if entry.inputs == "tabular" else 8}
    for name, entry in MODELS.items()
    if "epochs" in entry.params and name not in QUICK
}
EVERY = [*MODELS, *BASELINES]
# Labels as a feature makes them, and as the past volatility of a ticker does: what statistical models know.
BY_FEATURE, BY_VOLATILITY = 0, 1


def market(*, spoiled: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return features (n_rows, n_features), channels (n_dates, n_tickers, n_channels), daily returns and labels (2, n).

    ``spoiled`` has missing values, a feature without any value and a constant one.
    """
    random = np.random.default_rng(7)
    features = random.normal(size=(ROWS, FEATURES)).astype(np.float32)
    by_feature = random.random(ROWS) < 1 / (1 + np.exp(1 - 2 * features[:, 1]))
    channels = random.normal(size=(DATES, TICKERS, CHANNELS)).astype(np.float32)
    channels[:, :, 1] = features[:, 1].reshape(DATES, TICKERS)
    daily = random.standard_t(5, size=(DATES, TICKERS)) * np.geomspace(0.005, 0.05, TICKERS)
    event, _ = hit(np.exp(np.cumsum(daily, axis=0)), horizon=EVENT.horizon, target=EVENT.target)
    if spoiled:
        features[:, 3] = 2.5
        channels[:, :, 3] = 2.5
        daily[:, 3] = 0.0
        features[random.random(features.shape) < 0.3] = np.nan
        features[:, 4] = np.nan
        daily[random.random(daily.shape) < 0.1] = np.nan
        daily[:, 4] = np.nan
    return features, channels, daily, np.stack([by_feature, np.nan_to_num(event.ravel())]).astype(np.int8)


def lay_out(folder: Path, features: np.ndarray, channels: np.ndarray, daily: np.ndarray, labels: np.ndarray) -> Path:
    """Write what a fit reads, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "X.npy", features)
    np.save(folder / "channels.npy", channels)
    np.save(folder / "daily.npy", daily)
    date, ticker = (part.ravel().astype(np.int32) for part in np.indices((DATES, TICKERS)))
    np.savez(folder / "rows.npz", date=date, ticker=ticker)
    sessions = np.datetime_as_string(np.datetime64("2020-01-01") + np.arange(DATES)).tolist()
    origin = {"data": "sha256:made", "source": "simulated", "simulated": True, "sessions": sessions}
    (folder / "panel.json").write_text(json.dumps(origin))
    names = [f"f{number}" for number in range(FEATURES)]
    names[0], names[1] = "mom_12_1", "log_vol_21"
    (folder / "names.json").write_text(json.dumps(names))
    np.save(folder / "labels.npy", labels)
    # Returns that are above 2 % where the event happened, and below elsewhere.
    noise = np.abs(np.random.default_rng(8).normal(scale=0.02, size=labels.shape))
    np.save(folder / "returns.npy", np.where(labels == 1, 0.02 + noise, 0.02 - noise))
    return folder


def labels_for(model: str) -> int:
    return BY_VOLATILITY if entry_of(model).inputs == "history" else BY_FEATURE


def fit(folder: Path, model: str, **changes: Any) -> FitResult:
    fixed = {
        "model": model,
        "params": tuple(QUICK.get(model, {}).items()),
        "seed": 5,
        "folder": str(folder),
        "known": str(folder),
        "fold": labels_for(model),
        "train": TRAIN,
        "tail": TAIL,
        "test": TEST,
        "event": EVENT,
    }
    return run_fit(FitTask(**(fixed | changes)))


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("plain"), *market())


@pytest.fixture(scope="module")
def fitted(plain: Path) -> Callable[[str], FitResult]:
    """Return the fit of a model on the plain market, which many tests look at; the fitted model is kept."""
    return cache(lambda model: fit(plain, model, store=str(plain / "models" / model)))


@pytest.mark.parametrize("model", MODELS)
def test_probabilities_are_finite_and_between_0_and_1(model: str, fitted: Callable[[str], FitResult]) -> None:
    result = fitted(model)
    assert result.probability == hasattr(entry_of(model).estimator(5, {}), "predict_proba")
    assert (len(result.test), len(result.tail), result.train_rows) == (1500, 500, 4000)
    for scores in (result.test, result.tail):
        assert scores.dtype == np.float64
        if result.probability:
            assert ((scores > 0) & (scores < 1)).all()
    assert result.seconds > 0
    assert result.peak_mb > 0


@pytest.mark.parametrize("model", MODELS)
def test_what_can_be_learned_is_learned(model: str, plain: Path, fitted: Callable[[str], FitResult]) -> None:
    # The planted feature, which the channels carry too, moves the odds by e^2 a unit.
    labels = np.load(plain / "labels.npy")[labels_for(model), TEST[0] : TEST[1]]
    scores = fitted(model).test
    above = (scores[labels == 1][:, None] > scores[labels == 0][None, :]).mean()
    assert above > 0.65


@pytest.mark.parametrize("model", MODELS)
def test_scores_become_probabilities(model: str, plain: Path, fitted: Callable[[str], FitResult]) -> None:
    labels = np.load(plain / "labels.npy")[labels_for(model), TEST[0] : TEST[1]].astype(np.float64)
    result = fitted(model)
    past, later = (result.test[:900], labels[:900]), slice(900, 1500)
    calibrator = CANDIDATES["platt"](Rows.of(*past)) if result.probability else calibrate_score(*past)
    chance = calibrator.apply(result.test[later])
    assert ((chance > 0) & (chance < 1)).all()
    thirds = np.array_split(np.argsort(chance), 3)
    said, happened = (np.array([values[third].mean() for third in thirds]) for values in (chance, labels[later]))
    # The share of two hundred rows has a standard error of 0.03.
    assert np.abs(said - happened).mean() < 0.1
    assert np.abs(chance.mean() - labels[later].mean()) < 0.07


@pytest.mark.parametrize("model", EVERY)
def test_missing_values_constant_columns_and_unlabelled_rows_survive(model: str, tmp_path: Path) -> None:
    features, channels, daily, labels = market(spoiled=True)
    labels[:, 100:150] = -1
    result = fit(lay_out(tmp_path, features, channels, daily, labels), model)
    assert result.train_rows == 3950
    assert np.isfinite(result.test).all()
    if model in MODELS:
        assert len(np.unique(result.test)) > 1


@pytest.mark.parametrize("model", EVERY)
def test_the_same_seed_gives_the_same_numbers_whatever_comes_later(
    model: str, tmp_path: Path, fitted: Callable[[str], FitResult]
) -> None:
    features, channels, daily, labels = market()
    labels[:, TRAIN[1] :] = 1 - labels[:, TRAIN[1] :]
    other = fit(lay_out(tmp_path, features, channels, daily, labels), model)
    np.testing.assert_array_equal(other.test, fitted(model).test)
    np.testing.assert_array_equal(other.tail, fitted(model).tail)


@pytest.mark.parametrize("model", EVERY)
def test_a_score_does_not_depend_on_how_many_rows_follow(
    model: str, plain: Path, fitted: Callable[[str], FitResult]
) -> None:
    all_rows = fitted(model)
    # The model that is kept scores them: it was fitted on the same rows.
    few = fit(plain, model, test=(TEST[0], TEST[0] + 1_027), store=str(plain / "models" / model))
    assert few.stored
    np.testing.assert_array_equal(few.test, all_rows.test[:1_027])


@pytest.mark.parametrize("model", EVERY)
def test_a_stored_model_says_the_same(model: str, plain: Path, fitted: Callable[[str], FitResult]) -> None:
    first = fitted(model)
    again = fit(plain, model, store=str(plain / "models" / model))
    assert (first.stored, again.stored) == (False, True)
    np.testing.assert_array_equal(again.test, first.test)
    np.testing.assert_array_equal(again.tail, first.tail)


def test_a_stored_model_tells_what_made_it(plain: Path, tmp_path: Path) -> None:
    fit(plain, "ridge", store=str(tmp_path / "models" / "one"), params=(("penalty", 5.0),))
    fit(plain, "lasso", store=str(tmp_path / "models" / "two"))
    (kept,) = stored_fits(tmp_path, "ridge")
    assert (kept["data"], kept["rows"], kept["params"], kept["fingerprint"]) == (
        "sha256:made",
        4000,
        {"penalty": 5.0},
        "one",
    )
    # 4,000 rows of 20 tickers from the first of January on.
    assert (kept["from"], kept["until"]) == ("2020-01-01", "2020-07-18")
    (tmp_path / "models" / "one" / MANIFEST).write_text("{")
    assert stored_fits(tmp_path, "ridge") == []


@pytest.mark.parametrize("model", ["ridge", "lstm", "garch"])
@pytest.mark.parametrize(("label", "words"), [(0, "never happened"), (1, "always happened")])
def test_one_class_only_is_refused(model: str, label: int, words: str, tmp_path: Path) -> None:
    features, channels, daily, _ = market()
    folder = lay_out(tmp_path, features, channels, daily, np.full((2, ROWS), label, dtype=np.int8))
    with pytest.raises(DataError, match=words) as caught:
        fit(folder, model)
    assert caught.value.code == "one_class"
    assert model in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("model", [name for name in MODELS if "weights" in MODELS[name].capabilities])
def test_weights_decide_which_rows_are_followed(model: str) -> None:
    # The feature means one thing in the first half of the rows, and its opposite in the second.
    random = np.random.default_rng(9)
    X = random.normal(size=(4000, 3)).astype(np.float32)
    sign = np.repeat([1.0, -1.0], 2000)
    y = (random.random(4000) < 1 / (1 + np.exp(-2 * sign * X[:, 1]))).astype(np.float64)
    target = 0.02 * (2 * y - 1) if MODELS[model].learns_returns else y
    for favoured in (1.0, -1.0):
        weights = np.where(sign == favoured, 1.9, 0.1)
        estimator = entry_of(model).estimator(3, dict(QUICK.get(model, {})))
        estimator.fit(X, target, sample_weight=weights)
        score = estimator.predict_proba(X)[:, 1] if hasattr(estimator, "predict_proba") else estimator.predict(X)
        assert favoured * np.corrcoef(score, X[:, 1])[0, 1] > 0.3


@pytest.mark.parametrize("model", MODELS)
def test_what_a_model_states_is_true(model: str, fitted: Callable[[str], FitResult]) -> None:
    entry, estimator = MODELS[model], MODELS[model].estimator(0, {})
    able = set(entry.capabilities)
    assert ("probability" in able) == hasattr(estimator, "predict_proba")
    assert ("quantiles" in able) == hasattr(estimator, "predict_quantiles")
    takes_weights = "sample_weight" in inspect.signature(estimator.fit).parameters
    assert "weights" not in able or takes_weights
    assert ("gpu" in able) == (entry.library == "torch")
    assert entry.reference and entry.family and entry.role and entry.cost and entry.memory_mb > 0


@pytest.mark.parametrize("model", ["ridge", "lstm", "garch"])
def test_too_few_rows_are_refused(model: str, plain: Path) -> None:
    with pytest.raises(DataError, match="too few") as caught:
        fit(plain, model, train=(0, 60), tail=None)
    assert caught.value.code == "few_rows"
    assert model in caught.value.message


@pytest.mark.parametrize("model", EVERY)
def test_estimators_can_be_cloned_with_their_parameters(model: str) -> None:
    entry = entry_of(model)
    estimator = entry.estimator(3, dict(QUICK.get(model, {})))
    params = estimator.get_params()
    assert params["random_state"] == 3
    for name, value in ({key: param.default for key, param in entry.params.items()} | QUICK.get(model, {})).items():
        assert params[name] == value
    assert clone(estimator).get_params() == params


def test_reading_the_registry_imports_no_library() -> None:
    code = (
        "import sys; from mltrainer.models.registry import MODELS, resolve_model; resolve_model('rf');"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"numpy", "pandas", "scipy", "sklearn", "xgboost", "lightgbm", "torch"}
    assert heavy.isdisjoint(done.stdout.split())
