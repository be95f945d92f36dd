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
    same = (bars.groupby("ticker")[values].diff() == 0).all(axis=1)
    assert counts["repeated_bar"] == same.sum() == 277
    # Nearly all on two days, when the vendor wrote many bars twice.
    by_day = Counter(fault.date for fault in panel.faults if fault.code == "repeated_bar")
    assert by_day.most_common(2) == [("2014-08-04", 169), ("2014-07-18", 78)]
    assert counts == {"repeated_bar": 277, "missing_session": 17, "ohlc_order": 12, "missing_value": 11}
    assert panel.void.sum() == 277 + 12 + 11
    assert not panel.barred.any()
    assert panel.dropped == {}


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
