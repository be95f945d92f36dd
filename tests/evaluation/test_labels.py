import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.evaluation.labels import (
    beats_median,
    fwd_return,
    hit,
    hit_down,
    next_open,
    rank_shares,
    triple_barrier,
    xs_rank,
)
from mltrainer.evaluation.sentence import event_sentence, sentence_of
from mltrainer.evaluation.uniqueness import average_uniqueness
from mltrainer.evaluation.volatility import volatility_target
from mltrainer.settings.parameters import Settings


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


@pytest.fixture(scope="module")
def real(shared_data):
    """Open, high and close of the real market as tables of date and ticker."""
    columns = ["date", "ticker", "open", "high", "close", "volume"]
    frame = pd.read_parquet(shared_data / "market/ohlcv_2013_2018.parquet", columns=columns)
    return {name: frame.pivot(index="date", columns="ticker", values=name) for name in columns[2:]}


def test_real_outcomes_agree_with_pandas(real):
    close = real["close"]
    filled = close.where(close.notna(), close.ffill().where(close.bfill().isna()))
    ahead = pd.concat([filled.shift(-k).stack(future_stack=True) for k in range(7, 11)], axis=1).max(axis=1).unstack()
    event, realized = hit(close.to_numpy(), horizon=(7, 10), target=0.07)
    wanted = (ahead.to_numpy() / close.to_numpy() >= 1.07).astype(float)
    known = ~np.isnan(event)
    np.testing.assert_array_equal(event[known], wanted[known])
    np.testing.assert_array_equal(realized, (filled.shift(-10) / close - 1).to_numpy())


def test_published_base_rates_of_the_real_market(real):
    close, high = real["close"].to_numpy(), real["high"].to_numpy()
    entry = next_open(real["open"].to_numpy())

    def rate(horizon, target=0.07, touch=None):
        return np.nanmean(hit(close, horizon=horizon, target=target, touch=touch, entry=entry)[0])

    found = [rate((7, 7)), rate((10, 10)), rate((7, 10)), rate((1, 10)), rate((1, 10), touch=high)]
    assert found == pytest.approx([0.0402, 0.0673, 0.0843, 0.0915, 0.1244], abs=0.0004)
    scaled = volatility_target(close, multiple=1.0, horizon_end=10)
    assert [rate(h, scaled) for h in ((10, 10), (7, 10), (1, 10))] == pytest.approx([0.18, 0.23, 0.26], abs=0.01)
    # The 200 names most traded over the whole file: a universe with hindsight, for comparison with the figure only.
    value = (real["close"] * real["volume"]).median()
    most = np.broadcast_to(value.rank(ascending=False) <= 200, close.shape)
    of_most = [
        np.nanmean(hit(close, horizon=horizon, target=0.07, touch=touch)[0][most])
        for horizon, touch in (((7, 10), None), ((1, 10), high), ((10, 10), None))
    ]
    assert of_most == pytest.approx([0.098, 0.142, 0.078], abs=0.0005)


@pytest.mark.parametrize(
    ("stop", "counts", "gap", "uniqueness"),
    [(0.07, (81, 29), 8.493103, 0.110158584), (0.05, (81, 54), 8.013793, 0.116673223)],
)
def test_golden_triple_barrier_and_uniqueness(stop, counts, gap, uniqueness):
    # The values are those of mlfinpy for the same series.
    close = golden_close()
    found = triple_barrier(close, horizon=(7, 10), target=0.07, stop=stop)
    known = ~np.isnan(found.event)
    assert (found.event[known].sum(), found.stopped[known].sum(), known.sum()) == (*counts, 290)
    assert found.length[known].mean() == pytest.approx(gap, abs=1e-6)
    assert np.nanmean(average_uniqueness(found.length, known)) == pytest.approx(uniqueness, abs=1e-9)
    fixed = average_uniqueness(np.full(close.shape, 10), known)
    assert np.nanmean(fixed) == pytest.approx(0.094043887, abs=1e-9)
    assert fixed[150, 0] == pytest.approx(1 / 11)


def test_labels_that_share_no_session_are_unique_and_twins_share_all():
    length, defined = np.full((12, 2), 2), np.zeros((12, 2), dtype=bool)
    defined[[0, 3, 6], 0] = True
    defined[[4, 5], 1] = True
    weights = average_uniqueness(length, defined)
    assert weights[[0, 3, 6], 0].tolist() == [1, 1, 1]
    assert weights[[4, 5], 1] == pytest.approx([(1 + 1 / 2 + 1 / 2) / 3] * 2)
    assert np.isnan(weights).sum() == 24 - 5


