"""One company under several tickers, and several companies under one."""

import numpy as np
import pandas as pd
import pytest

from mltrainer.data.load import load_panel
from mltrainer.data.names import joined_changes
from mltrainer.data.universe import membership
from mltrainer.settings.request import DataRequest
from tests.data.bars import raw

CHANGE = "2022-06-09"


def bars(ticker: str, first: str, last: str, price: float) -> pd.DataFrame:
    days = pd.bdate_range(first, last)
    rng = np.random.default_rng(sum(map(ord, ticker)))
    close = price * np.exp(rng.normal(0, 0.01, len(days)).cumsum())
    frame = pd.DataFrame({"date": days.astype("datetime64[ns]"), "ticker": ticker, "open": close, "close": close})
    return frame.assign(high=close * 1.01, low=close * 0.99, volume=1e6 + np.arange(len(days)))


def market(*parts: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([*parts, bars("AAPL", "2022-03-01", "2022-09-30", 150)], ignore_index=True)


@pytest.fixture
def changed() -> pd.DataFrame:
    """FB becomes META; later another company trades as FB."""
    return market(
        bars("FB", "2022-03-01", "2022-06-08", 200),
        bars("META", CHANGE, "2022-09-30", 180),
        bars("FB", "2022-07-01", "2022-09-30", 25),
    )


def test_a_company_goes_on_under_its_new_ticker_and_the_next_owner_of_the_old_one_stays_apart(
    changed: pd.DataFrame,
) -> None:
    joined, faults = joined_changes(raw(changed))
    by_ticker = {
        ticker: joined.dates[joined.codes == code].astype(str).tolist() for code, ticker in enumerate(joined.tickers)
    }

    assert joined.tickers == ("AAPL", "FB", "META")
    assert (min(by_ticker["META"]), max(by_ticker["META"])) == ("2022-03-01", "2022-09-30")
    assert min(by_ticker["FB"]) == "2022-07-01"
    assert [(one.code, one.ticker, one.date, one.known_at) for one in faults] == [
        ("ticker_changed", "META", CHANGE, CHANGE)
    ]


def test_before_the_change_there_is_no_trace_of_it(changed: pd.DataFrame) -> None:
    early = changed[changed["date"] < CHANGE]
    joined, faults = joined_changes(raw(early))

    assert joined.tickers == ("AAPL", "FB") and faults == []


def test_early_bars_that_the_vendor_has_under_the_new_ticker_count_once() -> None:
    both = market(bars("FB", "2022-03-01", "2022-06-08", 200), bars("META", "2022-03-01", "2022-09-30", 180))
    joined, _ = joined_changes(raw(both))
    meta = joined.codes == joined.tickers.index("META")

    assert len(np.unique(joined.dates[meta])) == meta.sum()
    assert joined.close[meta].max() < 199


def test_two_changes_in_a_row_are_one_company() -> None:
    chain = market(
        bars("SYMC", "2019-08-01", "2019-11-04", 23),
        bars("NLOK", "2019-11-05", "2022-11-07", 24),
        bars("GEN", "2022-11-08", "2022-12-30", 22),
    )
    joined, faults = joined_changes(raw(chain))

    assert joined.tickers == ("AAPL", "GEN")
    assert len(faults) == 2


def test_the_old_ticker_still_names_the_company_in_a_universe(changed: pd.DataFrame, tmp_path) -> None:
    changed[changed["date"] < "2022-07-01"].to_parquet(tmp_path / "bars.parquet")
    panel = load_panel(DataRequest(source="files", data=tmp_path / "bars.parquet"))
    member, excluded = membership(panel, "FB,aapl")

    assert panel.tickers == ("AAPL", "META") and excluded == {}
    assert member.all(axis=1).sum() > 80
