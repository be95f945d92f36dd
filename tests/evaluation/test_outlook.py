"""Outcomes after similar days: paths, surfaces, stops, ruin and nearest days, against slow and plain computations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.evaluation.outlook import anchored, nearest, outcomes_with_stop, paths_after, ruin, surface

SEEDS = st.integers(0, 10_000)


def market(seed: int) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    close = 100 * np.exp(rng.normal(0, 0.02, (40, 3)).cumsum(axis=0))
    return close, np.zeros(close.shape, dtype=bool), rng


@settings(max_examples=30, derandomize=True, deadline=None)
@given(seed=SEEDS)
def test_a_path_is_what_each_later_close_returned_and_unknown_from_a_void_bar_on(seed: int) -> None:
    close, void, rng = market(seed)
    void[rng.integers(10, 40), 1] = True
    session, column = rng.integers(0, 40, 20), rng.integers(0, 3, 20)
    paths = paths_after(close, void, session, column, 5)
    for path, day, ticker in zip(paths, session, column, strict=True):
        for step in range(1, 6):
            clear = day + step < 40 and not void[day : day + step + 1, ticker].any()
            expected = close[day + step, ticker] / close[day, ticker] - 1 if clear else np.nan
            np.testing.assert_allclose(path[step - 1], expected, rtol=1e-12)


def test_a_missing_close_is_the_last_one_known() -> None:
    close = np.array([[100.0], [np.nan], [110.0], [np.nan]])
    paths = paths_after(close, np.zeros(close.shape, dtype=bool), np.array([0]), np.array([0]), 3)
    np.testing.assert_allclose(paths, [[0.0, 0.1, 0.1]])


@settings(max_examples=30, derandomize=True, deadline=None)
@given(seed=SEEDS, probability=st.floats(0.02, 0.98))
def test_a_surface_falls_with_the_target_and_keeps_its_anchor(seed: int, probability: float) -> None:
    paths = np.random.default_rng(seed).normal(0, 0.02, (300, 20)).cumsum(axis=1)
    targets, horizons = [0.01, 0.02, 0.05], [(3, 5), (7, 10), (14, 20)]
    rows = surface(paths, targets, horizons)
    assert rows[1][1] == pytest.approx((paths[:, 6:10].max(axis=1) >= 0.02).mean())
    shifted = np.array(anchored(rows, (1, 1), probability))
    assert shifted[1, 1] == pytest.approx(probability)
    assert (np.diff(rows, axis=1) <= 0).all() and (np.diff(shifted, axis=1) <= 1e-12).all()


def test_a_stop_ends_at_the_first_close_that_reaches_it() -> None:
    paths = np.array([[-0.02, -0.06, 0.03], [0.01, 0.02, 0.04], [-0.01, np.nan, np.nan]])
    np.testing.assert_allclose(outcomes_with_stop(paths, 0.05), [-0.06, 0.04])
    np.testing.assert_allclose(outcomes_with_stop(paths, None), [0.03, 0.04])


def test_ruin_grows_with_the_size_of_a_trade_and_matches_a_random_walk() -> None:
    outcomes = np.array([-0.1, 0.1])
    chances = [ruin(outcomes, size, seed=1) for size in (0.1, 0.5, 1.0)]
    assert chances[0] == 0.0 and chances[0] < chances[1] < chances[2]
    # After n losses and 100 - n gains at size 1 the capital is known; the walk's lowest point by brute force.
    steps = np.random.default_rng(9).choice(np.log1p(outcomes), (20_000, 100)).cumsum(axis=1)
    assert chances[2] == pytest.approx((steps.min(axis=1) <= np.log(0.5)).mean(), abs=0.04)


def test_the_nearest_days_are_those_of_least_distance_and_stand_apart() -> None:
    rng = np.random.default_rng(3)
    past = rng.normal(size=(200, 4)) * [1, 10, 100, 1000]
    group, session = np.repeat([0, 1], 100), np.tile(np.arange(100), 2)
    today = past[37] + 1e-9
    rows = nearest(past, today, group, session, apart=5, count=20)
    assert rows[0] == 37 and len(set(rows.tolist())) == 20
    for ticker in (0, 1):
        days = np.sort(session[rows[group[rows] == ticker]])
        assert (np.diff(days) > 5).all()
