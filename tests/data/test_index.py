"""Who was in the index on which day, under which name, and what the package's own list holds."""

from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mltrainer.data.index import index_members, read_intervals
from mltrainer.data.listed import AS_OF, changes, company, sectors
from mltrainer.data.load import load_panel
from mltrainer.data.universe import membership
from mltrainer.settings.errors import DataError
from mltrainer.settings.request import DataRequest
from tests.data.bars import frame

HEADER = "ticker,start_date,end_date\n"


def write(folder: Path, lines: str) -> Path:
    path = folder / "members.csv"
    path.write_text(HEADER + lines)
    return path


def load(folder: Path, bars: pd.DataFrame, lines: str | None):
    path = folder / "bars.parquet"
    bars.to_parquet(path)
    members = write(folder, lines) if lines is not None else None
    return load_panel(DataRequest(source="files", data=path, members=members))


def test_the_list_has_200_names_of_11_sectors() -> None:
    listed = sectors()
    assert len(listed) == 200
    assert len(set(listed.values())) == 11
    assert min(Counter(listed.values()).values()) >= 6
    assert {company(new) for new, _ in changes().values()} == {company(old) for old in changes()}


def test_the_list_holds_members_of_its_day_with_the_sectors_known_before(shared_data: Path) -> None:
    rows = pd.read_csv(shared_data / "universe" / "sp500_membership.csv", keep_default_na=False)
    members = set(
        rows[(rows["start_date"] <= AS_OF) & ((rows["end_date"] == "") | (rows["end_date"] > AS_OF))]["ticker"]
    )
    # The file of intervals misses Take-Two, a member since March 2018.
    assert set(sectors()) - members == {"TTWO"}

    known = pd.read_csv(shared_data / "universe" / "sp500_constituents.csv", keep_default_na=False)
    before = dict(zip(known["Symbol"], known["Sector"], strict=True))
    moved = {ticker: sector for ticker, sector in sectors().items() if before.get(ticker, sector) != sector}
    # In September 2018 a sector was made of telephone, media and internet companies; eBay and CVS moved as well.
    assert {moved.pop("EBAY"), moved.pop("CVS")} == {"Consumer Discretionary", "Health Care"}
    assert set(moved.values()) == {"Communication Services"}


def test_a_company_keeps_its_name_through_changes_and_spellings() -> None:
    assert company("FB") == company("META") == "META"
    assert company("SYMC") == company("NLOK") == "GEN"
    assert company("BRK-B") == company("brk/b") == "BRK.B"
    # Bars that begin after the change are those of another company.
    assert company("FB", "2022-06-09") == "FB"
    assert company("FB", "2022-06-08") == "META"


def test_members_by_day_are_those_of_half_open_intervals(tmp_path: Path) -> None:
    bars = frame(("AAA", "BBB", "CCC"))
    days = [str(day.date()) for day in bars["date"].unique()]
    lines = f"AAA,1999-01-01,\nBBB,{days[10]},{days[20]}\nBBB,{days[40]},\n"
    lines += f"OLD,2000-01-01,{days[5]}\nGONE,2000-01-01,2001-01-01\n"
    panel = load(tmp_path, bars, lines)
    member, excluded = membership(panel, "sp500")
    assert member[:, 0].all()
    assert np.flatnonzero(member[:, 1]).tolist() == [*range(10, 20), *range(40, 60)]
    assert not member[:, 2].any()
    assert set(excluded) == {"CCC"}
    assert panel.index is not None
    assert (panel.index.ever, panel.index.absent) == (3, ("OLD",))


def test_a_changed_ticker_is_found_under_either_name_and_a_reused_one_is_not(tmp_path: Path) -> None:
    bars = frame(("COH", "PCLN", "ZZZ"), sessions=300)
    last = str(bars["date"].max().date())
    panel = load(tmp_path, bars, "TPR,2000-01-01,\nBKNG,2010-01-01,\nZZZ,1990-01-01,2001-01-01\n")
    member, _ = membership(panel, "sp500")
    assert last < changes()["COH"][1]
    assert member[:, 0].all()
    assert member[:, 1].all()
    # The member of the nineties with this symbol was another company.
    assert not member[:, 2].any()


def test_membership_changes_the_fingerprint_and_leaves_the_bars(tmp_path: Path) -> None:
    bars = frame(("AAA", "BBB"))
    without, with_members = load(tmp_path, bars, None), load(tmp_path, bars, "AAA,1999-01-01,\n")
    assert without.index is None
    assert without.fingerprint != with_members.fingerprint
    np.testing.assert_array_equal(without.close, with_members.close)


def test_sectors_come_with_tickers_that_the_list_knows(tmp_path: Path) -> None:
    panel = load(tmp_path, frame(("AAPL", "FB", "XXX")), None)
    assert panel.sectors == ("Information Technology", "Communication Services", "")
    member, excluded = membership(panel, "technology")
    assert np.flatnonzero(member.any(axis=0)).tolist() == [0]
    assert "not known" in excluded["XXX"]


@pytest.mark.parametrize("lines", ["AAA,2001-01-01,2000-01-01\n", "AAA,,\n", "AAA,yesterday,\n"])
def test_intervals_that_are_none_are_refused(tmp_path: Path, lines: str) -> None:
    with pytest.raises(DataError) as caught:
        read_intervals(write(tmp_path, lines))
    assert caught.value.hint


@pytest.fixture(scope="module")
def real(shared_data: Path):
    return load_panel(
        DataRequest(
            source="files",
            data=shared_data / "market" / "ohlcv_2013_2018.parquet",
            members=shared_data / "universe" / "sp500_membership.csv",
        )
    )


def test_real_membership_agrees_with_a_plain_count(real, shared_data: Path) -> None:
    member, _ = membership(real, "sp500")
    intervals = pd.read_csv(shared_data / "universe" / "sp500_membership.csv", keep_default_na=False)
    for day in ("2013-06-28", "2015-12-31", "2018-02-07"):
        open_ = intervals[
            (intervals["start_date"] <= day) & ((intervals["end_date"] == "") | (intervals["end_date"] > day))
        ]
        row = real.dates.index(day)
        have = {ticker for ticker, here in zip(real.tickers, real.index.member[row], strict=True) if here}
        # Others were in the index and have no bars, or stand there under their later name.
        assert len(have & set(open_["ticker"])) / len(have) > 0.95
        assert len(have) <= len(open_)
        assert (member[row] <= real.index.member[row]).all()
    assert real.index.ever == 618
    assert 100 < len(real.index.absent) < 125


def test_the_real_file_has_nearly_all_of_the_list(real) -> None:
    member, _ = membership(real, "sp500-200")
    assert member.any(axis=0).sum() >= 198
    assert member[200].sum() > 180
    assert 24 <= membership(real, "technology")[0].any(axis=0).sum() <= 28


def test_intervals_outside_the_sessions_count_for_nothing() -> None:
    class Empty:
        tickers, start, end = (), np.array([], dtype="datetime64[D]"), np.array([], dtype="datetime64[D]")

    found = index_members(Empty(), np.array(["2016-01-04"], dtype="datetime64[D]"), ("A",), np.ones((1, 1), dtype=bool))
    assert (found.ever, found.absent, found.member.any()) == (0, (), False)
