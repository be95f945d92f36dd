"""Who belongs to the universe on which day."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mltrainer.data.panel import Panel
from mltrainer.data.quality import clean
from mltrainer.data.universe import membership, traded_value
from mltrainer.settings.errors import DataError, UsageError
from tests.data.bars import frame, raw

NAMES = tuple(f"T{number:02d}" for number in range(12))


@pytest.fixture(scope="module")
def panel() -> Panel:
    bars = frame(NAMES, sessions=150, seed=3)
    rng = np.random.default_rng(4)
    # Traded values that change places over time, gaps, one late listing, one delisting.
    bars["volume"] = (bars["volume"] * np.exp(np.cumsum(rng.normal(0, 0.1, len(bars))) % 3)).round()
    bars = bars.drop(index=rng.choice(len(bars), 60, replace=False))
    days = bars["date"].sort_values().unique()
    bars = bars[(bars["ticker"] != "T03") | (bars["date"] >= days[70])]
    bars = bars[(bars["ticker"] != "T05") | (bars["date"] <= days[90])]
    bars = bars[(bars["ticker"] != "T07") | (bars["date"] >= days[135])]
    made = clean(raw(bars))
    barred = made.barred.copy()
    barred[100:120, 1] = True
    return replace(made, barred=barred, sectors=("Energy", "Real Estate") * 6)


def test_sectors_and_tickers_can_be_left_out_of_any_universe(panel: Panel) -> None:
    ranked, _ = membership(panel, "top-8")
    member, excluded = membership(panel, "top-8 without Energy, T01")
    energy = [column for column, sector in enumerate(panel.sectors) if sector == "Energy"]
    expected = ranked.copy()
    expected[:, [*energy, 1]] = False
    np.testing.assert_array_equal(member, expected)
    assert excluded["T01"] == "left out: Energy, T01"
    assert set(excluded) >= {panel.tickers[column] for column in energy}
    with pytest.raises(UsageError, match="no universe"):
        membership(panel, "all without Enrgy")


def test_all_is_every_usable_bar(panel: Panel) -> None:
    member, excluded = membership(panel, "all")
    np.testing.assert_array_equal(member, np.isfinite(panel.close) & ~panel.barred)
    assert excluded == {}


@pytest.mark.parametrize("size", [1, 4, 11, 200])
def test_top_n_agrees_with_pandas(panel: Panel, size: int) -> None:
    member, excluded = membership(panel, f"top-{size}")
    traded = pd.DataFrame(panel.close * panel.volume).rolling(63, min_periods=21).mean()
    np.testing.assert_allclose(traded_value(panel), traded, rtol=1e-9)
    usable = np.isfinite(panel.close) & ~panel.barred
    rank = traded.where(usable).rank(axis=1, ascending=False, method="first")
    np.testing.assert_array_equal(member, (rank <= size).to_numpy())
    assert (member.sum(axis=1) <= size).all()
    assert set(excluded) == {ticker for ticker, ever in zip(panel.tickers, member.any(axis=0), strict=True) if not ever}
    # Listed 15 sessions before the end: too young for a rank.
    assert "T07" in excluded


def test_ties_go_to_the_first_name(panel: Panel) -> None:
    flat = replace(panel, close=np.full(panel.shape, 10.0), volume=np.full(panel.shape, 5.0))
    flat = replace(flat, barred=np.zeros(panel.shape, dtype=bool))
    member, _ = membership(flat, "top-3")
    assert member[-1].tolist() == [True] * 3 + [False] * 9


def test_fewer_sessions_than_a_rank_needs_leave_nobody(panel: Panel) -> None:
    bars = frame(NAMES, sessions=20)
    member, excluded = membership(clean(raw(bars)), "top_5")
    assert not member.any()
    assert len(excluded) == 12


@pytest.mark.parametrize("universe", ["Real Estate", "real_estate", "REAL-ESTATE"])
def test_a_sector_by_its_name(panel: Panel, universe: str) -> None:
    member, excluded = membership(panel, universe)
    assert not member[:, ::2].any()
    assert excluded["T00"] == "not in the sector Real Estate"
    assert set(excluded) == set(panel.tickers[::2])


@pytest.mark.parametrize("universe", ["T01,T04", "t01, t04", " T04 ,T01,"])
def test_a_list_of_tickers(panel: Panel, universe: str) -> None:
    member, excluded = membership(panel, universe)
    assert np.flatnonzero(member.any(axis=0)).tolist() == [1, 4]
    assert len(excluded) == 10
    assert set(excluded.values()) == {"not in the list of tickers"}


def test_a_single_ticker_and_a_file(panel: Panel, tmp_path: Path) -> None:
    assert np.flatnonzero(membership(panel, "T04")[0].any(axis=0)).tolist() == [4]
    path = tmp_path / "mine.txt"
    path.write_text("# my names\nT02\n\nt09  # the last\n")
    member, excluded = membership(panel, str(path))
    assert np.flatnonzero(member.any(axis=0)).tolist() == [2, 9]
    assert excluded["T00"] == "not in mine.txt"


def test_a_barred_ticker_leaves_its_place_to_the_next(panel: Panel) -> None:
    member, _ = membership(panel, "T01")
    assert not member[100:120].any()
    assert member[120:].any()


@pytest.mark.parametrize(
    ("universe", "code", "words"),
    [
        ("T01,T0X", "unknown_ticker", "nearest is T"),
        ("T111", "unknown_ticker", "nearest is T11"),
        ("ZZZZZ", "unknown_ticker", "12 tickers"),
        ("biggest ones", "unknown_universe", "top-N"),
        ("tip-200", "unknown_universe", "Energy, Real Estate"),
        ("top-0", "unknown_universe", "top-N"),
        ("top-", "unknown_universe", "top-N"),
        (",", "unknown_universe", "top-N"),
        ("  ", "unknown_universe", "top-N"),
    ],
)
def test_what_is_unknown_stops_with_the_nearest(panel: Panel, universe: str, code: str, words: str) -> None:
    with pytest.raises(UsageError) as caught:
        membership(panel, universe)
    assert caught.value.code == code
    assert words in caught.value.hint


def test_files_that_name_nothing(panel: Panel, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("\n")
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    for name in ("empty.txt", "binary.txt"):
        with pytest.raises(UsageError):
            membership(panel, str(tmp_path / name))


@pytest.mark.parametrize("universe", ["sp500", "SP500"])
def test_the_index_says_what_is_missing(panel: Panel, universe: str) -> None:
    with pytest.raises(DataError, match="membership by date") as caught:
        membership(panel, universe)
    assert "--membership" in caught.value.hint


def test_data_without_a_ticker_of_the_list_are_refused(panel: Panel) -> None:
    with pytest.raises(DataError, match="no ticker of sp500-200"):
        membership(panel, "sp500-200")


def test_a_sector_by_a_word_of_its_name(panel: Panel) -> None:
    np.testing.assert_array_equal(membership(panel, "realestate")[0], membership(panel, "Real Estate")[0])
