"""The features that move a score: the planted one comes first, with its sign, whatever the library."""

import numpy as np
import pytest

from mltrainer.models.drivers import ASKED, explain
from mltrainer.models.registry import MODELS


@pytest.mark.parametrize("model", ["logistic_regression", "lightgbm", "xgboost", "gaussian_naive_bayes"])
def test_the_planted_feature_drives_the_score(model: str) -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(6000, 6)).astype(np.float32)
    rows[rng.random(rows.shape) < 0.02] = np.nan
    event = (np.nan_to_num(rows[:, 3]) + 0.3 * rng.normal(size=6000) > 0.5).astype(np.float64)
    entry = MODELS[model]
    estimator = entry.estimator(1, {})
    estimator.fit(rows[:5900], event[:5900])
    today = rows[5900:]
    score = estimator.predict_proba(today)[:, 1]
    shares = explain(estimator, entry.library, today, score)
    asked = np.isfinite(shares).all(axis=1)
    assert asked.sum() >= ASKED and shares.shape == (100, 6)
    np.testing.assert_allclose(np.abs(shares[asked]).sum(axis=1), 1.0)
    high = asked & (today[:, 3] > 1)
    assert (np.abs(shares[high]).argmax(axis=1) == 3).all() and (shares[high, 3] > 0).all()
