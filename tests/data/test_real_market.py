"""The real market file: known closes, the faults it is known to hold, and what loading it costs."""

import time
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mltrainer.data.load import load_panel
from mltrainer.data.panel import Panel
from mltrainer.data.universe import membership
from mltrainer.settings.request import DataRequest


@pytest.fixture(scope="module")
def path(shared_data: Path) -> Path:
    return shared_data / "market" / "ohlcv_2013_2018.parquet"


@pytest.fixture(scope="module")
def panel(path: Path) -> Panel:
    return load_panel(DataRequest(source="files", data=path))


def test_known_closes(panel: Panel) -> None:
    closes = dict(zip(panel.dates, panel.close[:, panel.tickers.index("AAPL")], strict=True))
    assert closes["2014-06-06"] == 92.2242
    assert closes["2014-06-09"] == 93.70
    assert panel.shape == (1259, 505)
    assert panel.rows == 619_040


def test_the_market_fell_on_the_fifth_of_february_2018(panel: Panel) -> None:
    row = panel.dates.index("2018-02-05")
    change = np.nanmean(panel.close[row] / panel.close[row - 1] - 1)
    assert change == pytest.approx(-0.037, abs=0.001)


def test_the_faults_are_those_that_an_independent_count_finds(panel: Panel, path: Path) -> None:
    counts = Counter(fault.code for fault in panel.faults)
    bars = pd.read_parquet(path).sort_values(["ticker", "date"])
    values = ["open", "high", "low", "close", "volume"]
    assert counts["missing_value"] == bars[values].isna().any(axis=1).sum() == 11
    assert (counts["missing_session"], counts["ohlc_order"]) == (17, 12)
    assert panel.dropped == {}
    # Every bar that is word for word an earlier one of its ticker is a fault: the one or the other is wrong.
    again = bars.dropna().duplicated(["ticker", *values]).sum()
    copies = {"repeated_bar", "copied_bar", "next_session_bar", "later_session_bar"}
    assert sum(counts[code] for code in copies) == again


def test_the_bars_of_coming_sessions_are_told_from_stale_ones(panel: Panel) -> None:
    ahead = Counter(
        (fault.date, fault.known_at)
        for fault in panel.faults
        if fault.code in ("next_session_bar", "later_session_bar")
    )
    assert ahead[("2014-08-01", "2014-08-04")] == 169
    assert ahead[("2014-07-17", "2014-07-18")] == 78
    assert ahead[("2017-08-01", "2017-08-04")] == 162
    assert ahead[("2014-10-30", "2014-11-12")] == 124
    assert sum(fault.code in ("repeated_bar", "copied_bar") for fault in panel.faults) < 25
    # On the day itself the bar cannot be known to be wrong; from the later one on no label may touch it.
    row, known = panel.dates.index("2017-08-01"), panel.dates.index("2017-08-04")
    seen_late = panel.void[row] & ~panel.void_known_by(known)[row]
    assert seen_late.sum() > 150
    np.testing.assert_array_equal(panel.void_known_by(known + 1)[row], panel.void[row])
    assert np.isfinite(panel.close[row]).sum() > 490


@pytest.mark.parametrize(
    ("ticker", "date"),
    [
        ("A", "2014-11-03"),
        ("BAX", "2015-07-01"),
        ("EBAY", "2015-07-20"),
        ("ARNC", "2016-11-01"),
        ("YUM", "2016-11-01"),
        ("HPE", "2017-04-03"),
    ],
)
def test_spin_offs_that_the_vendor_did_not_adjust_are_found(panel: Panel, ticker: str, date: str) -> None:
    found = {(fault.code, fault.date) for fault in panel.faults if fault.ticker == ticker}
    assert ("spin_off", date) in found
    row, column = panel.dates.index(date), panel.tickers.index(ticker)
    assert panel.void[row, column]
    assert panel.barred[row + 1 : row + 100, column].all()


def test_wrong_bars_that_return_are_found_and_news_is_not(panel: Panel) -> None:
    spikes = {(fault.ticker, fault.date) for fault in panel.faults if fault.code == "price_spike"}
    assert spikes >= {("TIF", "2013-12-18"), ("O", "2013-12-20"), ("FLR", "2017-09-14"), ("NWL", "2017-09-14")}
    news = {("FB", "2013-07-25"), ("VRTX", "2014-06-24"), ("NFLX", "2014-10-16"), ("MAT", "2017-10-27")}
    assert not news & {(fault.ticker, fault.date) for fault in panel.faults}
    assert panel.barred.mean() < 0.02


@pytest.mark.parametrize(("ticker", "date", "ratio"), [("AAPL", "2014-06-09", 7), ("XOM", "2016-03-15", 2)])
def test_a_real_split_left_unadjusted_is_found(panel: Panel, path: Path, tmp_path: Path, ticker, date, ratio) -> None:
    bars = pd.read_parquet(path)
    bars = bars[bars["ticker"].isin([ticker, "IBM", "GE"])].astype({"volume": float})
    before = (bars["ticker"] == ticker) & (bars["date"] < date)
    bars.loc[before, ["open", "high", "low", "close"]] *= ratio
    bars.loc[before, "volume"] /= ratio
    bars.to_parquet(tmp_path / "bars.parquet")
    found = load_panel(DataRequest(source="files", data=tmp_path / "bars.parquet"))
    places = [(fault.ticker, fault.date) for fault in found.faults if fault.code == "unadjusted_split"]
    assert places == [(ticker, date)]


def test_two_hundred_most_traded_on_every_day_from_the_first_rank_on(panel: Panel) -> None:
    member, excluded = membership(panel, "top-200")
    assert (member.sum(axis=1)[21:] == 200).all()
    assert member.any(axis=0).sum() + len(excluded) == 505


def test_loading_takes_no_longer_than_it_should(path: Path) -> None:
    start = time.process_time()
    load_panel(DataRequest(source="files", data=path))
    assert time.process_time() - start < 4, "1.5 s on an idle machine; a loaded one gets some slack"


def test_macro_files_are_read_with_their_lags(path: Path, shared_data: Path) -> None:
    macro = load_panel(DataRequest(source="files", data=path, macro=shared_data / "macro" / "macro_daily.csv")).macro
    assert macro is not None
    vix = macro.at("VIXCLS", np.array(["2018-02-06", "2018-02-07"], dtype="datetime64[D]"))
    assert vix[0] == 37.32  # the close of 2018-02-05
    assert macro.lag_note["STLFSI4"].startswith("refused")
