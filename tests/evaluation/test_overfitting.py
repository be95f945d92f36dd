"""Overfitting and superior ability against other implementations."""

import numpy as np
import pytest
from arch.bootstrap import SPA, StationaryBootstrap
from purgedcv import probability_of_backtest_overfitting

from mltrainer.evaluation.effective import newey_west_error
from mltrainer.evaluation.overfitting import overfitting_probability
from mltrainer.evaluation.significance import p_of_mean, p_of_overlapping, p_of_t
from mltrainer.evaluation.superior import superior_ability


def test_golden_probabilities_of_overfitting():
    returns = np.random.default_rng(7).normal(0, 0.01, (32, 1000)).T
    assert overfitting_probability(returns) == pytest.approx(0.6209013209, abs=1e-9)
    assert overfitting_probability(returns, blocks=8) == pytest.approx(0.5857142857, abs=1e-9)
    returns[:, 5] += 0.0015
    assert overfitting_probability(returns) == pytest.approx(0.0289044, abs=1e-6)


def test_overfitting_agrees_with_purgedcv_and_refuses_too_few_days():
    returns = np.random.default_rng(3).standard_t(4, (403, 5))
    wanted = probability_of_backtest_overfitting(returns.T, n_splits=8).pbo
    assert overfitting_probability(returns, blocks=8) == pytest.approx(wanted, abs=1e-12)
    with pytest.raises(ValueError, match="7 days cannot be cut"):
        overfitting_probability(returns[:7], blocks=8)


def counts(seed, days, block, resamples):
    """Return the resamples that arch draws, as counts of days."""
    drawn = StationaryBootstrap(block, np.arange(days), seed=seed)
    return np.array([np.bincount(data[0][0], minlength=days) for data in drawn.bootstrap(resamples)], dtype=float)


@pytest.mark.parametrize("better", [False, True])
def test_superior_ability_agrees_with_arch_on_the_same_resamples(better):
    rng = np.random.default_rng(12345)
    losses = rng.standard_normal((500, 33)) ** 2
    if better:
        losses[:, 8] = (0.7 * rng.standard_normal(500)) ** 2
    gains = losses[:, :1] - losses[:, 1:]
    # This version of arch does not studentise: it is given gains that are.
    raw = SPA(np.zeros(500), -gains, block_size=10, reps=2, seed=1)
    raw.compute()
    scaled = gains / np.sqrt(raw._loss_diff_var)
    spa = SPA(np.zeros(500), -scaled, block_size=10, reps=1000, seed=42)
    spa.compute()
    found = superior_ability(gains, counts(42, 500, 10, 1000), mean_block=10)
    assert found == pytest.approx(spa.pvalues["consistent"], abs=0.0011)
    assert (found < 0.01) == better


def test_what_never_differs_from_the_benchmark_is_refused():
    with pytest.raises(ValueError, match="no strategy differs"):
        superior_ability(np.zeros((100, 2)), np.ones((5, 100)), mean_block=5)


def test_p_values_keep_what_they_promise_with_overlapping_series():
    rng = np.random.default_rng(8)
    # Sums over ten days of noise, as the daily rank IC of ten-day labels is.
    series = np.cumsum(rng.standard_normal((1500, 520)), axis=1)
    overlapping = series[:, 10:] - series[:, :-10]
    t = [one.mean() / newey_west_error(one, horizon_end=10) for one in overlapping]
    p = np.array([p_of_overlapping(one, n_dates=510, horizon_end=10) for one in t])
    assert 0.04 <= (p < 0.05).mean() <= 0.06
    assert (p < 0.005).mean() <= 0.01
    assert p_of_mean(np.zeros(50), horizon_end=1) == 1
    assert p_of_t(0.0, n_dates=500, horizon_end=10) == pytest.approx(0.5)
