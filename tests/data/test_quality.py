"""The quality gate on planted faults: each is found at its place, nothing else is, and nothing looks ahead."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.data.check import faults_report
from mltrainer.data.panel import Panel
from mltrainer.data.quality import clean
from mltrainer.data.raw import FIELDS, RawBars
from mltrainer.data.universe import membership
from mltrainer.settings.errors import DataError
from tests.data.bars import frame, raw, row_of

CLEAN = clean(raw(frame()))
B = CLEAN.tickers.index("BBB")


def spoiled(change: object, ticker: str = "BBB", session: int = 30) -> tuple[Panel, str]:
    """Return the panel of the small market after a change to one bar, and that bar's day."""
    bars = frame().astype({"volume": float})
    row = row_of(bars, ticker, session)
    day = str(bars["date"][row].date())
    bars = change(bars, row)  # type: ignore[operator]
    return clean(raw(bars)), day


def places(panel: Panel) -> list[tuple[str, str, str]]:
    return [(fault.code, fault.ticker, fault.date) for fault in panel.faults]


def set_to(**values: float):
    return lambda bars, row: bars.assign(**{n: bars[n].where(bars.index != row, v) for n, v in values.items()})


def only_differs_at(panel: Panel, row: int, column: int) -> None:
    """Hold the panel to the clean one everywhere but at one place, which must be empty and void."""
    for name in FIELDS:
        expected = getattr(CLEAN, name).copy()
        expected[row, column] = np.nan
        np.testing.assert_array_equal(getattr(panel, name), expected)
    assert panel.void[row, column]
    assert panel.void.sum() == 1
    assert not panel.barred.any()


def test_a_clean_market_has_no_fault() -> None:
    assert CLEAN.faults == ()
    assert not CLEAN.void.any()
    assert not CLEAN.barred.any()


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("missing_value", set_to(open=np.nan)),
        ("missing_value", set_to(close=np.inf)),
        ("missing_value", set_to(volume=np.nan)),
        ("non_positive", set_to(low=0.0)),
        ("non_positive", set_to(close=-36.98)),
        ("non_positive", set_to(volume=-1.0)),
        ("ohlc_order", set_to(high=1.0)),
        ("ohlc_order", set_to(low=1000.0)),
    ],
)
def test_a_broken_bar_is_masked_and_named(code: str, change: object) -> None:
    panel, day = spoiled(change)
    assert places(panel) == [(code, "BBB", day)]
    assert panel.faults[0].severity == "error"
    assert panel.faults[0].known_at == day
    only_differs_at(panel, 30, B)


def test_rounding_is_no_fault() -> None:
    bars = frame()
    row = row_of(bars, "BBB", 30)
    bars.loc[row, "high"] = max(bars["open"][row], bars["close"][row]) - 0.004
    assert clean(raw(bars)).faults == ()


def test_equal_duplicates_are_dropped_and_conflicting_ones_masked() -> None:
    again = lambda bars, row: pd.concat([bars, bars.iloc[[row, row]]], ignore_index=True)  # noqa: E731
    panel, day = spoiled(again)
    assert places(panel) == [("duplicate", "BBB", day)]
    assert panel.faults[0].severity == "info"
    np.testing.assert_array_equal(panel.close, CLEAN.close)
    assert panel.rows == 242

    bars = frame()
    row = row_of(bars, "BBB", 30)
    twin = bars.iloc[[row]].assign(volume=7)
    panel = clean(raw(pd.concat([bars, twin], ignore_index=True)))
    assert places(panel) == [("duplicate_conflict", "BBB", day)]
    only_differs_at(panel, 30, B)


def test_a_repeated_bar_is_masked() -> None:
    def repeat(bars: pd.DataFrame, row: int) -> pd.DataFrame:
        bars.loc[row, list(FIELDS)] = bars.loc[row - 1, list(FIELDS)]
        return bars

    panel, day = spoiled(repeat)
    assert places(panel) == [("repeated_bar", "BBB", day)]
    only_differs_at(panel, 30, B)


