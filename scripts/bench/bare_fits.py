"""The time of an estimator's own fit, and that of what somebody would write with the library alone."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from mltrainer.models.registry import MODELS
from mltrainer.models.scaled import capped
from mltrainer.trials.matrices import open_matrices
from tests.models.markets import Market

# The settings that all models of LightGBM share in the words of the library's own classes.
SAME_AS_LIGHTGBM = {
    "num_leaves": 8,
    "min_child_samples": 500,
    "subsample": 0.7,
    "subsample_freq": 1,
    "colsample_bytree": 0.5,
    "max_bin": 63,
    "deterministic": True,
    "force_col_wise": True,
    "n_jobs": 1,
    "verbose": -1,
}
SEED = 5


def quickest(fit: Callable[[], object]) -> float:
    """Return the fewest CPU seconds of three runs, of fewer where they take long."""
    times: list[float] = []
    while len(times) < 3 and sum(times) < 5:
        before = time.process_time()
        fit()
        times.append(time.process_time() - before)
    return min(times)


def against_bare(name: str, market: Market) -> tuple[float, float | None, float | None]:
    """Return CPU seconds of the estimator's own fit, of the bare library's, and of scikit-learn's pipeline.

    The second and third are None where there is nothing to compare with.
    """
    entry, matrices = MODELS[name], open_matrices(market.folder)
    target = np.load(market.folder / ("returns.npy" if entry.learns_returns else "labels.npy"))[0]
    rows = np.arange(*market.train)
    known = np.isfinite(target[rows]) if entry.learns_returns else target[rows] >= 0
    rows = rows[known]
    target = target[rows].astype(np.float64)
    if entry.inputs == "history":
        X: Any = matrices.histories(rows)
    else:
        X = matrices.windows(rows) if entry.inputs == "sequence" else matrices.features()[rows]
    weights = np.random.default_rng(SEED).uniform(0.5, 1.5, len(rows))
    every = {"dates": matrices.date[rows], "ahead": 10, "event": market.label, "sample_weight": weights}
    beside = {key: every[key] for key in entry.fit_takes}
    own = quickest(lambda: entry.estimator(SEED, {}).fit(X, target, **beside))
    if entry.inputs == "history" or name == "fama_macbeth":
        return own, None, None
    ours = entry.estimator(SEED, {})
    if entry.library == "torch":
        return own, _plain_loop(ours, X, target, beside), None
    if entry.library == "lightgbm":
        return own, _lightgbm(name, ours, X, target, beside), None
    weight = beside.get("sample_weight")
    if hasattr(ours.fit(X, target, **beside), "scaler_"):
        return own, *_scaled(ours, X, target, weight)
    return own, quickest(lambda: _bare_tree(name, ours, len(target)).fit(X, target, **beside)), None


def _scaled(ours: Any, X: Any, target: Any, weight: Any) -> tuple[float, float]:
    few, target, weighed = capped(ours, X, target, weight)
    if hasattr(ours, "spread_"):
        target = (target - ours.mean_) / ours.spread_
    bare = clone(ours.model_)
    # The library's own defaults: it copies the rows, and leaves them as they were.
    bare.set_params(**{key: True for key in ("copy", "copy_X") if key in bare.get_params()})
    scaled, raw = ours.scaler_.transform(few), few.astype(np.float64)
    steps = StandardScaler(), SimpleImputer(strategy="constant", fill_value=0.0, keep_empty_features=True)
    pipeline = make_pipeline(*steps, bare)
    last = pipeline.steps[-1][0]
    weighed_last = {f"{last}__{key}": value for key, value in weighed.items()}
    return (
        quickest(lambda: clone(bare).fit(scaled, target, **weighed)),
        quickest(lambda: clone(pipeline).fit(raw, target, **weighed_last)),
    )


def _bare_tree(name: str, ours: Any, count: int) -> Any:
    base = type(ours).__mro__[1]
    params = {key: getattr(ours, key) for key in base().get_params() if hasattr(ours, key)}
    if name == "random_forest":
        params["max_samples"] = min(params["max_samples"], count)
    if name == "decision_tree":
        params["min_samples_leaf"] = min(params["min_samples_leaf"], count // 10)
    return base(**(params | (getattr(ours, "kwargs", None) or {})))


def _lightgbm(name: str, ours: Any, X: Any, target: Any, beside: dict[str, Any]) -> float:
    from lightgbm import LGBMClassifier, LGBMRanker, LGBMRegressor

    same = SAME_AS_LIGHTGBM | {"n_estimators": ours.n_estimators, "learning_rate": ours.learning_rate}
    if name == "lightgbm":
        return quickest(lambda: LGBMClassifier(**same).fit(X, target, **beside))
    if name == "lightgbm_ranker":
        _, sizes = np.unique(beside["dates"], return_counts=True)
        grades = np.concatenate([5 * np.argsort(np.argsort(day)) // len(day) for day in _split(target, sizes)])
        ranker = LGBMRanker(**(same | {"subsample_freq": 0}))
        return quickest(lambda: ranker.fit(X, grades, group=sizes))
    from mltrainer.models.quantile_boosting import QUANTILES

    def all_quantiles() -> None:
        for at in QUANTILES:
            LGBMRegressor(objective="quantile", alpha=at, **same).fit(X, target, **beside)

    return quickest(all_quantiles)


def _split(values: Any, sizes: Any) -> list[Any]:
    return np.split(values, np.cumsum(sizes)[:-1])


def _plain_loop(ours: Any, X: Any, target: Any, beside: dict[str, Any]) -> float:
    """Return the time of as many training steps as the estimator takes, over tensors that are already prepared."""
    import torch

    taken, loss = [0], ours._loss

    def counted(*given: Any) -> Any:
        taken[0] += 1
        return loss(*given)

    ours._loss = counted
    ours.fit(X, target, **beside)
    del ours._loss
    rows = np.linspace(0, len(target) - 1, min(len(target), ours._most_rows())).astype(int)
    seen = torch.from_numpy(np.ascontiguousarray(ours._prepare(X[rows]), dtype=np.float32))
    event = torch.from_numpy(target[rows].astype(np.float32))

    def loop() -> None:
        network = ours._network(ours.shape_)
        optimizer = torch.optim.AdamW(network.parameters(), lr=ours.learning_rate, weight_decay=0.01)
        for step in range(taken[0]):
            batch = torch.arange(step * 1024, (step + 1) * 1024) % len(seen)
            optimizer.zero_grad()
            ours._loss(network, seen[batch], event[batch]).backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()

    return quickest(loop)
