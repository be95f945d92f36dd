"""What people have, taken over: the forms, what is said about them, and what is refused."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mltrainer.cli.main import run_command
from mltrainer.cli.options import data_request
from mltrainer.data.importing import import_bars, import_membership, imported
from mltrainer.data.load import load_panel
from mltrainer.data.numbers import read_numbers
from mltrainer.settings.errors import DataError
from mltrainer.settings.request import DataRequest
from mltrainer.store.home import index_file
from tests.data.bars import frame

BARS = frame()
YAHOO = {name: name.title() for name in ("date", "open", "high", "low", "close", "volume")}


def one(ticker: str) -> pd.DataFrame:
    return BARS[BARS["ticker"] == ticker].drop(columns="ticker")


def yahoo(folder: Path) -> Path:
    place = folder / "yahoo"
    place.mkdir()
    for ticker in BARS["ticker"].unique():
        own = one(ticker).rename(columns=YAHOO)
        own.insert(5, "Adj Close", own["Close"] * 0.9)
        own.to_csv(place / f"{ticker}.csv", index=False)
    return place


def kaggle(folder: Path) -> Path:
    path = folder / "all_stocks_5yr.csv"
    columns = ["date", "open", "high", "low", "close", "volume", "ticker"]
    BARS[columns].rename(columns={"ticker": "Name"}).to_csv(path, index=False)
    return path


def stooq(folder: Path) -> Path:
    place = folder / "stooq"
    place.mkdir()
    for ticker in BARS["ticker"].unique():
        own = one(ticker)
        made = pd.DataFrame({"<TICKER>": f"{ticker}.US", "<PER>": "D", "<DATE>": own["date"].dt.strftime("%Y%m%d")})
        made["<TIME>"] = "000000"
        for name, theirs in {"open": "OPEN", "high": "HIGH", "low": "LOW", "close": "CLOSE", "volume": "VOL"}.items():
            made[f"<{theirs}>"] = own[name]
        made["<OPENINT>"] = 0
        made.to_csv(place / f"{ticker.lower()}.us.txt", index=False)
    (place / "README.txt").write_text("not data")
    return place


def parquet(folder: Path) -> Path:
    path = folder / "mine.parquet"
    BARS.to_parquet(path)
    return path


def yfinance(folder: Path, *, by_ticker: bool = False) -> Path:
    """As ``yfinance.download(...).to_csv()`` writes: a row of fields, a row of tickers, a row that names the date."""
    path = folder / "yfinance.csv"
    table = BARS.pivot(index="date", columns="ticker", values=["close", "high", "low", "open", "volume"])
    table.columns = pd.MultiIndex.from_tuples([(name.title(), ticker) for name, ticker in table.columns])
    table.columns.names, table.index.name = ("Price", "Ticker"), "Date"
    (table.swaplevel(axis=1).sort_index(axis=1) if by_ticker else table).to_csv(path)
    return path


def yfinance_by_ticker(folder: Path) -> Path:
    return yfinance(folder, by_ticker=True)


def yfinance_parquet(folder: Path) -> Path:
    path = folder / "yfinance.parquet"
    pd.read_csv(yfinance(folder), header=[0, 1], index_col=0, keep_default_na=False).to_parquet(path)
    return path


def european(folder: Path) -> Path:
    path = folder / "kurse.csv"
    days = BARS["date"].dt.strftime("%d.%m.%Y")
    BARS.assign(date=days).to_csv(path, sep=";", decimal=",", index=False, encoding="utf-16")
    return path


def american(folder: Path) -> Path:
    """Month first, thousands marks, currency signs, the newest first, tabs."""
    path = folder / "export.tsv"
    made = BARS.iloc[::-1].assign(date=BARS["date"].dt.strftime("%m/%d/%Y"))
    for name in ("open", "high", "low", "close"):
        made[name] = "$" + made[name].map("{:,.2f}".format)
    made.assign(volume=made["volume"].map("{:,}".format)).to_csv(path, sep="\t", index=False)
    return path


def german(folder: Path) -> Path:
    """Points between thousands, a comma before decimals, and a line of comment on top."""
    path = folder / "kurse.csv"
    made = BARS.assign(date=BARS["date"].dt.strftime("%d.%m.%Y"))
    for name, form in {"open": ",.2f", "high": ",.2f", "low": ",.2f", "close": ",.2f", "volume": ",d"}.items():
        made[name] = made[name].map(lambda value, form=form: f"{value:{form}}".translate(str.maketrans(",.", ".,")))
    path.write_text("# exported\n" + made.to_csv(sep=";", index=False))
    return path


def yahoo_page(folder: Path) -> Path:
    """Copied from the page: the newest first, days in words, rows of dividends and splits among the bars."""
    place = folder / "page"
    place.mkdir()
    for ticker in BARS["ticker"].unique():
        own = one(ticker).iloc[::-1].rename(columns=YAHOO)
        own["Date"] = own["Date"].dt.strftime("%b %d, %Y")
        lines = own.assign(Volume=own["Volume"].map("{:,}".format)).to_csv(index=False).splitlines()
        lines.insert(9, f'"{own["Date"].iloc[8]}",0.63 Dividend,,,,')
        lines.insert(30, f'"{own["Date"].iloc[28]}",4:1 Stock Splits,,,,')
        (place / f"{ticker}.csv").write_text("\n".join(lines))
    return place


def stooq_page(folder: Path) -> Path:
    place = folder / "page"
    place.mkdir()
    for ticker in BARS["ticker"].unique():
        one(ticker).rename(columns=YAHOO).to_csv(place / f"{ticker.lower()}_us_d.csv", index=False)
    return place


def investing(folder: Path) -> Path:
    place = folder / "page"
    place.mkdir()
    for ticker in BARS["ticker"].unique():
        own = one(ticker).rename(columns=YAHOO | {"close": "Price", "volume": "Vol."})
        own.assign(**{"Vol.": (own["Vol."] / 1e6).map("{:.6f}M".format), "Change %": "0.5%"}).to_csv(
            place / f"{ticker} Historical Data.csv", index=False, quoting=1
        )
    return place


def zipped(folder: Path) -> Path:
    path = folder / "stocks.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for ticker in BARS["ticker"].unique():
            archive.writestr(f"../stocks/{ticker}.csv", one(ticker).to_csv(index=False))
        archive.writestr("__MACOSX/._AAA.csv", "not data")
    return path


def matrices(folder: Path) -> Path:
    place = folder / "matrices"
    place.mkdir()
    for name in ("open", "high", "low", "close", "volume"):
        BARS.pivot(index="date", columns="ticker", values=name).to_csv(place / f"{name}.csv")
    return place


def indexed(folder: Path) -> Path:
    """The day in New York as an index of moments, the ticker as another."""
    path = folder / "indexed.parquet"
    BARS.assign(date=BARS["date"].dt.tz_localize("America/New_York")).set_index(["date", "ticker"]).to_parquet(path)
    return path


@pytest.mark.parametrize(
    ("make", "form"),
    [
        (yfinance, "one file of many tickers"),
        (yfinance_by_ticker, "one file of many tickers"),
        (yfinance_parquet, "one file of many tickers"),
        (european, "one file of many tickers"),
        (american, "one file of many tickers"),
        (zipped, "an archive of 4 files"),
        (matrices, "a folder of 5 files"),
        (german, "one file of many tickers"),
        (yahoo_page, "a folder of 4 files"),
        (stooq_page, "a folder of 4 files"),
        (investing, "a folder of 4 files"),
        (indexed, "one file of many tickers"),
        (yahoo, "a folder of 4 files"),
        (kaggle, "one file of many tickers"),
        (stooq, "a folder of 4 files"),
        (parquet, "one file of many tickers"),
    ],
)
def test_what_people_have_gives_the_same_bars(tmp_path: Path, make, form: str) -> None:
    path = make(tmp_path)
    facts = import_bars(path, tmp_path / "home")
    assert (facts["form"], facts["rows"], facts["tickers"]) == (form, 240, 4)
    assert facts["such_as"] == ["AAA", "BBB", "NA", "TRUE"]
    assert (facts["first"], facts["last"]) == ("2016-01-04", "2016-03-30")
    stored = Path(facts["stored"])
    assert stored.parent == tmp_path / "home" / "imports"
    panel = load_panel(DataRequest(source="files", data=stored))
    for name in ("open", "high", "low", "close", "volume"):
        wide = BARS.pivot(index="date", columns="ticker", values=name)
        np.testing.assert_allclose(getattr(panel, name), wide.to_numpy(dtype=float))
    kept = json.loads(stored.with_suffix(".json").read_text())
    assert kept["read"] == str(path)
    assert len(kept["sha256"]) == 64
    assert sorted(file.name for file in stored.parent.iterdir()) == [f"{stored.stem}.json", stored.name]


def test_it_says_which_columns_it_took_and_what_is_wrong(tmp_path: Path) -> None:
    path = kaggle(tmp_path)
    assert import_bars(path, tmp_path)["columns"] == {"ticker": "Name"}
    text = path.read_text().splitlines()
    text[31] = text[31].rsplit(",", 2)[0] + ",0,AAA"
    path.write_text("\n".join(text))
    facts = import_bars(path, tmp_path)
    assert facts["faults"] == {"zero_volume": 1}
    # The fault is still in the stored file: the gate judges it at every use.
    assert (pd.read_parquet(facts["stored"])["volume"] == 0).sum() == 1


def test_what_was_understood_is_said_in_words(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert import_bars(european(tmp_path), home)["understood"] == [
        "cells are separated by semicolons, decimals by a comma"
    ]
    [said] = import_bars(yahoo(tmp_path), home)["understood"]
    assert "the adjusted close" in said and "is not used" in said

    other = tmp_path / "yahoo.csv"
    kaggle(tmp_path).rename(other)
    assert "yahoo" in import_bars(other, home)["replaces"]
    assert [(one["name"], one["rows"]) for one in imported(home)] == [("kurse", 240), ("yahoo", 240)]


def test_day_and_month_are_told_apart_or_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "AAA.csv"
    early = one("AAA").query("date.dt.day <= 12")
    early.assign(date=early["date"].dt.strftime("%m/%d/%Y")).to_csv(path, index=False)
    with pytest.raises(DataError, match="nothing tells the day from the month"):
        import_bars(path, tmp_path)
    for form in ("%d/%m/%Y", "%b %d, %Y", "%d-%b-%Y", "%Y/%m/%d"):
        one("AAA").assign(date=one("AAA")["date"].dt.strftime(form)).to_csv(path, index=False)
        facts = import_bars(path, tmp_path)
        assert (facts["rows"], facts["first"], facts["last"]) == (60, "2016-01-04", "2016-03-30")


@pytest.mark.parametrize(
    ("cells", "read"),
    [
        (["$1,234.50", "7"], [1234.5, 7]),
        (["1,234,567", "1,000"], [1234567, 1000]),
        (["12.5M", "980K"], [12.5e6, 980e3]),
        # Perhaps 1.234 with a decimal comma: not read.
        (["1,234", "5"], [np.nan, 5]),
    ],
)
def test_numbers_are_read_as_people_write_them_where_they_are_certain(cells: list[str], read: list[float]) -> None:
    found, marked = read_numbers(pd.Series(cells), "volume", "a file")
    np.testing.assert_allclose(found, read)
    assert marked == (not np.isnan(read[0]))


def test_an_import_is_named_by_its_name(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["data", "import", str(kaggle(tmp_path))]) == 0
    named = {"source": None, "macro": None, "simulate": None, "as_of": None, "seed": None}
    assert data_request(data=Path("all_stocks_5yr"), **named).data == home / "imports" / "all_stocks_5yr.parquet"
    with pytest.raises(DataError, match="other does not exist"):
        data_request(data=Path("other"), **named)
    capsys.readouterr()
    assert run_command(["data", "status", "--json"]) == 0
    [listed] = json.loads(capsys.readouterr().out)["imports"]
    assert (listed["tickers"], listed["use"]) == (4, "--data all_stocks_5yr")


def test_a_single_file_named_by_its_ticker(tmp_path: Path) -> None:
    path = tmp_path / "AAPL.csv"
    one("AAA").rename(columns=YAHOO).to_csv(path, index=False)
    facts = import_bars(path, tmp_path)
    assert (facts["such_as"], facts["form"]) == (["AAPL"], "one file of one ticker, named by the file")


NAMES = {"AAA": "LOW", "BBB": "BRK-B", "NA": "NA", "TRUE": "T"}


def closes() -> pd.DataFrame:
    """Return a matrix of closes; Lowe's is called LOW."""
    return BARS.assign(ticker=BARS["ticker"].map(NAMES)).pivot(index="date", columns="ticker", values="close")


