"""Forests grow the library's own trees, bit for bit, from fewer rows than it looks at, in any number of threads."""

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from mltrainer.models.registry import MODELS

PLAIN = {"random_forest": RandomForestClassifier, "extra_trees": ExtraTreesClassifier}


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("events", [3, 700])
def test_a_forest_is_the_librarys(name: str, events: int) -> None:
    """With 3 events in 3,000 rows most trees draw none, and must know of the class all the same."""
    random = np.random.default_rng(events)
    X = random.normal(size=(3000, 6)).astype(np.float32)
    X[random.random(X.shape) < 0.1] = np.nan
    y = np.zeros(3000)
    y[np.argsort(-np.nan_to_num(X[:, 0]) + random.normal(size=3000))[:events]] = 1.0
    weights = random.uniform(0.5, 1.5, 3000)
    ours = MODELS[name].estimator(7, {"n_estimators": 10} | ({"max_samples": 500} if name == "random_forest" else {}))
    given = {key: ours.get_params().get(key, getattr(ours, key)) for key in PLAIN[name]().get_params()}
    plain = PLAIN[name](**given).fit(X, y, weights)
    ours.n_jobs = 3
    ours.fit(X, y, weights)
    ours.n_jobs = 1
    assert np.array_equal(ours.predict_proba(X), plain.predict_proba(X))
    for mine, its in zip(ours.estimators_, plain.estimators_, strict=True):
        assert np.array_equal(mine.tree_.threshold, its.tree_.threshold, equal_nan=True)
        assert np.array_equal(mine.tree_.feature, its.tree_.feature)
