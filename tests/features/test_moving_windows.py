"""Moving statistics against a loop over every window."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from mltrainer.features import moving
from mltrainer.features.recursive import exponential_mean, wilder_mean


def slow(values, window, statistic):
    result = np.full(values.shape, np.nan)
    for t in range(len(values)):
        for i in range(values.shape[1]):
            cells = values[max(t - window + 1, 0) : t + 1, i]
            cells = cells[np.isfinite(cells)]
            if len(cells) >= moving.enough(window):
                result[t, i] = statistic(cells)
    return result


@st.composite
def series(draw):
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    values = rng.standard_normal((draw(st.integers(1, 60)), draw(st.integers(1, 3)))) * 3 + 1
    values[rng.random(values.shape) < draw(st.sampled_from([0.0, 0.1, 0.4]))] = np.nan
    return values, draw(st.sampled_from([2, 3, 5, 14, 21]))


PAIRS = [
    (moving.moving_sum, np.sum),
    (moving.moving_mean, np.mean),
    (moving.moving_std, lambda c: np.std(c, ddof=1)),
    (moving.moving_skew, lambda c: stats.skew(c) if len(c) > 1 else np.nan),
]


@pytest.mark.parametrize(("fast", "statistic"), PAIRS, ids=[pair[0].__name__ for pair in PAIRS])
@settings(max_examples=25, derandomize=True, deadline=None)
@given(case=series())
def test_equals_the_loop(fast, statistic, case):
    values, window = case
    if window < 3 and fast is moving.moving_skew:
        window = 3
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(fast(values, window), slow(values, window, statistic), rtol=1e-7, atol=1e-9)


@settings(max_examples=20, derandomize=True, deadline=None)
@given(case=series())
def test_extremes_equal_the_loop_once_the_window_is_full(case):
    values, window = case
    values = np.round(values, 1)  # so that there are ties
    since = {"max": moving.since_max, "min": moving.since_min}
    for name, fast in {"max": moving.moving_max, "min": moving.moving_min}.items():
        largest = slow(values, window, getattr(np, name))
        np.testing.assert_array_equal(fast(values, window), largest)
        ages = since[name](values, window)
        for t, i in zip(*np.nonzero(np.isfinite(ages)), strict=True):
            recent = values[max(t - window + 1, 0) : t + 1, i][::-1]
            assert ages[t, i] == np.flatnonzero(recent == largest[t, i])[0]


@settings(max_examples=20, derandomize=True, deadline=None)
@given(case=series(), cut=st.floats(0.1, 0.95))
def test_appended_rows_change_no_bit(case, cut):
    values, window = case
    n = max(int(len(values) * cut), 1)
    for fast in (moving.moving_mean, moving.moving_std, moving.moving_max, moving.since_max):
        np.testing.assert_array_equal(fast(values, window)[:n], fast(values[:n].copy(), window))


def test_a_huge_value_is_forgotten_entirely():
    rng = np.random.default_rng(3)
    clean = rng.standard_normal((200, 2))
    dirty = clean.copy()
    dirty[50] = 1e15
    after = slice(50 + 2 * 21, None)
    for fast in (moving.moving_mean, moving.moving_std, moving.moving_skew):
        np.testing.assert_array_equal(fast(dirty, 21)[after], fast(clean, 21)[after])


def test_what_never_moves_has_no_deviation():
    flat = np.full((40, 1), 123.456)
    assert np.all(moving.moving_std(flat, 20)[20:] == 0.0)


@pytest.mark.parametrize(("mean", "weight"), [(wilder_mean, 1 / 5), (exponential_mean, 2 / 6)])
def test_running_means_start_at_the_listing_and_wait_over_gaps(mean, weight):
    rng = np.random.default_rng(8)
    values = rng.standard_normal((60, 1))
    values[:17] = np.nan
    values[40:43] = np.nan
    cells = values[np.isfinite(values)]
    state = cells[:5].mean()
    expected = [state]
    for cell in cells[5:]:
        state += weight * (cell - state)
        expected.append(state)
    got = mean(values, 5)
    np.testing.assert_allclose(got[np.isfinite(got)], expected, rtol=1e-12)
    assert np.isnan(got[:21]).all() and np.isfinite(got[21, 0]) and np.isnan(got[40:43]).all()
    # Rows before the listing make no difference.
    np.testing.assert_array_equal(got[17:], mean(values[17:], 5))