def test_stale_closes_are_masked_from_the_fifth_on() -> None:
    bars = frame()
    rows = [row_of(bars, "BBB", session) for session in range(30, 37)]
    bars.loc[rows, ["open", "high", "low", "close"]] = [50.0, 51.0, 49.0, 50.0]
    panel = clean(raw(bars))
    days = [str(bars["date"][row].date()) for row in rows[4:]]
    assert places(panel) == [("stale_close", "BBB", day) for day in days]
    assert np.flatnonzero(np.isnan(panel.close[:, B])).tolist() == [34, 35, 36]


@pytest.mark.parametrize(("scale", "tick"), [(1 / 50, 0.01), (0.3, 1 / 8)], ids=["cents", "eighths"])
def test_closes_of_a_cheap_stock_are_equal_by_chance(scale: float, tick: float) -> None:
    bars = frame(sessions=400).astype({"volume": float})
    for name in ("open", "high", "low", "close"):
        bars[name] = (bars[name] * scale / tick).round() * tick
    bars["high"] = bars[["open", "high", "low", "close"]].max(axis=1)
    bars["low"] = bars[["open", "high", "low", "close"]].min(axis=1)
    runs = bars.groupby("ticker")["close"].transform(
        lambda close: close.groupby(close.ne(close.shift()).cumsum()).cumcount()
    )

    assert runs.max() >= 4
    assert not [place for place in places(clean(raw(bars))) if place[0] == "stale_close"]


def test_a_symbol_that_comes_back_as_another_company_is_left_out_from_then_on() -> None:
    bars = frame(sessions=120).astype({"volume": float})
    first, back = row_of(bars, "BBB", 40), row_of(bars, "BBB", 70)
    again = (bars["ticker"] == "BBB") & (bars.index >= back)
    bars.loc[again, ["open", "high", "low", "close"]] *= 3
    day = str(bars["date"][back].date())
    panel = clean(raw(bars.drop(index=range(first, back))))

    assert ("symbol_reused", "BBB", day) in places(panel)
    row = panel.dates.index(day)
    assert panel.void[row, B] and panel.barred[row:, B].all() and not panel.barred[:row].any()
    member, _ = membership(panel, "all")
    assert member[:40, B].all() and not member[40:, B].any()


def test_a_day_on_which_the_whole_market_reached_far_has_no_bad_ticks() -> None:
    bars = frame(tuple(f"T{letter}" for letter in "ABCDEFGHIJKL"), sessions=90).astype({"volume": float})
    day = bars["date"].unique()[70]
    bars.loc[bars["date"] == day, "low"] *= 0.93
    lone = row_of(bars, "TA", 70)
    bars.loc[lone, "low"] *= 0.78

    assert places(clean(raw(bars))) == []
    bars.loc[row_of(bars, "TA", 75), "low"] *= 0.70
    assert [code for code, *_ in places(clean(raw(bars)))] == ["bad_tick"]


def test_a_missing_run_is_one_fault_known_when_the_bars_return() -> None:
    bars = frame()
    short = row_of(bars, "BBB", 10)
    long = [row_of(bars, "BBB", session) for session in (30, 31, 32)]
    panel = clean(raw(bars.drop(index=[short, *long])))
    assert [(fault.code, fault.date, fault.known_at, fault.severity) for fault in panel.faults] == [
        ("missing_session", panel.dates[10], panel.dates[11], "info"),
        ("missing_session", panel.dates[30], panel.dates[33], "warning"),
    ]
    assert np.flatnonzero(np.isnan(panel.close[:, B])).tolist() == [10, 30, 31, 32]
    assert not panel.void.any()


def test_before_the_first_and_after_the_last_bar_nothing_is_missing() -> None:
    bars = frame()
    gone = [row_of(bars, "BBB", session) for session in (*range(5), *range(50, 60))]
    assert clean(raw(bars.drop(index=gone))).faults == ()


