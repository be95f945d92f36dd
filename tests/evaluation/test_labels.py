import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.evaluation.labels import beats_median, hit, hit_down
from mltrainer.evaluation.sentence import event_sentence


def golden_close():
    rng = np.random.default_rng(20240601)
    steps = 0.0005 + 0.02 * rng.standard_t(5, 300) / np.sqrt(5 / 3)
    return 100 * np.exp(np.cumsum(steps))[:, None]


def ragged(seed, n_dates=80, n_tickers=6):
    rng = np.random.default_rng(seed)
    close = 50 * np.exp(np.cumsum(0.03 * rng.standard_normal((n_dates, n_tickers)), axis=0))
    close[rng.random(close.shape) < 0.04] = np.nan
    close[n_dates // 2 :, 0] = np.nan
    close[:, 1] = np.nan
    return close


@pytest.mark.parametrize(("horizon", "count"), [((10, 10), 58), ((7, 7), 41), ((7, 10), 71), ((1, 10), 81)])
def test_golden_counts(horizon, count):
    close = golden_close()
    assert close[[0, 299], 0] == pytest.approx([100.981388, 183.547121], abs=1e-6)
    event, realized = hit(close, horizon=horizon, target=0.07)
    assert np.nansum(event[:290]) == count
    assert np.isnan(event[300 - horizon[1] :]).all()
    assert not np.isnan(realized[: 300 - horizon[1]]).any()


def by_hand(close, horizon, reaches):
    """Say it again, row by row, as the definition reads."""
    n_dates, n_tickers = close.shape
    event, realized = np.full(close.shape, np.nan), np.full(close.shape, np.nan)
    for j in range(n_tickers):
        there = np.flatnonzero(~np.isnan(close[:, j]))
        path = close[:, j].copy()
        if len(there):
            path[there[-1] :] = close[there[-1], j]
        for t in range(n_dates - horizon[1]):
            if np.isnan(close[t, j]) or np.isnan(path[t + horizon[1]]):
                continue
            window = [path[k] / close[t, j] for k in range(t + horizon[0], t + horizon[1] + 1) if not np.isnan(path[k])]
            event[t, j] = any(reaches(ratio) for ratio in window)
            realized[t, j] = path[t + horizon[1]] / close[t, j] - 1
    return event, realized


@settings(derandomize=True, max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    first=st.integers(1, 8),
    width=st.integers(0, 5),
    target=st.sampled_from([0.02, 0.07, 0.2]),
)
def test_labels_are_what_the_definition_says(seed, first, width, target):
    close, horizon = ragged(seed), (first, first + width)
    for label, reaches in ((hit, lambda r: r >= 1 + target), (hit_down, lambda r: r <= 1 - target)):
        for found, wanted in zip(
            label(close, horizon=horizon, target=target), by_hand(close, horizon, reaches), strict=True
        ):
            np.testing.assert_array_equal(found, wanted)


@settings(derandomize=True, max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), cut=st.integers(20, 60))
def test_a_label_knows_only_its_own_window(seed, cut):
    close = np.nan_to_num(ragged(seed), nan=40.0)
    event, realized = hit(close, horizon=(3, 5), target=0.05)
    changed = close.copy()
    changed[cut + 6 :] *= 7
    again, back = hit(changed, horizon=(3, 5), target=0.05)
    np.testing.assert_array_equal(event[: cut + 1], again[: cut + 1])
    np.testing.assert_array_equal(realized[: cut + 1], back[: cut + 1])
    scaled, _ = hit(close * 4, horizon=(3, 5), target=0.05)
    np.testing.assert_array_equal(event, scaled)
    higher, _ = hit(close, horizon=(3, 5), target=0.08)
    wider, _ = hit(close, horizon=(2, 5), target=0.05)
    known = ~np.isnan(event)
    assert (higher[known] <= event[known]).all()
    assert (wider[known] >= event[known]).all()


