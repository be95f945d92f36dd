"""Intervals of the return: ranks against crepes and MAPIE, adaptation against a loop, coverage where it must hold."""

import warnings

import numpy as np
import pytest
from crepes import ConformalRegressor
from hypothesis import given, settings
from hypothesis import strategies as st
from mapie.metrics.regression import regression_mwi_score
from mapie.regression import ConformalizedQuantileRegressor
from scipy.stats import norm
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.linear_model import LinearRegression, QuantileRegressor

from mltrainer.evaluation.conformal import LEAST_DATES, MOST_SIDE, REFRESH, adaptive_margins, interval_score
from mltrainer.evaluation.effective import newey_west_error


def test_ranks_are_those_of_split_conformal_prediction():
    residual = np.random.default_rng(5).standard_normal(1000)
    oracle = ConformalRegressor().fit(np.abs(residual))
    half_width = oracle.predict_int(np.zeros(1), confidence=0.9)[0, 1]
    # A side that leaves out a tenth of absolute residuals has its end at the ninth tenth.
    found = adaptive_margins(np.sort(np.abs(residual)), np.arange(1000) // 20, horizon_end=1, level=0.8, step=0)
    assert found.now[1] == pytest.approx(half_width, abs=1e-12)


def test_golden_margins_of_split_and_of_quantile_conformal_prediction():
    rng = np.random.default_rng(5)
    x = rng.uniform(-2, 2, (3000, 1))
    y = x[:, 0] + (0.3 + 0.5 * np.abs(x[:, 0])) * rng.standard_normal(3000)
    train, past, now = slice(0, 1000), slice(1000, 2000), slice(2000, 3000)

    def margin(score):
        # Both ends at once: the side above leaves out all of the tenth.
        return adaptive_margins(score[past], np.arange(1000) // 20, horizon_end=1, level=0.8, step=0).now[1]

    line = LinearRegression().fit(x[train], y[train]).predict(x)
    assert margin(np.abs(y - line)) == pytest.approx(1.4102581803982845, abs=1e-9)
    lower, upper = (
        GradientBoostingRegressor(loss="quantile", alpha=at, max_depth=2, random_state=0)
        .fit(x[train], y[train])
        .predict(x)
        for at in (0.05, 0.95)
    )
    found = margin(np.maximum(lower - y, y - upper))
    assert found == pytest.approx(0.12081940965981852, abs=1e-6)
    assert ((y >= lower - found) & (y <= upper + found))[now].mean() == 0.915


def test_conformalised_quantiles_are_those_of_mapie():
    rng = np.random.default_rng(5)
    x = rng.standard_normal((1500, 1))
    y = x[:, 0] + (0.3 + 0.5 * np.abs(x[:, 0])) * rng.standard_normal(1500)
    train, past, now = slice(0, 500), slice(500, 1000), slice(1000, 1500)
    fitted = [
        QuantileRegressor(quantile=at, alpha=0, solver="highs").fit(np.abs(x[train]), y[train])
        for at in (0.1, 0.9, 0.5)
    ]
    with warnings.catch_warnings():
        # A fitted regressor is what it asks for.
        warnings.simplefilter("ignore")
        oracle = ConformalizedQuantileRegressor(fitted, confidence_level=0.8, prefit=True)
        wanted = oracle.conformalize(np.abs(x[past]), y[past]).predict_interval(np.abs(x[now]))[1][:, :, 0]
    lower, upper = (one.predict(np.abs(x)) for one in fitted[:2])
    residual = np.stack([y - lower, y - upper])[:, past]
    found = adaptive_margins(residual, np.arange(500) // 20, horizon_end=1, level=0.8, step=0).now
    np.testing.assert_allclose(lower[now] + found[0], wanted[:, 0], atol=1e-9)
    np.testing.assert_allclose(upper[now] + found[1], wanted[:, 1], atol=1e-9)


def by_hand(below, above, date, horizon, level, step):
    """Say it again, date by date."""
    aim = (1 - level) / 2
    shares, given_on, learned, pool, size = [aim, aim], {}, 0, None, 0
    days = sorted(set(date.tolist()))

    def take_note(day):
        rows = date == day
        if given_on.get(day):
            low, high = given_on[day]
            for side, missed in enumerate([(below[rows] < low).mean(), (above[rows] > high).mean()]):
                shares[side] = min(max(shares[side] + step * (aim - missed), 0.005), MOST_SIDE)

    def ends(past):
        ranks = [int(np.ceil((past.sum() + 1) * (1 - share))) for share in shares]
        if max(ranks) > past.sum():
            return None
        return sorted(below[past].tolist())[-ranks[0]], sorted(above[past].tolist())[ranks[1] - 1]

    for day in days:
        while days[learned] + horizon <= day:
            take_note(days[learned])
            learned += 1
        if learned >= LEAST_DATES and (learned - size >= REFRESH or pool is None):
            pool, size = date < days[learned], learned
        given_on[day] = None if pool is None else ends(pool)
    for day in days[learned:]:
        take_note(day)
    return given_on, ends(date >= 0)


@settings(derandomize=True, max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    horizon=st.integers(1, 12),
    step=st.sampled_from([0.0, 0.01, 0.05]),
    quantiles=st.booleans(),
)
def test_margins_agree_with_a_loop_over_dates(seed, horizon, step, quantiles):
    rng = np.random.default_rng(seed)
    date = np.repeat(np.cumsum(rng.integers(1, 3, 90)), rng.integers(1, 6, 90))
    residual = rng.standard_t(4, len(date))
    above = residual - rng.uniform(0.5, 1.5, len(date)) if quantiles else residual
    both = np.stack([residual, above]) if quantiles else residual
    found = adaptive_margins(both, date, horizon_end=horizon, step=step)
    wanted, now = by_hand(residual, above, date, horizon, 0.8, step)
    for day, lower, upper in zip(found.days.tolist(), found.lower, found.upper, strict=True):
        assert np.isnan(lower) if wanted[day] is None else (lower, upper) == wanted[day]
    assert found.now == now
    # What comes later changes nothing before.
    cut = date < found.days[60]
    part = adaptive_margins(both[..., cut], date[cut], horizon_end=horizon, step=step)
    np.testing.assert_array_equal(part.lower, found.lower[:60])


@pytest.mark.parametrize(("step", "near"), [(0.0, False), (0.01, True)])
def test_coverage_holds_where_volatility_jumps_only_if_it_adapts(step, near):
    rng = np.random.default_rng(1)
    date = np.repeat(np.arange(3000), 5)
    scale = np.where(date // 500 % 2, 2.5, 1.0) * np.where(date > 1500, 1.6, 1.0)
    residual = scale * rng.standard_normal(len(date))
    found = adaptive_margins(residual, date, horizon_end=10, step=step)
    held = (residual >= found.lower[date]) & (residual <= found.upper[date])
    daily = held.reshape(3000, 5).mean(axis=1)[600:]
    assert (abs(daily.mean() - 0.8) <= 2 * newey_west_error(daily, horizon_end=10)) == near


def test_the_true_quantiles_have_the_lowest_interval_score():
    outcome = np.random.default_rng(2).standard_normal(200_000)
    true = norm.ppf([0.1, 0.9])
    scores = {shift: interval_score(true[:1] - shift, true[1:] + shift, outcome) for shift in (-0.2, 0.0, 0.2)}
    # 2 phi(z) / 0.1 for the two tails of a normal distribution.
    assert scores[0.0] == pytest.approx(2 * norm.pdf(true[1]) / 0.1, rel=5e-3)
    assert scores[0.0] == min(scores.values())
    wanted = regression_mwi_score(outcome, np.tile(true, (len(outcome), 1))[:, :, None], 0.8)
    assert scores[0.0] == pytest.approx(wanted, abs=1e-9)


def test_too_short_a_past_gives_no_interval():
    found = adaptive_margins(np.zeros(40), np.repeat(np.arange(10), 4), horizon_end=2)
    assert found.now is None
    assert np.isnan(found.lower).all()
