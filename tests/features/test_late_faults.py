"""A bar that turns out wrong: part of what was known until then, and of nothing from then on."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.features.build import build_features, feature_names, row_index
from mltrainer.features.channels import sequence_channels
from scripts.bench.quality_gate import judge, later_session, loud_spike, market, next_session_alone, other_company

from .conftest import random_panel

BARS = ("open", "high", "low", "close", "volume")


def with_late_fault(panel, session: int, column: int, known: int):
    later = np.array([[session, column, known]])
    void = panel.void.copy()
    void[session, column] = True
    return dataclasses.replace(panel, void=void, void_later=later)


def masked(panel, session: int, column: int):
    arrays = {name: getattr(panel, name).copy() for name in BARS}
    for values in arrays.values():
        values[session, column] = np.nan
    return dataclasses.replace(panel, **arrays)


def cells(panel, member):
    rows = row_index(panel, member)
    out = np.full((*panel.shape, len(feature_names(panel, "both"))), np.nan, dtype=np.float32)
    out[rows] = build_features(panel, member, rows, feature_set="both")
    return out


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool((one.view(np.int32) == other.view(np.int32))[~(np.isnan(one) & np.isnan(other))].all())


@settings(max_examples=3, derandomize=True, deadline=None)
@given(seed=st.integers(0, 1000), session=st.integers(80, 250), column=st.integers(0, 4), wait=st.integers(1, 12))
def test_until_it_is_known_rows_are_as_they_were_and_from_then_on_the_bar_is_missing(seed, session, column, wait):
    panel = random_panel(seed)
    assert np.isfinite(panel.close).any()
    known = session + wait
    member = np.isfinite(panel.close)
    faulty = with_late_fault(panel, session, column, known)
    found, before = cells(faulty, member), cells(panel, member)

    assert same(found[:known], before[:known])
    # The ticker's own features from then on; ranks and the market compare it with others as each day saw them.
    assert set(feature_names(panel, "both")) >= OWN
    own = [place for place, name in enumerate(feature_names(panel, "both")) if name in OWN]
    without = cells(masked(panel, session, column), member)
    assert same(found[known:, column][:, own], without[known:, column][:, own])
    others = np.delete(np.arange(panel.shape[1]), column)
    names = feature_names(panel, "both")
    unranked = [place for place, name in enumerate(names) if not name.endswith("_rank")]
    assert same(found[:, others][..., unranked], before[:, others][..., unranked])


OWN = {"mom_21", "vol_21", "vol_63", "mom_12_1", "log_vol_21", "KMID", "ROC20", "STD60", "RSV10", "CORR30", "VSUMP60"}


@pytest.mark.parametrize("wait", [1, 9])
def test_channels_of_sequences_follow_the_same_rule(wait: int) -> None:
    panel = random_panel(3)
    session, column = 120, int(np.flatnonzero(np.isfinite(panel.close[120]))[0])
    found, before = sequence_channels(with_late_fault(panel, session, column, session + wait)), sequence_channels(panel)
    level = 7  # vol_level looks back over 21 sessions

    assert (found[: session + wait] == before[: session + wait]).all()
    assert found[session + wait, column, level] != before[session + wait, column, level]
    assert (np.delete(found, column, axis=1) == np.delete(before, column, axis=1)).all()


def test_the_gate_and_the_features_together_never_look_ahead() -> None:
    raw, frame = market(5, 24, 240)
    rng = np.random.default_rng(5)
    for plant in (loud_spike, next_session_alone, later_session, other_company):
        plant(frame, rng, 20)
    panel = judge(raw, frame)
    assert len(panel.void_later) > 30
    member = np.isfinite(panel.close) & ~panel.barred
    whole = build_features(panel, member, rows := row_index(panel, member))

    # On some days a fault is pending, on others it has just become known.
    for cut in sorted({int(session) for session in rng.choice(panel.void_later[:, [0, 2]].ravel(), 4)}):
        early = judge(raw, frame[frame["dates"] <= panel.sessions[cut]])
        members = np.isfinite(early.close) & ~early.barred
        columns = [panel.tickers.index(ticker) for ticker in early.tickers]
        assert (member[: cut + 1, columns] == members).all()
        then = build_features(early, members, row_index(early, members))
        assert same(whole[: len(then)], then), cut
    assert len(rows[0]) == len(whole)
