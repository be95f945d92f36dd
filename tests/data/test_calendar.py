"""Sessions, half days, and which session is over."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from mltrainer.data.calendar import half_days, last_finished_session, sessions_between
from mltrainer.data.quality import clean
from mltrainer.settings.errors import DataError
from tests.data.bars import frame, raw


def test_week_ends_and_holidays_are_no_sessions_and_half_days_are_known() -> None:
    days = sessions_between(np.datetime64("2017-01-01"), np.datetime64("2018-12-31"))
    written = set(days.astype(str))
    assert len(days) == 251 + 251
    # New Year's Monday, Good Friday, Thanksgiving, a day of mourning.
    assert not written & {"2017-01-02", "2017-04-14", "2017-11-23", "2018-12-05", "2017-01-07"}
    assert days[half_days(days)].astype(str).tolist() == [
        "2017-07-03",
        "2017-11-24",
        "2018-07-03",
        "2018-11-23",
        "2018-12-24",
    ]


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ("2017-11-22 21:14", "2017-11-21"),
        ("2017-11-22 21:15", "2017-11-22"),
        ("2017-11-23 23:00", "2017-11-22"),
        # A half day: it closes at one o'clock in New York.
        ("2017-11-24 18:14", "2017-11-22"),
        ("2017-11-24 18:15", "2017-11-24"),
        ("2017-11-26 12:00", "2017-11-24"),
        ("2018-01-01 12:00", "2017-12-29"),
        # Daylight saving time.
        ("2018-06-01 20:15", "2018-06-01"),
    ],
)
def test_a_session_is_over_a_quarter_of_an_hour_after_its_close(now: str, last: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert str(last_finished_session(moment)) == last


def test_bars_of_sessions_that_are_not_over_are_left_out_by_name() -> None:
    bars = frame()
    days = bars["date"].unique()
    panel = clean(raw(bars), last=np.datetime64(days[57], "D"))
    assert panel.dates[-1] == str(days[57])[:10]
    assert {(fault.code, fault.date) for fault in panel.faults} == {
        ("future_date", str(day)[:10]) for day in pd.DatetimeIndex(days[58:])
    }
    with pytest.raises(DataError, match="not over|is over"):
        clean(raw(bars), last=np.datetime64("2015-12-31"))


@pytest.mark.parametrize("place", [59, 40])
def test_a_session_that_was_cut_off_is_left_out_wherever_it_stands(place: int) -> None:
    bars = frame(("AAA", "BBB", "CCC", "DDD", "EEE", "FFF")).astype({"volume": float})
    day = bars["date"].unique()[place]
    bars.loc[bars["date"] == day, "volume"] *= 0.2
    panel = clean(raw(bars))
    assert [(fault.code, fault.ticker, fault.date) for fault in panel.faults] == [
        ("partial_session", "*", str(day)[:10])
    ]
    assert str(day)[:10] not in panel.dates
    assert panel.shape == (59, 6)


def test_a_session_with_few_of_the_tickers_is_named() -> None:
    names = tuple(f"T{number:02d}" for number in range(12))
    bars = frame(names)
    day = bars["date"].unique()[-1]
    panel = clean(raw(bars[(bars["date"] < day) | bars["ticker"].isin(names[:4])]))
    assert [(fault.code, fault.severity, fault.detail) for fault in panel.faults] == [
        ("few_tickers", "warning", "only 4 tickers have a bar, 12 had one the session before")
    ]
