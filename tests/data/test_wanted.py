from collections.abc import Iterator
from pathlib import Path

import pytest

from mltrainer.data.barstore import BarStore
from mltrainer.data.index import read_intervals
from mltrainer.data.listed import changes, sectors
from mltrainer.data.wanted import tickers_to_read, wanted_tickers
from mltrainer.settings.errors import UsageError
from tests.data.bars import frame


@pytest.fixture
def store(tmp_path: Path) -> Iterator[BarStore]:
    store = BarStore(tmp_path / "bars")
    yield store
    store.close()


def wanted(store: BarStore, universe: str, first: str = "2015-01-02", last: str = "2025-12-31") -> list[str]:
    return wanted_tickers(universe, store.tickers(), first, last)


def test_lists_and_files_are_read_and_nothing_is_taken_for_missing(store: BarStore, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("NA\nTRUE  # a ticker as well\n\nbrk.b\nNA\n")

    assert wanted(store, "aapl, MSFT,AAPL") == ["AAPL", "MSFT"]
    assert wanted(store, str(tmp_path / "mine.txt")) == ["NA", "TRUE", "BRK.B"]


def test_all_is_what_was_fetched_before(store: BarStore) -> None:
    with pytest.raises(UsageError, match="nothing was fetched"):
        wanted(store, "all")
    store.put("NA", frame(("NA",)).drop(columns="ticker"), ("2016-01-04", "2016-03-31"), basis="2016-04-01")
    assert wanted(store, "all") == ["NA"]


def test_the_listed_members_come_under_every_name_of_the_span(store: BarStore) -> None:
    old, (new, day) = next((old, change) for old, change in changes().items() if old in sectors())
    before, after = wanted(store, "sp500-200", last=day[:4] + "-01-01"), wanted(store, "sp500-200", first=day)

    assert len(before) >= 200
    assert old in before and new not in before
    assert old not in after and new in after
    assert {old, new} <= set(wanted(store, "sp500-200"))


@pytest.mark.parametrize("universe", ["", "one two", "../etc/passwd", "TOOLONGTICKER", "top-50", "A,,B/C"])
def test_what_is_no_universe_is_refused_with_the_forms(universe: str, store: BarStore) -> None:
    with pytest.raises(UsageError) as caught:
        wanted(store, universe)
    assert "AAPL,MSFT" in caught.value.hint


def test_the_whole_index_comes_with_its_imported_members_of_the_span(store: BarStore, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not listed") as caught:
        wanted(store, "sp500")
    assert "--membership" in caught.value.hint
    path = tmp_path / "members.csv"
    path.write_text("ticker,start_date,end_date\nFB,2013-12-23,\nOLD,1999-01-01,2014-12-31\nNEW,2026-01-02,\n")

    found = wanted_tickers("sp500", [], "2015-01-02", "2025-12-31", read_intervals(path))

    assert found == ["FB", "META"]


def test_a_sector_stands_for_its_listed_members(store: BarStore) -> None:
    assert set(wanted(store, "Utilities")) == {name for name, sector in sectors().items() if sector == "Utilities"}
    assert "AAPL" in wanted(store, "technology")


HELD = ["AAPL", "META", "FB", "NEE", "OWN", "ZZZ"]


@pytest.mark.parametrize(
    ("universe", "read"),
    [
        ("all", None),
        ("top-3", None),
        ("sp500-200", {"AAPL", "META", "FB", "NEE"}),
        ("utilities", {"AAPL", "META", "FB", "NEE"}),
        ("sp500", {"AAPL", "META", "FB", "NEE", "OWN"}),
        ("zzz", {"AAPL", "META", "FB", "NEE", "ZZZ"}),
    ],
)
def test_a_trial_reads_the_tickers_that_it_needs_and_the_market_around_them(
    universe: str, read: set[str] | None
) -> None:
    assert tickers_to_read(universe, HELD, ["OWN"]) == read


def test_without_listed_members_the_whole_store_is_the_market() -> None:
    assert tickers_to_read("ZZZ", ["OWN", "ZZZ"]) == {"OWN", "ZZZ"}


def test_a_list_longer_than_a_file_name_may_be_is_a_list(store: BarStore) -> None:
    names = [f"T{first}{second}" for first in "ABCDEFGHIJ" for second in "ABCDEFGHIJ"]

    assert wanted(store, ",".join(names)) == names
