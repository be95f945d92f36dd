"""Windows for sequence models."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.features.build import row_index
from mltrainer.features.channels import CHANNELS, CLIP, Windows, sequence_channels


def test_channels_are_of_order_one_and_never_missing(make_panel):
    channels = sequence_channels(make_panel(1, n_dates=400, n_tickers=6))
    assert channels.dtype == np.float32 and channels.shape == (400, 6, len(CHANNELS))
    assert np.isfinite(channels).all() and np.abs(channels).max() <= CLIP
    spread = channels[100:].std(axis=(0, 1))
    assert (spread > 0.15).all() and (spread < 3).all(), dict(zip(CHANNELS, spread, strict=True))


def test_validity_says_where_a_day_is_real(make_panel):
    panel = make_panel(2)
    valid = sequence_channels(panel)[..., CHANNELS.index("valid")]
    assert set(np.unique(valid)) == {0.0, 1.0}
    assert not valid[~np.isfinite(panel.close)].any()
    assert valid[-1, 0] == 1.0


def test_the_level_of_volatility_is_kept(make_panel):
    panel = make_panel(3, ragged=False)
    level = sequence_channels(panel)[..., CHANNELS.index("vol_level")]
    returns = np.diff(np.log(panel.close), axis=0)
    expected = (np.log(returns[-21:].std(axis=0, ddof=1)) - np.log(0.015)) / 0.5
    np.testing.assert_allclose(level[-1], expected, rtol=1e-4)


@settings(max_examples=25, derandomize=True, deadline=None)
@given(seed=st.integers(0, 500), length=st.integers(1, 12))
def test_windows_end_at_their_row_and_are_empty_before_the_start(seed, length):
    rng = np.random.default_rng(seed)
    channels = rng.standard_normal((15, 3, 2)).astype(np.float32)
    dates, tickers = (index.astype(np.int32) for index in np.nonzero(rng.random((15, 3)) < 0.6))
    windows = Windows(channels, dates, tickers, length)
    assert len(windows) == len(dates)
    pick = rng.integers(0, len(dates), 7)
    cut = windows[pick]
    assert cut.shape == (7, length, 2) and cut.dtype == np.float32
    for window, row in zip(cut, pick, strict=True):
        for step in range(length):
            day = dates[row] - length + 1 + step
            expected = channels[day, tickers[row]] if day >= 0 else np.zeros(2)
            np.testing.assert_array_equal(window[step], expected)


def test_windows_leave_the_channels_alone(make_panel):
    panel = make_panel(4, n_dates=80)
    channels = sequence_channels(panel)
    before = channels.copy()
    windows = Windows(channels, *row_index(panel, np.isfinite(panel.close)))
    windows[np.arange(len(windows))][:] = 7.0
    windows[:10][:] = 7.0
    np.testing.assert_array_equal(channels, before)
    assert windows.channels is channels