def closes_in_europe(folder: Path) -> Path:
    path = folder / "closes.csv.gz"
    table = closes().add_suffix(" US Equity")
    table.set_axis(table.index.strftime("%d.%m.%Y")).rename_axis("Datum").to_csv(path, sep=";", decimal=",")
    return path


def closes_without_heading(folder: Path) -> Path:
    path = folder / "closes.csv"
    closes().rename_axis(None).to_csv(path)
    return path


def closes_parquet(folder: Path) -> Path:
    path = folder / "closes.parquet"
    closes().rename_axis(None).to_parquet(path)
    return path


def closes_long(folder: Path) -> Path:
    path = folder / "closes.csv"
    closes().reset_index().melt(id_vars="date", value_name="Price").to_csv(path, index=False)
    return path


def closes_folder(folder: Path) -> Path:
    (folder / "prices").mkdir()
    closes().to_csv(folder / "prices" / "Close.csv")
    return folder / "prices"


@pytest.mark.parametrize("make", [closes_in_europe, closes_without_heading, closes_parquet, closes_long, closes_folder])
def test_closes_alone_are_taken_and_nothing_is_put_beside_them(tmp_path: Path, make) -> None:
    facts = import_bars(make(tmp_path), tmp_path / "home")
    assert facts["absent"] == ["open", "high", "low", "volume"]
    assert (facts["rows"], facts["tickers"], facts["first"]) == (240, 4, "2016-01-04")
    assert facts["next"].endswith("--universe all")
    stored = Path(facts["stored"])
    assert list(pd.read_parquet(stored)) == ["date", "ticker", "close"]
    panel = load_panel(DataRequest(source="files", data=stored))
    assert panel.absent == ("open", "high", "low", "volume")
    assert set(panel.tickers) == set(NAMES.values())
    np.testing.assert_allclose(panel.close, closes()[list(panel.tickers)].to_numpy())
    for name in panel.absent:
        assert np.isnan(getattr(panel, name)).all()
    [said] = [fault.detail for fault in panel.faults if fault.code == "columns_absent"]
    assert "ohlc_order" in said and "zero_volume" in said and "stale_close" not in said


