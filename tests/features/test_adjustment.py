"""Prices adjusted for splits in hindsight: the vendor knew of later splits, and no feature may tell."""

import dataclasses

import numpy as np

from mltrainer.data.universe import membership
from mltrainer.features.build import build_features, feature_names, row_index

from .conftest import random_panel


def test_a_later_split_changes_no_feature_and_no_rank_by_traded_value() -> None:
    panel = random_panel(3)
    # What hindsight does to all that lies before a split: prices by a factor, volumes by its inverse.
    factor = np.array([2, 0.1, 7, 0.05, 1.5])
    prices = {name: getattr(panel, name) / factor for name in ("open", "high", "low", "close")}
    adjusted = dataclasses.replace(panel, **prices, volume=panel.volume * factor)
    member = np.isfinite(panel.close)
    rows = row_index(panel, member)
    found = [build_features(one, member, rows, feature_set="both") for one in (panel, adjusted)]

    for name, one, other in zip(feature_names(panel, "both"), found[0].T, found[1].T, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4, err_msg=name)
    np.testing.assert_array_equal(membership(panel, "top-2")[0], membership(adjusted, "top-2")[0])
