"""No feature looks ahead: whatever happens after a session leaves its features bit for bit as they were."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.features import build
from mltrainer.features.bars import Feature
from mltrainer.features.build import build_features, feature_names, row_index
from mltrainer.features.channels import CHANNELS, sequence_channels
from mltrainer.features.moving import moving_mean

from .conftest import random_panel

BARS = ("open", "high", "low", "close", "volume")


def poisoned(panel, member, cut, kind, seed=0):
    """Return the panel and its members with everything after session ``cut`` removed or replaced."""
    rng = np.random.default_rng(seed)
    known = panel.macro.available <= panel.sessions[cut]
    if kind == "truncated":
        arrays = {name: getattr(panel, name)[: cut + 1].copy() for name in (*BARS, "void", "barred", "sessions")}
        macro = dataclasses.replace(
            panel.macro, **{n: getattr(panel.macro, n)[known] for n in ("series", "reference", "available", "values")}
        )
        return dataclasses.replace(panel, **arrays, macro=macro), member[: cut + 1].copy()
    arrays = {name: getattr(panel, name).copy() for name in BARS}
    values = panel.macro.values.copy()
    for array in arrays.values():
        future = array[cut + 1 :]
        array[cut + 1 :] = np.nan if kind == "missing" else future * rng.uniform(0.1, 10, future.shape)
    values[~known] = np.nan if kind == "missing" else values[~known] * 10
    member = member.copy()
    member[cut + 1 :] = rng.random(member[cut + 1 :].shape) < 0.5
    return dataclasses.replace(panel, **arrays, macro=dataclasses.replace(panel.macro, values=values)), member


def leaking_columns(panel, member, cut, kind):
    """Return the names of the columns in which a row up to ``cut`` changed."""
    date_index, ticker_index = row_index(panel, member)
    n = int(np.sum(date_index <= cut))
    rows = date_index[:n], ticker_index[:n]
    before = build_features(panel, member, rows, feature_set="both")
    after = build_features(*poisoned(panel, member, cut, kind), rows, feature_set="both")
    assert before.shape == after.shape
    same = (before.view(np.int32) == after.view(np.int32)) | (np.isnan(before) & np.isnan(after))
    return {name for name, column in zip(feature_names(panel, "both"), same.T, strict=True) if not column.all()}


@pytest.mark.parametrize("kind", ["missing", "noise", "truncated"])
@settings(max_examples=6, derandomize=True, deadline=None)
@given(seed=st.integers(0, 1000), cut=st.integers(70, 310))
def test_the_future_changes_no_feature(kind, seed, cut):
    panel = random_panel(seed)
    member = np.isfinite(panel.close) & (np.random.default_rng(seed).random(panel.shape) < 0.9)
    assert leaking_columns(panel, member, cut, kind) == set()


def _global_z(bars):
    return (bars.close - np.nanmean(bars.close, axis=0)) / np.nanstd(bars.close, axis=0)


def _backfilled(bars):
    filled = bars.close.copy()
    for t in range(len(filled) - 2, -1, -1):
        filled[t] = np.where(np.isnan(filled[t]), filled[t + 1], filled[t])
    return filled


LEAKS = {
    "tomorrow": lambda bars: np.vstack([bars.returns[1:], bars.returns[:1]]),
    "centred_mean": lambda bars: np.vstack([moving_mean(bars.close, 5)[2:], bars.close[:2]]),
    "global_z": _global_z,
    "backfill": _backfilled,
    "rank_over_time": lambda bars: bars.close.argsort(axis=0).argsort(axis=0).astype(float),
    "whole_sample_vol": lambda bars: bars.returns / np.nanstd(bars.returns),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_the_check_finds_a_planted_leak_and_nothing_else(leak, monkeypatch):
    planted = Feature(leak, "", "", LEAKS[leak])
    monkeypatch.setattr(build, "FEATURES", (*build.FEATURES, planted))
    # The cut stands before a gap ends, or there would be nothing to fill backwards.
    panel = random_panel(4)
    member = np.ones(panel.shape, dtype=bool)
    found = set()
    for kind in ("missing", "noise", "truncated"):
        found |= leaking_columns(panel, member, 205, kind)
    assert found == {leak}


@pytest.mark.parametrize("kind", ["missing", "noise", "truncated"])
def test_the_future_changes_no_channel(kind):
    panel = random_panel(5)
    channels = sequence_channels(panel)
    for cut in (0, 20, 64, 201, 318):
        other, _ = poisoned(panel, np.ones(panel.shape, dtype=bool), cut, kind)
        np.testing.assert_array_equal(sequence_channels(other)[: cut + 1], channels[: cut + 1])
    assert channels.shape[-1] == len(CHANNELS)


def test_one_session_at_a_time_gives_the_same_as_all_at_once():
    panel = random_panel(6)
    member = np.isfinite(panel.close)
    whole = build_features(panel, member, row_index(panel, member))
    date_index = row_index(panel, member)[0]
    for day in range(255, 320, 13):
        today, members = poisoned(panel, member, day, "truncated")
        tickers = np.flatnonzero(members[-1]).astype(np.int32)
        alone = build_features(today, members, (np.full(len(tickers), day, np.int32), tickers))
        np.testing.assert_array_equal(alone, whole[date_index == day])


def test_other_tickers_change_no_feature_of_a_tickers_own(make_panel):
    panel = make_panel(7, n_tickers=8)
    own = [
        place
        for place, name in enumerate(feature_names(panel))
        if not name.endswith("_rank")
        and name
        not in {
            "residual_momentum",
            "reversal_5",
            "reversal_21",
            "beta_126",
            "idio_vol_63",
            "market_corr_63",
            "market_return",
            "market_return_20",
            "market_vol_20",
            "breadth_50",
            "dispersion_20",
        }
    ]
    fewer = dataclasses.replace(
        panel, tickers=panel.tickers[:3], **{name: getattr(panel, name)[:, :3] for name in (*BARS, "void", "barred")}
    )
    member = np.ones(panel.shape, dtype=bool)
    dates, tickers = (index.astype(np.int32) for index in np.nonzero(np.ones(fewer.shape, dtype=bool)))
    every = build_features(panel, member, (dates, tickers))
    three = build_features(fewer, member[:, :3], (dates, tickers))
    np.testing.assert_array_equal(every[:, own], three[:, own])