def bars(seed, n_dates=90, n_tickers=25):
    """Return ragged open, high, low and close, and a universe."""
    rng = np.random.default_rng(seed)
    close = ragged(seed, n_dates, n_tickers)
    open_ = close * np.exp(0.01 * rng.standard_normal(close.shape))
    open_[rng.random(close.shape) < 0.02] = np.nan
    high = np.fmax(close, open_) * (1 + 0.02 * rng.random(close.shape))
    low = np.fmin(close, open_) * (1 - 0.02 * rng.random(close.shape))
    return {"open": open_, "high": high, "low": low, "close": close, "member": rng.random(close.shape) < 0.8}


def every_label(rows, horizon, *, target=0.05, void=None):
    """Return the event of every label and variant by name."""
    close, entry = rows["close"], next_open(rows["open"])
    about = {"horizon": horizon, "void": void}
    scaled = volatility_target(close, multiple=target * 20, horizon_end=horizon[1], void=void)
    barrier = {"target": target, "stop": 0.04}
    return {
        "hit": hit(close, **about, target=target)[0],
        "hit_high": hit(close, **about, target=target, touch=rows["high"])[0],
        "hit_next_open": hit(close, **about, target=target, entry=entry)[0],
        "hit_vol_scaled": hit(close, **about, target=scaled)[0],
        "hit_down": hit_down(close, **about, target=target, touch=rows["low"])[0],
        "fwd_return": fwd_return(close, **about, entry=entry)[0],
        "beats_median": beats_median(close, **about, member=rows["member"])[0],
        "xs_rank": xs_rank(close, **about, member=rows["member"], entry=entry)[0],
        "triple_barrier": triple_barrier(close, **about, **barrier).event,
        "triple_barrier_high": triple_barrier(close, **about, **barrier, high=rows["high"], low=rows["low"]).event,
    }


windows = st.tuples(st.integers(1, 6), st.integers(0, 6)).map(lambda pair: (pair[0], sum(pair)))


@settings(derandomize=True, max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), horizon=windows, cut=st.integers(30, 60))
def test_no_label_knows_more_than_its_own_window(seed, horizon, cut):
    rows = bars(seed)
    # No ticker may end at the cut by chance: what looks like a delisting is one only when the data end.
    rows["close"][-1] = np.where(np.isnan(rows["close"]).all(axis=0), np.nan, 50.0)
    later = {name: values.copy() for name, values in rows.items()}
    for name in ("open", "high", "low", "close"):
        later[name][cut + horizon[1] + 1 :] *= 7
    void = np.zeros(rows["close"].shape, dtype=bool)
    void[cut + horizon[1] + 1 :] = True
    before, after = every_label(rows, horizon), every_label(later, horizon, void=void)
    for name, event in before.items():
        np.testing.assert_array_equal(event[: cut + 1], after[name][: cut + 1], err_msg=name)
        assert np.isnan(event[-horizon[1] :]).all(), name
        # One session more is inside the window of the next row, and undoes its label.
        assert np.isnan(after[name][cut + 1]).all(), name


@settings(derandomize=True, max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), horizon=windows)
def test_labels_fall_as_the_target_rises_and_do_not_see_the_scale(seed, horizon):
    rows = bars(seed)
    events, higher = every_label(rows, horizon), every_label(rows, horizon, target=0.08)
    scaled = {name: values * 4 if name != "member" else values for name, values in rows.items()}
    for name, event in every_label(scaled, horizon).items():
        np.testing.assert_array_equal(event, events[name], err_msg=name)
        known = ~np.isnan(event)
        assert known.any(), name
        assert (higher[name][known] <= event[known]).all(), name
    known = ~np.isnan(events["hit"])
    within = hit(rows["close"], horizon=(1, horizon[1]), target=0.05)[0]
    at = hit(rows["close"], horizon=(horizon[1], horizon[1]), target=0.05)[0]
    chain = [
        events["triple_barrier"],
        within,
        np.fmax(within, hit(rows["close"], horizon=(1, horizon[1]), target=0.05, touch=rows["high"])[0]),
    ]
    for less, more in [
        (at, events["hit"]),
        (events["hit"], within),
        (events["hit"], events["hit_high"]),
        *zip(chain, chain[1:], strict=False),
    ]:
        assert (less[known] <= more[known]).all()