def test_bars_may_lack_the_volume_alone(tmp_path: Path) -> None:
    path = tmp_path / "bars.csv"
    BARS.rename(columns={"volume": "Umsatz"}).to_csv(path, index=False)
    facts = import_bars(path, tmp_path)
    assert (facts["absent"], facts["faults"]) == (["volume"], {"columns_absent": 1})
    assert "columns that are not understood: 'Umsatz'" in facts["understood"]


def test_files_of_a_folder_have_the_same_columns(tmp_path: Path) -> None:
    place = yahoo(tmp_path)
    one("AAA")[["date", "close"]].to_csv(place / "CCC.csv", index=False)
    with pytest.raises(DataError, match=r"CCC.csv and AAA.csv differ in whether they have high, low, open, volume"):
        import_bars(place, tmp_path)


def test_bars_with_short_names_are_no_matrix(tmp_path: Path) -> None:
    path = tmp_path / "bars.csv"
    pd.DataFrame(50.0, index=pd.Index(one("AAA")["date"], name="t"), columns=["O", "H", "L", "C"]).to_csv(path)
    with pytest.raises(DataError) as caught:
        import_bars(path, tmp_path)
    assert caught.value.code == "columns_missing"


def test_membership_is_kept_where_trials_look_for_it(tmp_path: Path) -> None:
    path = tmp_path / "members.csv"
    path.write_text("symbol,start,end\nNA,2000-01-01,\nTRUE,1999-03-01,2015-06-30\n")
    facts = import_membership(path, tmp_path / "home")
    assert (facts["intervals"], facts["members_now"], facts["first"]) == (2, 1, "1999-03-01")
    assert index_file(tmp_path / "home").read_text().splitlines() == [
        "ticker,start_date,end_date",
        "NA,2000-01-01,",
        "TRUE,1999-03-01,2015-06-30",
    ]
