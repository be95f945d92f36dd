"""Files that users bring: every spelling and format that is promised, and every kind of bad file."""

import gzip
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mltrainer.data.load import load_panel
from mltrainer.data.panel import Panel
from mltrainer.settings.errors import DataError, UsageError
from mltrainer.settings.request import DataRequest
from tests.data.bars import frame

BARS = frame()


def load(path: Path, **more: object) -> Panel:
    return load_panel(DataRequest(source="files", data=path, **more))


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    path = tmp_path_factory.mktemp("bars") / "bars.parquet"
    BARS.to_parquet(path)
    return load(path)


def same(one: Panel, other: Panel) -> None:
    assert one.tickers == other.tickers
    for name in ("sessions", "open", "high", "low", "close", "volume", "void", "barred"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def test_the_parquet_file_has_every_bar_at_its_place(expected: Panel) -> None:
    assert expected.tickers == ("AAA", "BBB", "NA", "TRUE")
    assert expected.shape == (60, 4)
    assert (expected.source, expected.simulated, expected.rows, expected.faults) == ("files", False, 240, ())
    for name in ("open", "high", "low", "close", "volume"):
        wide = BARS.pivot(index="date", columns="ticker", values=name)
        np.testing.assert_array_equal(getattr(expected, name), wide.to_numpy(dtype=float))


SPELLINGS = [
    {"date": "Date", "ticker": "symbol", "volume": "Volume", "open": "Open", "high": "High", "low": "Low"},
    {"date": "DATE", "ticker": "Ticker", "close": "Close", "volume": "vol"},
    {"date": "timestamp", "ticker": "Name", "open": "o", "high": "h", "low": "l", "close": "c", "volume": "v"},
    {"date": "t", "ticker": "Symbol", "close": "Close/Last", "open": " Open "},
    {"date": "Trade Date", "ticker": "SYMBOL", "volume": "VOLUME"},
]


@pytest.mark.parametrize("names", SPELLINGS)
def test_common_spellings_in_any_order(tmp_path: Path, expected: Panel, names: dict[str, str]) -> None:
    path = tmp_path / "bars.csv"
    BARS.rename(columns=names).iloc[:, ::-1].to_csv(path, index=False)
    same(load(path), expected)


@pytest.mark.parametrize(
    "write",
    [
        lambda days: days.dt.strftime("%Y-%m-%d"),
        lambda days: days.dt.strftime("%Y-%m-%d 16:00:00"),
        lambda days: days.dt.strftime("%Y-%m-%dT00:00:00-05:00"),
        lambda days: days.dt.strftime("%Y-%m-%dT23:30:00+09:00"),
        lambda days: days.dt.strftime("%Y%m%d"),
        lambda days: days.astype("datetime64[ns]").astype("int64") // 10**6,
        lambda days: days.astype("datetime64[ns]").astype("int64") // 10**9,
        # How a vendor stamps aggregates: midnight in New York, as epoch milliseconds.
        lambda days: days.astype("datetime64[ns]").dt.tz_localize("America/New_York").astype("int64") // 10**6,
    ],
)
def test_dates_as_people_and_vendors_write_them(tmp_path: Path, expected: Panel, write: object) -> None:
    path = tmp_path / "bars.csv"
    BARS.assign(date=write(BARS["date"])).to_csv(path, index=False)  # type: ignore[operator]
    same(load(path), expected)


@pytest.mark.parametrize("kind", ["date32", "naive", "new york", "utc close"])
def test_date_types_of_parquet(tmp_path: Path, expected: Panel, kind: str) -> None:
    days = BARS["date"].astype("datetime64[ns]")
    written = {
        "date32": days.dt.date,
        "naive": days + pd.Timedelta(hours=16),
        "new york": days.dt.tz_localize("America/New_York"),
        "utc close": (days + pd.Timedelta(hours=16)).dt.tz_localize("America/New_York").dt.tz_convert("UTC"),
    }[kind]
    path = tmp_path / "bars.parquet"
    BARS.assign(date=written).to_parquet(path)
    same(load(path), expected)


def test_an_index_of_parquet_counts_as_a_column(tmp_path: Path, expected: Panel) -> None:
    path = tmp_path / "bars.parquet"
    BARS.set_index("date").to_parquet(path)
    same(load(path), expected)


def test_gzip_and_byte_order_mark(tmp_path: Path, expected: Panel) -> None:
    text = "\ufeff" + BARS.to_csv(index=False)
    packed = tmp_path / "bars.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    same(load(packed), expected)


def test_a_folder_takes_tickers_from_file_names(tmp_path: Path, expected: Panel) -> None:
    for number, (ticker, part) in enumerate(BARS.groupby("ticker")):
        own = part.drop(columns="ticker") if number % 2 else part
        if number < 2:
            own.to_csv(tmp_path / f"{ticker}.csv", index=False)
        else:
            own.to_parquet(tmp_path / f"{ticker}.parquet")
    (tmp_path / "README.txt").write_text("not data")
    same(load(tmp_path), expected)


def test_adjusted_closes_are_not_used_and_the_panel_says_so(tmp_path: Path, expected: Panel) -> None:
    path = tmp_path / "bars.csv"
    BARS.assign(**{"Adj Close": BARS["close"] * 0.8}).to_csv(path, index=False)
    panel = load(path)
    same(panel, expected)
    assert [(fault.code, fault.severity) for fault in panel.faults] == [("adj_close_unused", "info")]


def test_rows_without_a_key_are_left_out_and_counted(tmp_path: Path, expected: Panel) -> None:
    path = tmp_path / "bars.csv"
    stray = BARS.iloc[[0, 1]].astype({"date": str})
    stray["date"] = ["", "2016-03-01"]
    stray["ticker"] = ["AAA", " "]
    pd.concat([BARS.assign(date=BARS["date"].dt.strftime("%Y-%m-%d")), stray]).to_csv(path, index=False)
    panel = load(path)
    same(panel, expected)
    assert [(fault.code, fault.detail[:6]) for fault in panel.faults] == [("row_without_key", "2 rows")]


def test_as_of_leaves_no_trace_of_what_is_later(tmp_path: Path) -> None:
    late = BARS[(BARS["ticker"] != "BBB") | (BARS["date"] > "2016-02-10")]
    whole, cut = tmp_path / "whole.parquet", tmp_path / "cut.parquet"
    late.to_parquet(whole)
    late[late["date"] <= "2016-02-05"].to_parquet(cut)
    one, other = load(whole, as_of="2016-02-05"), load(cut)
    same(one, other)
    assert one.tickers == ("AAA", "NA", "TRUE")
    assert one.dates[-1] == "2016-02-05"
    assert one.fingerprint == other.fingerprint


def test_the_fingerprint_knows_values_and_not_the_order_of_rows(tmp_path: Path, expected: Panel) -> None:
    shuffled, changed = tmp_path / "shuffled.csv", tmp_path / "changed.csv"
    BARS.sample(frac=1, random_state=1).to_csv(shuffled, index=False)
    BARS.assign(volume=BARS["volume"] + (BARS.index == 7)).to_csv(changed, index=False)
    assert load(shuffled).fingerprint == expected.fingerprint
    assert load(changed).fingerprint != expected.fingerprint
    assert expected.fingerprint.startswith("sha256:")


def text(content: str, name: str = "bars.csv"):
    return lambda folder: (folder / name).write_text(content) and folder / name


def binary(content: bytes, name: str):
    return lambda folder: (folder / name).write_bytes(content) is not None and folder / name


HEADER = "date,ticker,open,high,low,close,volume\n"
BAD = {
    "missing": (lambda folder: folder / "nowhere.csv", "file_missing"),
    "empty": (binary(b"", "bars.csv"), "file_empty"),
    "empty parquet": (binary(b"", "bars.parquet"), "file_empty"),
    "blank": (text("\n\n"), "file_empty"),
    "header only": (text(HEADER), "file_empty"),
    "not parquet": (text("hello", "bars.parquet"), "file_unreadable"),
    "broken parquet": (binary(b"PAR1 and nothing else PAR1", "bars.parquet"), "file_unreadable"),
    "broken gzip": (binary(b"\x1f\x8b nothing", "bars.csv.gz"), "file_unreadable"),
    "binary": (binary(b"\x00\x01\x02", "bars.csv"), "file_unreadable"),
    "latin": (binary(HEADER.encode() + b"2016-01-04,\xe9,1,1,1,1,1\n", "bars.csv"), "file_unreadable"),
    "prose": (text("This is a letter.\nIt has no bars.\n"), "columns_missing"),
    "no close": (text("date,ticker,open,high,low,volume\n2016-01-04,A,1,1,1,1\n"), "columns_missing"),
    "no open": (text("date,ticker,high,low,close,volume\n2016-01-04,A,1,1,1,1\n"), "columns_missing"),
    "returns": (text("Date,AAPL,MSFT\n2016-01-04,0.01,-0.02\n2016-01-05,-0.01,0.02\n"), "not_prices"),
    "a ticker twice": (text("Date,AAPL,MSFT,AAPL\n2016-01-04,1,2,1\n"), "duplicate_ticker"),
    "matrix without days": (text("AAPL,MSFT,IBM\n100.1,2,3\n"), "columns_missing"),
    "matrix without cells": (text("Date,AAPL,MSFT\n2016-01-04,,\n"), "file_empty"),
    "no ticker": (text("date,open,high,low,close,volume\n2016-01-04,1,1,1,1,1\n"), "columns_missing"),
    "ragged": (text(HEADER + "2016-01-04,A,1,1,1,1,1\n2016-01-05,A,1,1,1,1,1,2,3\n"), "file_unreadable"),
    "thousands": (text(HEADER + "2016-01-04,A,1,1,1,1,1,824,755\n"), "file_unreadable"),
    "no such day": (text(HEADER + "20160231,A,1,1,1,1,1\n"), "date_unreadable"),
    "endless date": (text(HEADER + "1e400,A,1,1,1,1,1\n"), "date_unreadable"),
    "date words": (text(HEADER + "yesterday,A,1,1,1,1,1\n"), "date_unreadable"),
    "two ways to read": (text(HEADER + "02/03/2016,A,1,1,1,1,1\n"), "date_unreadable"),
    "far future": (text(HEADER + "9999-12-31,A,1,1,1,1,1\n"), "date_unreadable"),
    "no numbers": (text(HEADER + "2016-01-04,A,one,one,one,one,1\n"), "not_a_number"),
    "no keys": (text(HEADER + ",A,1,1,1,1,1\n"), "file_empty"),
    "Saturdays": (text(HEADER + "2016-01-09,A,1,1,1,1,1\n"), "no_valid_bars"),
    "all faulty": (text(HEADER + "2016-01-08,A,-1,-1,-1,-1,1\n"), "no_valid_bars"),
    "folder without files": (lambda folder: folder, "file_missing"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_give_one_clear_line(tmp_path: Path, name: str) -> None:
    make, code = BAD[name]
    with pytest.raises(DataError) as caught:
        load(make(tmp_path))
    error = caught.value
    assert (error.code, error.exit_code) == (code, 6)
    assert error.hint
    assert "\n" not in error.message
    assert len(error.message) < 300


def test_missing_columns_are_listed_beside_what_was_found(tmp_path: Path) -> None:
    path = tmp_path / "bars.csv"
    BARS.drop(columns=["volume", "low"]).rename(columns={"open": "Eröffnung"}).to_csv(path, index=False)
    with pytest.raises(DataError) as caught:
        load(path)
    assert "no column for open, low;" in caught.value.message
    assert "'Eröffnung'" in caught.value.message
    assert "date, ticker, open, high, low, close, volume" in caught.value.hint


def test_requests_that_are_wrong_in_themselves(tmp_path: Path) -> None:
    path = tmp_path / "bars.parquet"
    BARS.to_parquet(path)
    with pytest.raises(ValidationError, match="not a day"):
        load(path, as_of="2016-13-45")
    with pytest.raises(UsageError, match="file or a folder"):
        load_panel(DataRequest(source="files"))
    with pytest.raises(DataError, match="first is of 2016-01-04"):
        load(path, as_of="2015-01-01")


CELLS = st.sampled_from(
    ["", "A", "NA", "TRUE", "1", "-1", "1e400", "nan", "2016-01-04", "2016-01-05", "20160104", '"', "é"]
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(
    rows=st.lists(st.lists(CELLS, min_size=5, max_size=8), max_size=6),
    noise=st.binary(max_size=30),
    suffix=st.sampled_from([".csv", ".parquet", ".csv.gz"]),
    raw_bytes=st.booleans(),
)
def test_no_content_ends_in_anything_but_a_panel_or_one_line(
    rows: list[list[str]], noise: bytes, suffix: str, raw_bytes: bool
) -> None:
    content = noise if raw_bytes else (HEADER + "\n".join(",".join(row) for row in rows)).encode() + noise
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"bars{suffix}"
        path.write_bytes(content)
        try:
            panel = load(path)
        except DataError as error:
            assert error.hint and "\n" not in error.message
        else:
            assert np.isfinite(panel.close).any()


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "parquet"])
def test_damaged_files_are_refused_or_judged(tmp_path: Path, kind: str) -> None:
    plain = tmp_path / f"bars.{kind}"
    BARS.to_parquet(plain) if kind == "parquet" else BARS.to_csv(plain, index=False)
    whole, rng = plain.read_bytes(), np.random.default_rng(6)
    for _ in range(60):
        content = bytearray(whole[: rng.integers(20, len(whole) + 1)] if rng.random() < 0.2 else whole)
        for place in rng.integers(len(content), size=2):
            content[place] = rng.integers(256)
        plain.write_bytes(bytes(content))
        try:
            load(plain)
        except DataError as error:
            assert error.hint and "\n" not in error.message
