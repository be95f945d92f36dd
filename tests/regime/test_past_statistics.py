"""Statistics of the past against loops."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.regime.past import expanding_percentile, share_above_mean, volatility


@settings(max_examples=30, derandomize=True, deadline=None)
@given(values=st.lists(st.one_of(st.integers(-3, 3), st.just(None)), max_size=40), first=st.integers(1, 5))
def test_percentiles_are_of_the_values_so_far(values, first):
    x = np.array([np.nan if v is None else float(v) for v in values])
    got = expanding_percentile(x, first)
    for t in range(len(x)):
        past = x[: t + 1][np.isfinite(x[: t + 1])]
        if not np.isfinite(x[t]) or len(past) < first:
            assert np.isnan(got[t])
        else:
            assert got[t] == (np.sum(past < x[t]) + 0.5 * np.sum(past == x[t])) / len(past)


def test_volatility_needs_all_its_returns():
    x = np.random.default_rng(0).standard_normal(50)
    x[30] = np.nan
    got = volatility(x, 10)
    np.testing.assert_allclose(got[29], x[20:30].std(ddof=1))
    assert np.isnan(got[:9]).all() and np.isnan(got[30:40]).all() and np.isfinite(got[40:]).all()
    assert len(volatility(x[:5], 10)) == 5


@settings(max_examples=15, derandomize=True, deadline=None)
@given(seed=st.integers(0, 1000), n=st.integers(1, 70))
def test_breadth_counts_tickers_above_their_mean(seed, n):
    rng = np.random.default_rng(seed)
    close = 20 + np.cumsum(rng.standard_normal((n, 4)), axis=0)
    close[rng.random(close.shape) < 0.15] = np.nan
    got = share_above_mean(close, 20)
    for t in range(n):
        above = []
        for i in range(4):
            cells = close[max(t - 19, 0) : t + 1, i]
            cells = cells[np.isfinite(cells)]
            if np.isfinite(close[t, i]) and len(cells) >= 16:
                above.append(close[t, i] > cells.mean())
        np.testing.assert_allclose(got[t], np.mean(above) if above else np.nan)