def test_sessions_that_nobody_has_are_one_fault_of_the_market() -> None:
    bars = frame()
    days = bars["date"].unique()
    panel = clean(raw(bars[~bars["date"].isin(days[20:23])]))
    assert [(fault.code, fault.ticker, fault.date) for fault in panel.faults] == [
        ("missing_session_all", "*", str(days[20])[:10])
    ]
    assert panel.shape == (57, 4)


def test_bars_on_closed_days_are_left_out() -> None:
    bars = frame()
    stray = bars.iloc[[0, 1]].assign(date=pd.to_datetime(["2016-01-18", "2016-01-23"]))
    panel = clean(raw(pd.concat([bars, stray], ignore_index=True)))
    assert places(panel) == [("not_a_session", "AAA", "2016-01-18"), ("not_a_session", "AAA", "2016-01-23")]
    np.testing.assert_array_equal(panel.close, CLEAN.close)


def split(bars: pd.DataFrame, ticker: str, session: int, ratio: float, volume_ratio: float) -> pd.DataFrame:
    """Return the market in which the bars before a split are on the old scale."""
    bars = bars.astype({"volume": float})
    rows = [row_of(bars, ticker, earlier) for earlier in range(session)]
    bars.loc[rows, ["open", "high", "low", "close"]] *= ratio
    bars.loc[rows, "volume"] /= volume_ratio
    return bars


@pytest.mark.parametrize("ratio", [1.5, 2, 3, 4, 5, 7, 8, 10, 15, 20, 1 / 2, 1 / 8, 1 / 20])
@pytest.mark.parametrize("volume_adjusted", [True, False])
def test_an_unadjusted_split_is_found(ratio: float, volume_adjusted: bool) -> None:
    bars = split(frame(sessions=300), "BBB", 30, ratio, 1.0 if volume_adjusted else ratio)
    panel = clean(raw(bars))
    assert places(panel) == [("unadjusted_split", "BBB", panel.dates[30])]
    assert np.flatnonzero(panel.void[:, B]).tolist() == [30]
    assert np.flatnonzero(panel.barred[:, B]).tolist() == list(range(30, 282))
    assert np.isfinite(panel.close).all()
    assert np.delete(panel.barred, B, axis=1).sum() == 0


@pytest.mark.parametrize("fall", [1.5, 2.0, 3.0, 10.0])
def test_a_crash_with_its_volume_is_no_split(fall: float) -> None:
    bars = split(frame(), "BBB", 30, fall, 1.0)
    bars.loc[row_of(bars, "BBB", 30), "volume"] *= 4 * fall
    assert clean(raw(bars)).faults == ()


def test_a_wrong_opening_price_is_no_split() -> None:
    bars = frame()
    row = row_of(bars, "BBB", 30)
    bars.loc[row, ["open", "low"]] = bars["close"][row] / 2
    assert clean(raw(bars)).faults == ()


def test_bars_of_another_ticker_of_the_data_are_left_out_even_near_its_price() -> None:
    bars = frame()
    level = bars.loc[row_of(bars, "AAA", 29), "close"] / bars.loc[row_of(bars, "BBB", 29), "close"]
    mine = bars["ticker"] == "BBB"
    bars.loc[mine, ["open", "high", "low", "close"]] = (
        bars.loc[mine, ["open", "high", "low", "close"]] * level * 1.1
    ).round(2)
    for session in (30, 31, 32):
        theirs = bars.loc[row_of(bars, "AAA", session), list(FIELDS)]
        bars.loc[row_of(bars, "BBB", session), list(FIELDS)] = theirs
    panel = clean(raw(bars))
    assert places(panel) == [("other_company", "BBB", panel.dates[session]) for session in (30, 31, 32)]
    assert np.flatnonzero(np.isnan(panel.close[:, B])).tolist() == [30, 31, 32]
    assert np.isfinite(panel.close[:, 0]).all()


