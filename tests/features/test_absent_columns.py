"""Data without opens, highs, lows or volume: what needs them does not exist, and all else is as it was."""

import dataclasses

import numpy as np
import pytest

from mltrainer.features.build import build_features, feature_names, left_out, row_index
from mltrainer.features.channels import CHANNELS, sequence_channels

BESIDE = ("open", "high", "low", "volume")


@pytest.mark.parametrize("lost", [("open", "high", "low"), ("volume",)])
def test_every_feature_says_which_columns_it_is_computed_from(make_panel, lost):
    panel = make_panel(4, n_tickers=4, macro=False)
    member = np.isfinite(panel.close)
    rows = row_index(panel, member)
    names = feature_names(panel, "both")
    whole = build_features(panel, member, rows, feature_set="both")
    without = dataclasses.replace(panel, **dict.fromkeys(lost, np.full(panel.shape, np.nan)))
    changed = build_features(without, member, rows, feature_set="both")
    differs = {
        name
        for place, name in enumerate(names)
        if not np.array_equal(whole[:, place], changed[:, place], equal_nan=True)
    }
    assert differs == set(left_out(dataclasses.replace(without, absent=lost), "both"))


@pytest.mark.parametrize("feature_set", ["own", "alpha158", "both"])
def test_what_closes_alone_give_is_what_they_give_among_whole_bars(make_panel, feature_set):
    panel = make_panel(5)
    member = np.isfinite(panel.close)
    rows = row_index(panel, member)
    nothing = np.full(panel.shape, np.nan)
    closes = dataclasses.replace(panel, **dict.fromkeys(BESIDE, nothing), absent=BESIDE)
    names, kept = feature_names(panel, feature_set), feature_names(closes, feature_set)
    assert set(names) - set(kept) == set(left_out(closes, feature_set)) and len(kept) > 50
    matrix = build_features(closes, member, rows, feature_set=feature_set)
    columns = [names.index(name) for name in kept]
    np.testing.assert_array_equal(matrix, build_features(panel, member, rows, feature_set=feature_set)[:, columns])
    assert np.isfinite(matrix).any(axis=0).all()


def test_channels_of_absent_columns_do_not_exist(make_panel):
    panel = make_panel(6)
    closes = dataclasses.replace(panel, **dict.fromkeys(BESIDE, np.full(panel.shape, np.nan)), absent=BESIDE)
    lost = ("overnight", "intraday", "range", "volume_z")
    kept = [place for place, name in enumerate(CHANNELS) if name not in lost]
    np.testing.assert_array_equal(sequence_channels(closes), sequence_channels(panel)[..., kept])