def test_a_delisted_loser_keeps_its_label_and_a_gap_does_not_reach():
    close = np.full((30, 2), 10.0)
    close[5:, 0] = np.nan
    close[3, 0] = 4.0
    close[4, 0] = 3.0
    close[12, 1] = np.nan
    event, realized = hit(close, horizon=(2, 4), target=0.07)
    assert realized[3, 0] == pytest.approx(-0.25)
    assert event[3, 0] == 0
    assert np.isnan(event[5, 0])
    assert np.isnan(realized[8, 1])
    assert realized[9, 1] == 0


def test_a_void_bar_undoes_every_label_that_touches_it():
    close = np.full((30, 1), 10.0)
    void = np.zeros((30, 1), dtype=bool)
    void[15] = True
    event, realized = hit(close, horizon=(2, 4), target=0.07, void=void)
    undefined = np.flatnonzero(np.isnan(event[:, 0])).tolist()
    assert undefined == [11, 12, 13, 14, 15, 26, 27, 28, 29]
    assert np.flatnonzero(np.isnan(realized[:, 0])).tolist() == undefined


def test_beats_median_takes_the_median_of_known_members():
    rng = np.random.default_rng(3)
    close = ragged(3, n_tickers=9)
    member = rng.random(close.shape) < 0.7
    member[7] = False
    event, realized = beats_median(close, horizon=(2, 4), member=member)
    frame = pd.DataFrame(np.where(member, realized, np.nan))
    wanted = pd.DataFrame(realized).gt(frame.median(axis=1), axis=0).astype(float)
    wanted = wanted.where(~np.isnan(realized) & frame.notna().any(axis=1).to_numpy()[:, None])
    np.testing.assert_array_equal(event, wanted)
    assert np.isnan(event[7]).all()


def test_too_short_a_history_has_no_label():
    event, realized = hit(np.full((5, 2), 10.0), horizon=(7, 10), target=0.07)
    assert np.isnan(event).all()
    assert np.isnan(realized).all()


def test_real_outcomes_agree_with_pandas(shared_data):
    frame = pd.read_parquet(shared_data / "market/ohlcv_2013_2018.parquet", columns=["date", "ticker", "close"])
    close = frame.pivot(index="date", columns="ticker", values="close")
    filled = close.where(close.notna(), close.ffill().where(close.bfill().isna()))
    ahead = pd.concat([filled.shift(-k).stack(future_stack=True) for k in range(7, 11)], axis=1).max(axis=1).unstack()
    event, realized = hit(close.to_numpy(), horizon=(7, 10), target=0.07)
    wanted = (ahead.to_numpy() / close.to_numpy() >= 1.07).astype(float)
    known = ~np.isnan(event)
    np.testing.assert_array_equal(event[known], wanted[known])
    np.testing.assert_array_equal(realized, (filled.shift(-10) / close - 1).to_numpy())
    assert 0.08 < event[known].mean() < 0.10


@pytest.mark.parametrize(
    ("label", "horizon", "target", "sentence"),
    [
        ("hit", (7, 10), 0.07, "closes at least 7 % above today's close on at least one of sessions 7 to 10 from now"),
        ("hit", (10, 10), 0.085, "closes at least 8.5 % above today's close in 10 sessions"),
        ("hit", (1, 1), 0.29, "closes at least 29 % above today's close in 1 session"),
        (
            "hit_down",
            (7, 10),
            0.07,
            "closes at least 7 % below today's close on at least one of sessions 7 to 10 from now",
        ),
        ("beats_median", (7, 10), 0.07, "returns more than the median of the universe over the next 10 sessions"),
    ],
)
def test_the_sentence_is_generated_from_the_label(label, horizon, target, sentence):
    assert event_sentence(label, horizon, target) == sentence


def test_an_unknown_label_has_no_sentence():
    with pytest.raises(ValueError, match="triple_barrier"):
        event_sentence("triple_barrier", (7, 10), 0.07)