def test_a_barrier_is_what_a_walk_through_the_days_says():
    rows, target, stop, last = bars(7), 0.05, 0.04, 6
    found = triple_barrier(
        rows["close"], horizon=(2, last), target=target, stop=stop, high=rows["high"], low=rows["low"]
    )
    checked = 0
    for t, ticker in zip(*np.nonzero(~np.isnan(found.event)), strict=True):
        base, outcome = rows["close"][t, ticker], (0, 0, last)
        there = np.flatnonzero(~np.isnan(rows["close"][:, ticker]))[-1]
        for day in range(1, last + 1):
            high, low = (rows[name][t + day, ticker] for name in ("high", "low"))
            if t + day > there:
                high = low = rows["close"][there, ticker]
            if low / base <= 1 - stop:
                outcome = (0, 1, day)
            elif high / base >= 1 + target:
                outcome = (1, 0, day)
            if sum(outcome[:2]):
                break
        assert (found.event[t, ticker], found.stopped[t, ticker], found.length[t, ticker]) == outcome
        checked += 1
    assert checked > 1000


def test_cross_sectional_labels_agree_with_pandas():
    rows = bars(11)
    event, realized = xs_rank(rows["close"], horizon=(2, 4), member=rows["member"])
    frame = pd.DataFrame(np.where(rows["member"], realized, np.nan))
    share = (frame.rank(axis=1) - 0.5).div(frame.notna().sum(axis=1), axis=0)
    np.testing.assert_array_equal(event, share.gt(0.8).astype(float).where(frame.notna()))
    by_row = frame.stack(future_stack=True).dropna()
    np.testing.assert_allclose(
        rank_shares(by_row.to_numpy(), by_row.index.get_level_values(0).to_numpy()),
        share.stack(future_stack=True).dropna(),
        rtol=1e-12,
    )


def test_the_usual_move_is_that_of_the_last_twenty_days():
    rows = bars(5)
    void = np.zeros(rows["close"].shape, dtype=bool)
    void[40, 3] = True
    daily = np.log(pd.DataFrame(rows["close"])).diff().where(~void)
    wanted = 2.0 * daily.rolling(20, min_periods=15).std() * np.sqrt(7)
    found = volatility_target(rows["close"], multiple=2.0, horizon_end=7, void=void)
    known = found[19:][~np.isnan(found[19:])]
    np.testing.assert_allclose(found[19:], wanted[19:], rtol=1e-9)
    assert len(known) > 500


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
        ("fwd_return", (7, 10), 0.07, "returns more than 0 % over the next 10 sessions"),
        ("xs_rank", (1, 5), 0.07, "is in the top fifth of the universe by return over the next 5 sessions"),
        (
            "triple_barrier",
            (7, 10),
            0.07,
            "closes at least 7 % above today's close before it closes 5 % or more below, within 10 sessions",
        ),
        (
            "hit_vol_scaled",
            (10, 10),
            0.07,
            "closes at least 1.5 of its own standard deviations over 10 sessions (20-day volatility) above today's "
            "close in 10 sessions",
        ),
    ],
)
def test_the_sentence_is_generated_from_the_label(label, horizon, target, sentence):
    assert event_sentence(label, horizon, target) == sentence


def test_the_sentence_names_what_touches_and_from_where():
    chosen = Settings(label="triple_barrier", stop_return="3%", touch="high", entry="next-open").model_dump()
    wanted = "trades at least 7 % above the next open before it trades 3 % or more below, within 10 sessions"
    assert sentence_of(chosen) == wanted
    shared = {"horizon": (7, 10), "target_return": 0.07}
    assert sentence_of(shared | {"label": "hit"}) == event_sentence("hit", (7, 10), 0.07)
    later = "returns more than 0 % from the next open to session 10 from now"
    assert sentence_of(shared | {"label": "fwd_return", "entry": "next_open"}) == later


def test_an_unknown_label_has_no_sentence():
    with pytest.raises(ValueError, match="no label is called 'quadruple_barrier'"):
        event_sentence("quadruple_barrier", (7, 10), 0.07)
