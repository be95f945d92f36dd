"""The 158 features of Alpha158 against the values that qlib itself gave, and their moving quantiles against pandas."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.features.alpha158 import NAMES, alpha158
from mltrainer.features.bars import Bars
from mltrainer.features.build import ALWAYS, build_features, feature_names
from mltrainer.features.moving import enough, moving_rank, place_of_max, place_of_min
from mltrainer.features.quantiles import moving_quantiles

from .conftest import random_panel

WARM = 60


def test_every_column_equals_qlibs(shared_data):
    golden = shared_data / "reference" / "golden"
    if not golden.is_dir():
        pytest.skip(f"not here: {golden}")
    expected = pd.read_csv(golden / "alpha158_golden.csv", index_col=0)
    assert list(expected.columns) == list(NAMES)
    stored = np.load(golden / "golden_ohlcv.npz")
    arrays = [stored[name].astype(float)[:, None] for name in "OHLCV"]
    with np.errstate(all="ignore"):
        made = dict(alpha158(Bars(np.arange(300).astype("datetime64[D]"), *arrays)))
    assert set(made) == set(NAMES)
    for name in NAMES:
        # qlib keeps float32: quotients of small ranges carry its rounding.
        np.testing.assert_allclose(
            made[name][WARM:, 0], expected[name].to_numpy()[WARM:], atol=2e-4, rtol=2e-5, err_msg=name
        )


def series_with_ties_and_gaps(seed, rows):
    rng = np.random.default_rng(seed)
    values = np.round(rng.standard_normal((rows, 3)), 1)
    values[rng.random(values.shape) < 0.15] = np.nan
    values[:, 0] = np.round(rng.standard_normal(rows), 1)
    return values


@settings(max_examples=15, derandomize=True, deadline=None)
@given(seed=st.integers(0, 1000), rows=st.integers(1, 50), window=st.integers(2, 14))
def test_quantiles_ranks_and_places_equal_those_of_pandas(seed, rows, window):
    values = series_with_ties_and_gaps(seed, rows)
    rolling = pd.DataFrame(values).rolling(window, min_periods=enough(window))
    shares = (0.2, 0.5, 0.8)
    for share, made in zip(shares, moving_quantiles(values, window, shares), strict=True):
        np.testing.assert_allclose(made, rolling.quantile(share), atol=1e-12)
    ranks = np.where(np.isfinite(values), rolling.rank(pct=True), np.nan)
    np.testing.assert_allclose(moving_rank(values, window), ranks, atol=1e-12)
    padded = np.concatenate([np.full((window - 1, 3), np.nan), values])
    windows = np.lib.stride_tricks.sliding_window_view(padded, window, axis=0)
    ready = np.isfinite(windows).sum(axis=-1) >= enough(window)
    for place, sign in ((place_of_max, 1), (place_of_min, -1)):
        oldest = np.argmax(np.where(np.isfinite(windows), sign * windows, -np.inf), axis=-1) + 1.0
        np.testing.assert_array_equal(place(values, window), np.where(ready, oldest, np.nan))


def test_a_set_holds_what_it_says():
    panel = random_panel(1)
    member = np.isfinite(panel.close)
    rows = np.nonzero(member)
    own, whole = feature_names(panel), feature_names(panel, "both")
    assert whole == [*NAMES, *own] and feature_names(panel, "alpha158") == [*NAMES, *ALWAYS]
    both = build_features(panel, member, rows, feature_set="both")
    np.testing.assert_array_equal(both[:, len(NAMES) :], build_features(panel, member, rows))
    few = build_features(panel, member, rows, feature_set="alpha158")
    np.testing.assert_array_equal(few[:, : len(NAMES)], both[:, : len(NAMES)])
    np.testing.assert_array_equal(few[:, -1], both[:, whole.index("mom_12_1")])
