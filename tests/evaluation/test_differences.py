"""Diebold-Mariano and Benjamini-Hochberg against statsmodels and against published values."""

import numpy as np
import pytest
import scipy.stats
import statsmodels.api as sm

from mltrainer.evaluation.differences import adjusted, daily_brier, diebold_mariano


@pytest.mark.parametrize("horizon_end", [1, 10])
def test_diebold_mariano_is_a_mean_with_newey_west_errors(horizon_end: int) -> None:
    rng = np.random.default_rng(3)
    one, other = rng.random(300), rng.random(300) + 0.02
    found = diebold_mariano(one, other, horizon_end=horizon_end)
    lags = max(2 * horizon_end, int(4 * 3 ** (2 / 9)))
    fitted = sm.OLS(one - other, np.ones(300)).fit(cov_type="HAC", cov_kwds={"maxlags": lags})
    p = 2 * scipy.stats.t.sf(abs(fitted.tvalues[0]), 300 / (2 * horizon_end) - 1)
    assert found == pytest.approx((fitted.params[0], p), rel=1e-9)


def test_few_dates_find_no_difference_in_noise() -> None:
    # Moving sums over the horizon, as overlapping labels make them, in five blocks.
    rng = np.random.default_rng(1)
    noise = np.lib.stride_tricks.sliding_window_view(rng.normal(size=(1000, 109)), 10, axis=1).sum(axis=2)
    found = [diebold_mariano(series, np.zeros(100), horizon_end=10).p for series in noise]
    assert np.mean(np.array(found) < 0.10) < 0.18
    assert diebold_mariano(noise[0][:79], np.zeros(79), horizon_end=10).p is None


def test_the_sign_and_the_order() -> None:
    loss = np.random.default_rng(1).random(200)
    better = diebold_mariano(loss - 0.1 + 0.01 * np.sin(np.arange(200)), loss, horizon_end=5)
    assert better.mean < 0
    assert better.p < 1e-6
    assert diebold_mariano(loss, loss, horizon_end=5) == (0.0, 1.0)


def test_the_example_of_benjamini_and_hochberg() -> None:
    # The 15 p-values of their paper: 4 are rejected at 0.05, the fourth adjusted to 0.035625.
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.324,
        0.4262,
        0.5719,
        0.6528,
        0.759,
        1,
    ]
    found = adjusted(p)
    assert sum(value <= 0.05 for value in found) == 4
    assert found[3] == pytest.approx(0.035625)
    assert adjusted([]) == []


def test_the_brier_score_of_each_date() -> None:
    found = daily_brier(np.array([4, 4, 7]), np.array([0.5, 0.0, 0.2]), np.array([1.0, 0.0, 1.0]))
    assert found == pytest.approx([0.125, 0.64])
