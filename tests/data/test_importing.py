"""What people have, taken over: the forms, what is said about them, and what is refused."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mltrainer.data.importing import import_bars, import_membership
from mltrainer.data.load import load_panel
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


@pytest.mark.parametrize(
    ("make", "form"),
    [
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


def test_a_single_file_named_by_its_ticker(tmp_path: Path) -> None:
    path = tmp_path / "AAPL.csv"
    one("AAA").rename(columns=YAHOO).to_csv(path, index=False)
    facts = import_bars(path, tmp_path)
    assert (facts["such_as"], facts["form"]) == (["AAPL"], "one file of one ticker, named by the file")


@pytest.mark.parametrize(
    "names", [["A", "AAPL", "BRK.B", "MSFT"], ["A", "L", "O", "T", "C", "V", "AAPL", "MSFT", "IBM", "GE"]]
)
def test_a_matrix_of_closes_is_refused_by_name(tmp_path: Path, names: list[str]) -> None:
    path = tmp_path / "closes.csv"
    pd.DataFrame(50.0, index=pd.Index(one("AAA")["date"], name="Date"), columns=names).to_csv(path)
    with pytest.raises(DataError) as caught:
        import_bars(path, tmp_path)
    assert caught.value.code == "wide_matrix"
    assert f"{len(names)} columns such as A" in caught.value.message
    assert not (tmp_path / "imports").exists()


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