def test_two_names_for_the_same_bars_are_warned_of_once() -> None:
    bars = frame()
    twin = bars[bars["ticker"] == "AAA"].assign(ticker="AAB")
    panel = clean(raw(pd.concat([bars, twin])))
    assert [(fault.code, fault.ticker, fault.date) for fault in panel.faults] == [("same_bars", "AAA", "2016-01-04")]
    assert panel.faults[0].severity == "warning"
    assert np.isfinite(panel.close).all()


def test_a_ticker_without_a_valid_bar_is_dropped_by_name() -> None:
    bars = frame()
    bars.loc[bars["ticker"] == "BBB", "close"] = 0
    panel = clean(raw(bars))
    assert panel.tickers == ("AAA", "NA", "TRUE")
    assert panel.dropped == {"BBB": "no bar passes the quality gate"}
    assert sum(fault.code == "non_positive" for fault in panel.faults) == 60
    assert membership(panel, "all")[1] == panel.dropped

    with pytest.raises(DataError) as caught:
        clean(raw(bars.assign(close=0)))
    assert caught.value.code == "no_valid_bars"


def test_the_report_lists_faults_in_order() -> None:
    bars = frame()
    bars.loc[[row_of(bars, "TRUE", 9), row_of(bars, "AAA", 9), row_of(bars, "NA", 3)], "close"] = np.nan
    report = faults_report(clean(raw(bars)))
    assert [(fault["ticker"], fault["date"]) for fault in report["faults"]] == [
        ("NA", CLEAN.dates[3]),
        ("AAA", CLEAN.dates[9]),
        ("TRUE", CLEAN.dates[9]),
    ]
    assert set(report["faults"][0]) == {"code", "ticker", "date", "known_at", "severity", "detail"}
    assert report["counts"] == {"missing_value": 3}
    assert (report["rows"], report["tickers"], report["sessions"]) == (240, 4, 60)


def dirty(seed: int, sessions: int = 90) -> pd.DataFrame:
    """Return a market in which every kind of fault occurs somewhere."""
    rng = np.random.default_rng(seed)
    bars = frame(tickers=("AAA", "BBB", "CCC", "DDD", "EEE"), sessions=sessions, seed=seed).astype({"volume": float})
    prices = ["open", "high", "low", "close"]
    for column in (*prices, "volume"):
        bars.loc[rng.choice(len(bars), 3, replace=False), column] = rng.choice([np.nan, -1.0, 0.0, 1e4])
    for row in rng.choice(len(bars) - 10, 3, replace=False):
        bars.loc[row + 1, list(FIELDS)] = bars.loc[row, list(FIELDS)]
    start = int(rng.integers(len(bars) - 10))
    bars.loc[start : start + 7, prices] = [50.0, 51.0, 49.0, 50.0]
    wild(bars, rng, sessions)
    for ticker, ratio in (("BBB", 2.0), ("CCC", 1 / 3)):
        bars = split(bars, ticker, int(rng.integers(10, sessions - 5)), ratio, ratio)
    extra = bars.iloc[rng.choice(len(bars), 4, replace=False)].copy()
    extra.iloc[:2, -1] += 1
    closed = bars.iloc[rng.choice(len(bars), 2, replace=False)].assign(date=pd.Timestamp("2016-02-20"))
    bars = bars.drop(index=rng.choice(len(bars), 25, replace=False))
    bars = bars[~((bars["ticker"] == "EEE") & (bars["date"] < bars["date"].quantile(0.4)))]
    bars = bars[bars["date"] != bars["date"].unique()[40]]
    return pd.concat([bars, extra, closed], ignore_index=True).sample(frac=1, random_state=seed)


