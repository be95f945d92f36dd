"""Splits and dividends: fetched once, kept with the day they were declared, and used where prices jump."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.data.barstore import BarStore
from mltrainer.data.corporate import Action, income, sound, splits_between
from mltrainer.data.fetch_actions import ActionFetch
from mltrainer.data.fetch_bars import FetchReport
from mltrainer.data.load import load_panel
from mltrainer.data.pace import Pace
from mltrainer.data.polygon import Polygon
from mltrainer.data.stored import inventory, stored_actions
from mltrainer.settings.errors import TemporaryError
from mltrainer.settings.request import DataRequest
from tests.data.bars import frame
from tests.data.vendor_server import CUT, VendorServer, reply

KEY = "canary"
SPLITS = [
    {"ticker": "AAA", "execution_date": "2024-02-01", "split_from": 1, "split_to": 4},
    # Listed twice, as the vendor's own example has it for Shopify.
    {"ticker": "BBB", "execution_date": "2024-03-05", "split_from": 1, "split_to": 10},
    {"ticker": "BBB", "execution_date": "2024-03-12", "split_from": 1, "split_to": 10},
    {"ticker": "BBB", "execution_date": "2024-05-01", "split_from": 0, "split_to": 2},
    {"ticker": "OTHER", "execution_date": "2024-03-01", "split_from": 1, "split_to": 2},
]
DIVIDENDS = [
    {"ticker": "AAA", "ex_dividend_date": day, "cash_amount": 0.4, "declaration_date": declared, "dividend_type": "CD"}
    for day, declared in (("2024-01-10", "2023-12-01"), ("2024-04-10", None), ("2024-07-10", "2024-06-01"))
]


def kept(rows: list[dict], name: str, fields: dict[str, str]) -> dict[str, object]:
    """Return what a server that filters by day, but not by ticker, answers; one row a page."""
    days = [row for row in rows if fields.get(f"{name}.gte", "") <= row[name] <= fields.get(f"{name}.lte", "9")]
    start = int(fields.get("cursor", "0"))
    path = "splits" if name == "execution_date" else "dividends"
    link = f"https://api.massive.com/v3/reference/{path}?cursor={start + 1}&{name}.gte={fields.get(f'{name}.gte')}"
    more = {"next_url": f"{link}&{name}.lte={fields.get(f'{name}.lte')}"} if start + 1 < len(days) else {}
    return {"status": "OK", "results": days[start : start + 1]} | more


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with VendorServer(KEY) as running:
        running.makers += [
            ("/v3/reference/splits", lambda path, fields: kept(SPLITS, "execution_date", fields)),
            ("/v3/reference/dividends", lambda path, fields: kept(DIVIDENDS, "ex_dividend_date", fields)),
        ]
        yield running


@pytest.fixture
def store(tmp_path: Path) -> Iterator[BarStore]:
    store = BarStore(tmp_path / "bars")
    yield store
    store.close()


@pytest.fixture
def fetch(server: VendorServer, store: BarStore) -> Callable[..., FetchReport]:
    def run(tickers: tuple[str, ...], first: str, last: str) -> FetchReport:
        client = Polygon(KEY, base_url=server.url, pace=Pace(0, 1.0, pause=lambda seconds: None))
        work = ActionFetch(store, client, tickers, first, last, date(2024, 8, 1))
        return work.run(lambda what, done, total: None)

    return run


def places(store: BarStore) -> list[tuple[str, str, str]]:
    return [(one.ticker, one.day, one.kind) for one in store.actions()]


def test_they_are_kept_with_the_day_they_were_declared_and_asked_for_once(
    server: VendorServer, store: BarStore, fetch: Callable[..., FetchReport]
) -> None:
    report = fetch(("AAA", "BBB", "CCC"), "2024-01-01", "2024-06-30")
    assert store.actions(["AAA"]) == [
        Action("AAA", "2024-01-10", "dividend", 0.4, "2023-12-01", "", "CD"),
        Action("AAA", "2024-02-01", "split", 4.0),
        Action("AAA", "2024-04-10", "dividend", 0.4, "", "", "CD"),
    ]
    assert places(store)[3:] == [("BBB", "2024-03-12", "split")]
    assert (report.bars, report.there) == (4, 3)
    assert ["2024-05-01" in note or "counts once" in note for note in report.notes] == [True, True]
    facts = inventory(store.folder)["actions"]
    assert isinstance(facts, dict)
    assert (facts["names"], facts["splits"], facts["dividends"], facts["asked_to"]) == (3, 2, 2, "2024-06-30")

    asked = len(server.asked)
    assert fetch(("AAA", "BBB", "CCC"), "2024-01-01", "2024-06-30").requests == 0
    # New days come for all tickers at once, and look back over the last week again.
    fetch(("AAA", "BBB", "CCC"), "2024-01-01", "2024-07-31")
    assert all("ticker" not in fields for _, fields in server.asked[asked:])
    assert server.asked[asked][1]["execution_date.gte"] == "2024-06-23"
    assert places(store)[3] == ("AAA", "2024-07-10", "dividend")


@pytest.mark.parametrize("fault", [CUT, reply(b"<html>"), reply({"error": "no"}, 429)], ids=["cut", "junk", "429"])
@pytest.mark.parametrize("fails_at", [1, 5, 7])
def test_interrupted_at_any_page_the_next_fetch_goes_on(
    fails_at: int, fault: object, server: VendorServer, store: BarStore, fetch: Callable[..., FetchReport]
) -> None:
    server.faults = [*[None] * (fails_at - 1), *[fault] * 5]
    with pytest.raises(TemporaryError):
        fetch(("BBB", "AAA"), "2024-01-01", "2024-07-31")
    done = set(stored_actions(store.folder).asked)
    server.faults = []
    since = len(server.asked)
    fetch(("BBB", "AAA"), "2024-01-01", "2024-07-31")
    again = {fields["ticker"] for path, fields in server.asked[since:] if "ticker" in fields and "dividends" in path}
    assert again == {"AAA", "BBB"} - done
    assert places(store) == [
        ("AAA", "2024-01-10", "dividend"),
        ("AAA", "2024-02-01", "split"),
        ("AAA", "2024-04-10", "dividend"),
        ("AAA", "2024-07-10", "dividend"),
        ("BBB", "2024-03-12", "split"),
    ]


@settings(derandomize=True, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 300), st.sampled_from(["split", "dividend"]), st.sampled_from([0.5, 2.0, 3.0])),
        max_size=8,
        unique_by=lambda one: one[0],
    )
)
def test_what_a_share_becomes_is_what_holding_it_day_by_day_gives(listed: list[tuple[int, str, float]]) -> None:
    days = [str(np.datetime64("2024-01-01") + step) for step in range(301)]
    actions = [Action("A", days[at], kind, value) for at, kind, value in listed]
    shares, cash = 1.0, 0.0
    for day in days[11:200]:
        cash += sum(shares * one.value for one in actions if one.day == day and one.kind == "dividend")
        shares *= np.prod([one.value for one in actions if one.day == day and one.kind == "split"])
    assert splits_between(actions, days[10], days[199]) == pytest.approx(shares)
    assert income(actions, days[10], days[199]) == pytest.approx(cash)


def test_values_that_are_none_are_left_out_and_named() -> None:
    wrong = [Action("A", "2024-01-02", "dividend", value) for value in (0.0, -1.0, float("nan"), float("inf"))]
    good = Action("A", "2024-01-03", "dividend", 1.0)
    actions, notes = sound([*wrong, good, good, Action("A", "2024-01-04", "split", 1.0)])
    assert actions == [good]
    assert len(notes) == 5


def test_a_listed_split_explains_a_jump_and_a_halving_that_is_not_listed_is_pointed_out(store: BarStore) -> None:
    bars = frame(tuple(f"T{letter}" for letter in "ABCDEFGHIJKL"))
    days = bars["date"].drop_duplicates().astype(str).str.slice(0, 10).tolist()
    prices = ["open", "high", "low", "close"]
    # TA: split 4:1, not adjusted, on eight times the volume. TB: split that is adjusted. TC: fell by half, with volume.
    bars = bars.astype({"volume": float})
    later = bars["date"] >= pd.Timestamp(days[40])
    bars.loc[later & (bars["ticker"] == "TA"), prices] /= 4
    bars.loc[later & (bars["ticker"] == "TC"), prices] *= 0.45
    bars.loc[(bars["date"] == pd.Timestamp(days[40])) & bars["ticker"].isin(["TA", "TC"]), "volume"] *= 40
    for ticker, own in bars.groupby("ticker"):
        store.put(str(ticker), own.drop(columns="ticker"), (days[0], days[-1]), basis=days[-1])
    request = DataRequest(source="polygon", data=store.folder)

    def found() -> list[tuple[str, str, str]]:
        return [(one.code, one.ticker, one.severity) for one in load_panel(request).faults]

    assert found() == []
    for ticker, ratio in (("TA", 4.0), ("TB", 2.0)):
        store.put_actions(ticker, [Action(ticker, days[40], "split", ratio)], (days[0], days[-1]))
    store.put_actions("TC", [], (days[0], days[-1]))
    assert found() == [("unadjusted_split", "TA", "error"), ("large_jump", "TC", "warning")]
    split, jump = load_panel(request).faults
    assert split.detail.startswith("the vendor lists a 4:1 split, and the bars before it are not adjusted")
    assert "lists no split on that day" in jump.detail
    assert (split.date, split.known_at) == (days[40], days[40])
