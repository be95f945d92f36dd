"""Macro values: from which day each may be used."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mltrainer.data.load import load_panel
from mltrainer.data.macro import LAGS, REFUSED, point_in_time, read_macro, until
from mltrainer.settings.errors import DataError
from mltrainer.settings.request import DataRequest
from tests.data.bars import frame


def day(text: str) -> np.datetime64:
    return np.datetime64(text, "D")


@pytest.mark.parametrize(
    ("series", "reference", "available"),
    [
        ("VIXCLS", "2018-02-02", "2018-02-05"),  # Friday to Monday
        ("BAA10Y", "2018-02-01", "2018-02-05"),
        ("DFF", "2018-02-03", "2018-02-05"),  # a Saturday's rate
        ("ICSA", "2018-02-03", "2018-02-09"),
        ("UNRATE", "2018-01-01", "2018-02-10"),
        ("CPIAUCSL", "2018-02-01", "2018-03-20"),
        ("GDPC1", "2017-10-01", "2018-02-02"),
    ],
)
def test_stated_lags(series: str, reference: str, available: str) -> None:
    macro = point_in_time(np.array([series]), np.array([day(reference)]), np.array([1.0]))
    assert macro.available.tolist() == [day(available).item()]
    assert macro.lag_note[series]


@pytest.mark.parametrize(
    ("step", "kind", "least"),
    [("B", "daily", 5), ("W-SAT", "weekly", 14), ("MS", "monthly", 60), ("QS", "quarter", 120)],
)
def test_unknown_series_get_a_lag_on_the_safe_side(step: str, kind: str, least: int) -> None:
    reference = pd.date_range("2015-01-01", periods=12, freq=step).to_numpy().astype("datetime64[D]")
    macro = point_in_time(np.full(12, "MYSERIES"), reference, np.arange(12.0))
    assert ((macro.available - macro.reference).astype(int) >= least).all()
    assert f"it looks {kind}" in macro.lag_note["MYSERIES"]


def test_vintages_are_used_from_the_business_day_after_and_revisions_replace() -> None:
    reference = np.array([day("2016-06-01")] * 3 + [day("2016-07-01")])
    published = np.array([day("2016-07-08"), day("2016-08-05"), day("2016-09-02"), day("2016-08-05")])
    macro = point_in_time(np.full(4, "PAYEMS"), reference, np.array([144175.0, 144193, 144172, 144448]), published)
    sessions = np.array([day(text) for text in ("2016-07-08", "2016-07-11", "2016-08-05", "2016-08-08", "2016-09-06")])
    np.testing.assert_array_equal(macro.at("PAYEMS", sessions), [np.nan, 144175, 144175, 144448, 144448])
    only_june = macro.reference == day("2016-06-01")
    assert macro.available[only_june].tolist() == [day(t).item() for t in ("2016-07-11", "2016-08-08", "2016-09-05")]


def test_series_that_know_the_future_are_refused_and_named(tmp_path: Path) -> None:
    path = tmp_path / "macro.csv"
    path.write_text(
        "DATE,Series ID,VALUE\n2016-01-04,VIXCLS,20.7\n2016-01-05,VIXCLS,.\n2016-01-06,VIXCLS,\n"
        "2016-01-01,USREC,0\n2016-01-01,STLFSI4,0.1\n2016-01-01,NFCI,0.1\n"
    )
    macro = read_macro(path)
    assert set(macro.series) == {"VIXCLS"}
    assert macro.values.tolist() == [20.7]
    assert {name for name, note in macro.lag_note.items() if note.startswith("refused")} == {"USREC", "STLFSI4", "NFCI"}
    assert not set(LAGS) & set(REFUSED)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("date,value\n2016-01-04,1\n", "columns_missing"),
        ("date,series_id,value\n2016-01-04,VIXCLS,.\n", "macro_unusable"),
        ("date,series_id,value\n2016-01-04,USREC,1\n", "macro_unusable"),
        ("date,series_id,value\nsoon,VIXCLS,1\n", "date_unreadable"),
        ("", "file_empty"),
    ],
)
def test_bad_macro_files(tmp_path: Path, content: str, code: str) -> None:
    path = tmp_path / "macro.csv"
    path.write_text(content)
    with pytest.raises(DataError) as caught:
        read_macro(path)
    assert caught.value.code == code


def test_macro_belongs_to_the_panel_and_stops_at_as_of(tmp_path: Path) -> None:
    bars, path = tmp_path / "bars.parquet", tmp_path / "macro.csv"
    frame().to_parquet(bars)
    days = pd.date_range("2016-01-04", periods=40, freq="B").strftime("%Y-%m-%d")
    path.write_text("date,series_id,value\n" + "".join(f"{d},VIXCLS,{n}\n" for n, d in enumerate(days)))
    whole = load_panel(DataRequest(source="files", data=bars, macro=path))
    cut = load_panel(DataRequest(source="files", data=bars, macro=path, as_of="2016-01-29"))
    bare = load_panel(DataRequest(source="files", data=bars))
    assert whole.macro is not None and cut.macro is not None and bare.macro is None
    assert cut.macro.available.max() == day("2016-01-29")
    assert len({whole.fingerprint, cut.fingerprint, bare.fingerprint}) == 3
    sessions = cut.sessions
    np.testing.assert_array_equal(cut.macro.at("VIXCLS", sessions), whole.macro.at("VIXCLS", sessions))
    # The value of a session is usable on the next one.
    assert cut.macro.at("VIXCLS", sessions)[1] == 0
    assert np.isnan(cut.macro.at("VIXCLS", sessions)[0])


def test_real_vintages_of_2016(shared_data: Path) -> None:
    macro = read_macro(shared_data / "macro" / "macro_vintages_2016.csv")
    june = (macro.series == "PAYEMS") & (macro.reference == day("2016-06-01"))
    assert macro.available[june].min() == day("2016-07-11")
    assert macro.values[june][0] == 144175
    assert until(macro, day("2016-07-10")).at("PAYEMS", np.array([day("2016-07-10")]))[0] != 144175
    delay = macro.available - macro.reference
    assert (delay > np.timedelta64(0, "D")).all()


def test_fallback_lags_are_no_shorter_than_the_real_first_prints(shared_data: Path) -> None:
    """Without vintages nothing may be used before it was really published."""
    real = read_macro(shared_data / "macro" / "macro_vintages_2016.csv")
    checked = 0
    for name in np.unique(real.series):
        mine = (real.series == name) & (real.reference >= day("2016-01-01"))
        begins = real.available[real.series == name].min()
        for reference in np.unique(real.reference[mine]):
            first = real.available[mine & (real.reference == reference)].min()
            if first == begins:
                continue  # the vintages of this series begin here: the first print may be older
            assumed = point_in_time(np.array([name]), np.array([reference]), np.array([0.0])).available[0]
            published = first - np.timedelta64(1, "D")
            assert assumed >= published or name not in LAGS, (name, reference, assumed, first)
            checked += name in LAGS
    assert checked > 80