def wild(bars: pd.DataFrame, rng: np.random.Generator, sessions: int) -> None:
    """Give some bars of DDD, EEE and AAA a wrong level or another day's values."""
    prices = ["open", "high", "low", "close"]
    for ticker, length, factor in (
        ("DDD", 1, 1.4),
        ("DDD", int(rng.integers(2, 9)), 0.5),
        ("EEE", int(rng.integers(1, 30)), 100.0),
        ("AAA", 1, 1.1),
        ("AAA", 40, 0.8),
    ):
        first = int(rng.integers(20, sessions - 1))
        rows = [row_of(bars, ticker, session) for session in range(first, min(first + length, sessions))]
        bars.loc[rows, prices] *= factor
        bars.loc[rows, "volume"] *= rng.choice([0.3, 1.0, 5.0])
    day = int(rng.integers(20, sessions - 4))
    for session in range(day, day + int(rng.integers(1, 4))):
        theirs = bars.loc[row_of(bars, "CCC", session), list(FIELDS)]
        bars.loc[row_of(bars, "BBB", session), list(FIELDS)] = theirs
    for distance in (1, int(rng.integers(2, 20))):
        day = int(rng.integers(20, sessions - distance))
        for ticker in ("AAA", "BBB", "CCC", "DDD", "EEE"):
            there = bars.loc[row_of(bars, ticker, day + distance), list(FIELDS)]
            bars.loc[row_of(bars, ticker, day), list(FIELDS)] = there


def closes_of(bars: RawBars) -> RawBars:
    """Return the closes alone."""
    absent = ("open", "high", "low", "volume")
    return replace(bars, **dict.fromkeys(absent, np.full(len(bars.dates), np.nan)), absent=absent)


ARRAYS = (*FIELDS, "barred")


@settings(max_examples=25, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10_000),
    cut=st.integers(3, 88),
    change=st.sampled_from(["append", "other", "scaled"]),
    alone=st.booleans(),
)
def test_what_comes_later_changes_no_verdict(seed: int, cut: int, change: str, alone: bool) -> None:
    bars = dirty(seed)
    day = np.sort(bars["date"].unique())[cut]
    early = bars[bars["date"] <= day]
    late = bars[bars["date"] > day]
    if change == "other":
        late = dirty(seed + 1).query("date > @day")
    elif change == "scaled":
        late = late.assign(**{name: late[name] * 3 for name in FIELDS})
    both = [raw(early), raw(pd.concat([early, late], ignore_index=True))]
    before, after = (clean(closes_of(one) if alone else one) for one in both)

    kept = len(before.sessions)
    np.testing.assert_array_equal(after.sessions[:kept], before.sessions)
    for column, ticker in enumerate(after.tickers):
        for name in ARRAYS:
            own = getattr(after, name)[:kept, column]
            if ticker in before.tickers:
                expected = getattr(before, name)[:, before.tickers.index(ticker)]
                assert own.tobytes() == expected.tobytes(), (name, ticker)
        if ticker in before.tickers:
            known_then = after.void_known_by(kept)[:, column]
            np.testing.assert_array_equal(known_then, before.void[:, before.tickers.index(ticker)])
    last = str(day)[:10]
    known = {fault for fault in after.faults if fault.known_at <= last}
    assert known == set(before.faults)

    for universe in ("all",) if alone else ("all", "top-2"):
        one, other = membership(before, universe)[0], membership(after, universe)[0]
        for column, ticker in enumerate(before.tickers):
            np.testing.assert_array_equal(other[:kept, after.tickers.index(ticker)], one[:, column])


def test_no_fault_hides_among_clean_bars() -> None:
    """Every bar that stays is positive, complete and in order, whatever the market held."""
    for seed in range(5):
        panel = clean(raw(dirty(seed)))
        finite = np.isfinite(panel.close)
        for name in FIELDS:
            np.testing.assert_array_equal(np.isfinite(getattr(panel, name)), finite)
        assert (panel.low[finite] > 0).all()
        assert (panel.high[finite] >= np.maximum(panel.open, panel.close)[finite] * (1 - 1e-4) - 0.01).all()
        assert (panel.low[finite] <= np.minimum(panel.open, panel.close)[finite] * (1 + 1e-4) + 0.01).all()
        assert {fault.code for fault in panel.faults} >= {"missing_value", "missing_session", "not_a_session"}
