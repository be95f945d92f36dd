from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from mltrainer.data.barstore import DAY, FOLD_DAYS, BarStore
from mltrainer.data.fetch_bars import BarFetch, FetchReport
from mltrainer.data.fetch_plan import finished_sessions, plan_fetch
from mltrainer.data.pace import Pace
from mltrainer.data.polygon import Polygon
from mltrainer.data.spans import joined, left_out, runs
from mltrainer.settings.errors import CredentialsError, DataError, TemporaryError
from tests.data.vendor_answers import Market, close_of
from tests.data.vendor_server import CUT, VendorServer, reply

KEY = "canary"
TICKERS = ("AAA", "BBB", "BRK.B", "NA")


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with VendorServer(KEY) as running:
        yield running


@pytest.fixture
def market(server: VendorServer) -> Market:
    market = Market(TICKERS)
    market.serve(server)
    return market


@pytest.fixture
def store(tmp_path: Path) -> Iterator[BarStore]:
    store = BarStore(tmp_path / "bars")
    yield store
    store.close()


Fetcher = Callable[..., FetchReport]


@pytest.fixture
def fetch(server: VendorServer, store: BarStore) -> Fetcher:
    """Return what fetches, at a moment of both clocks."""

    def run(
        first: str,
        last: str,
        tickers: tuple[str, ...] = TICKERS,
        *,
        now: datetime = datetime(2026, 1, 1, tzinfo=UTC),
        vendor_now: datetime | None = None,
    ) -> FetchReport:
        server.now = vendor_now or now
        client = Polygon(KEY, base_url=server.url, pace=Pace(0, 1.0, pause=lambda seconds: None))
        return BarFetch(store, client, tickers, first, last, now=lambda: now).run(lambda what, done, total: None)

    return run


def spans_asked(server: VendorServer, since: int = 0) -> list[str]:
    return ["/".join(path.split("/")[4:5] + path.split("/")[8:]) for path, _ in server.asked[since:]]


def held(store: BarStore) -> dict[tuple[str, str], float]:
    frame = store.read()
    keys = zip(frame["ticker"], frame["date"].dt.strftime("%Y-%m-%d"), strict=True)
    return dict(zip(keys, frame["close"], strict=True))


def expected(first: str, last: str, tickers: tuple[str, ...] = TICKERS) -> dict[tuple[str, str], float]:
    days = [str(day) for day in Market(tickers).sessions(first, last)]
    return {(ticker, day): close_of(ticker, day) for ticker in tickers for day in days}


def test_what_is_fetched_is_what_the_vendor_has_and_the_second_time_nothing_is_asked(
    server: VendorServer, market: Market, fetch: Fetcher, store: BarStore
) -> None:
    report = fetch("2024-01-01", "2024-03-31")
    assert held(store) == expected("2024-01-01", "2024-03-31")
    assert report.requests == len(TICKERS) == len(server.asked) and report.bars == len(held(store))

    assert fetch("2024-01-01", "2024-03-31").requests == 0
    assert fetch("2024-02-01", "2024-02-09", ("BBB",)).requests == 0


def test_a_few_new_sessions_of_many_tickers_come_by_session(
    server: VendorServer, market: Market, fetch: Fetcher, store: BarStore
) -> None:
    fetch("2024-01-01", "2024-03-28", now=datetime(2024, 3, 31, tzinfo=UTC))
    since = len(server.asked)
    fetch("2024-01-01", "2024-04-03", now=datetime(2024, 4, 4, 3, tzinfo=UTC))

    assert [path.split("/")[-1] for path, _ in server.asked[since:]] == [
        "splits",
        "2024-04-01",
        "2024-04-02",
        "2024-04-03",
    ]
    assert held(store) == expected("2024-01-01", "2024-04-03")


def test_only_the_gaps_are_asked_for(server: VendorServer, market: Market, fetch: Fetcher, store: BarStore) -> None:
    fetch("2024-02-01", "2024-02-29", ("AAA",))
    since = len(server.asked)
    fetch("2024-01-01", "2024-04-30", ("AAA",))

    asked = [one for one in spans_asked(server, since) if one.startswith("AAA")]
    assert sorted(asked) == ["AAA/2024-01-02/2024-01-31", "AAA/2024-03-01/2024-04-30"]
    assert held(store) == expected("2024-01-01", "2024-04-30", ("AAA",))


@pytest.mark.parametrize(
    "fault", [CUT, reply(b"", 503), reply({"error": "Unknown API Key"}, 401)], ids=["cut", "503", "401"]
)
@pytest.mark.parametrize("fails_at", [1, 2, 3, 5])
def test_interrupted_at_any_request_the_next_fetch_goes_on_and_no_bar_comes_twice(
    fails_at: int, fault: object, server: VendorServer, market: Market, fetch: Fetcher, store: BarStore
) -> None:
    market.page = 40
    good: list[str] = []
    server.makers.insert(0, ("/v2/aggs/ticker/", lambda path, fields: _noted(market.aggs(path, fields), good)))

    def stop(count: int) -> None:
        if count == fails_at:
            server.faults = [fault] * 5

    server.after = stop
    with pytest.raises((TemporaryError, CredentialsError)):
        fetch("2024-01-01", "2024-04-30", ("AAA", "BBB"))
    server.after = lambda count: None
    server.faults = []
    fetch("2024-01-01", "2024-04-30", ("AAA", "BBB"))

    assert held(store) == expected("2024-01-01", "2024-04-30", ("AAA", "BBB"))
    assert len(good) == len(set(good)) == len(held(store))


def _noted(answer: dict, good: list[str]) -> dict:
    good += [f"{answer['ticker']} {one['t']}" for one in answer.get("results", [])]
    return answer


def test_an_empty_answer_is_not_remembered_as_no_data(
    server: VendorServer, market: Market, fetch: Fetcher, store: BarStore
) -> None:
    path = "/v2/aggs/ticker/AAA/range/1/day/2024-01-02/2024-01-31"
    server.answers[path] = {"status": "OK", "resultsCount": 0}
    server.answers["/v3/reference/tickers/AAA"] = {"status": "OK", "results": {"ticker": "AAA"}}
    report = fetch("2024-01-01", "2024-01-31", ("AAA", "ZZZ"))

    assert [note.split(":")[0] for note in report.notes] == ["AAA", "ZZZ"]
    assert "asked again" in report.notes[0] and "no such ticker" in report.notes[1]
    assert held(store) == {}
    del server.answers[path]
    fetch("2024-01-01", "2024-01-31", ("AAA",))
    assert held(store) == expected("2024-01-01", "2024-01-31", ("AAA",))


def test_a_ticker_listed_later_is_asked_for_its_first_years_once(
    server: VendorServer, market: Market, fetch: Fetcher, store: BarStore
) -> None:
    market.listed = "2024-02-01"
    fetch("2024-01-01", "2024-03-31", ("AAA",))

    assert min(day for _, day in held(store)) == "2024-02-01"
    assert fetch("2024-01-01", "2024-03-31", ("AAA",)).requests == 0


def test_today_s_bar_is_no_bar_before_trading_after_hours_has_ended(
    market: Market, fetch: Fetcher, store: BarStore
) -> None:
    noon = datetime(2024, 3, 5, 17, 0, tzinfo=UTC)
    fetch("2024-03-01", "2024-03-05", now=noon)
    assert max(day for _, day in held(store)) == "2024-03-04"

    late = datetime(2024, 3, 6, 1, 30, tzinfo=UTC)  # 20:30 in New York
    fetch("2024-03-01", "2024-03-05", now=late)
    assert held(store) == expected("2024-03-01", "2024-03-05")


def test_where_our_clock_is_ahead_the_vendor_s_decides_and_the_user_is_told(
    market: Market, fetch: Fetcher, store: BarStore
) -> None:
    ours, theirs = datetime(2024, 3, 7, tzinfo=UTC), datetime(2024, 3, 5, 15, tzinfo=UTC)
    report = fetch("2024-03-01", "2024-03-05", now=ours, vendor_now=theirs)

    assert max(day for _, day in held(store)) == "2024-03-04"
    assert any("clock" in note and "ahead" in note for note in report.notes)


def test_a_session_that_the_vendor_does_not_have_yet_is_asked_again(
    server: VendorServer, market: Market, fetch: Fetcher, store: BarStore
) -> None:
    now = datetime(2024, 3, 6, 1, 30, tzinfo=UTC)
    market.until = "2024-03-04"
    fetch("2024-03-01", "2024-03-05", now=now)
    market.until = "2030-01-01"
    path = "/v2/aggs/grouped/locale/us/market/stocks/2024-03-05"
    server.answers[path] = {"status": "OK", "resultsCount": 0}
    report = fetch("2024-03-01", "2024-03-05", now=now)
    assert "asked again" in report.notes[0]

    server.answers[path] = reply({"message": "Attempted to request today's data before end of day."}, 403)
    fetch("2024-03-01", "2024-03-05", now=now)
    del server.answers[path]
    fetch("2024-03-01", "2024-03-05", now=now)
    assert held(store) == expected("2024-03-01", "2024-03-05")


def test_after_a_split_the_whole_history_is_fetched_again_on_the_new_basis(
    server: VendorServer, market: Market, fetch: Fetcher, store: BarStore
) -> None:
    fetch("2024-01-01", "2024-03-01", now=datetime(2024, 3, 2, tzinfo=UTC))
    market.factor["BBB"] = 0.25
    split = {"ticker": "BBB", "execution_date": "2024-03-04", "split_from": 1, "split_to": 4}
    server.answers["/v3/reference/splits"] = {"status": "OK", "results": [split, split | {"ticker": "OTHER"}]}
    since = len(server.asked)
    report = fetch("2024-01-01", "2024-03-05", now=datetime(2024, 3, 6, 2, tzinfo=UTC))

    prices = expected("2024-01-01", "2024-03-05")
    assert held(store) == {key: price * (0.25 if key[0] == "BBB" else 1.0) for key, price in prices.items()}
    assert any("split on 2024-03-04" in note for note in report.notes)
    assert server.asked[since][1]["execution_date.gte"] == "2024-03-01"
    assert sum("/ticker/BBB/" in path for path, _ in server.asked[since:]) == 1
    assert fetch("2024-01-01", "2024-03-05", now=datetime(2024, 3, 6, 3, tzinfo=UTC)).requests == 0


def test_single_sessions_are_folded_into_the_tickers_and_stay_the_same(
    market: Market, fetch: Fetcher, store: BarStore
) -> None:
    tickers = (*TICKERS, "TRUE")
    market.tickers = tickers
    fetch("2024-01-02", "2024-01-31", tickers)
    days = Market(tickers).sessions("2024-02-01", "2024-03-15")
    for day in days[:FOLD_DAYS]:
        fetch("2024-01-02", str(day), tickers)

    assert store.manifest.files(DAY) == []
    assert held(store) == expected("2024-01-02", str(days[FOLD_DAYS - 1]), tickers)


def test_a_span_without_a_finished_session_is_refused(fetch: Fetcher, market: Market) -> None:
    with pytest.raises(DataError, match="finished"):
        fetch("2024-03-02", "2024-03-03")


def test_spans_know_which_sessions_they_leave_out() -> None:
    days = Market(()).sessions("2024-01-01", "2024-01-31")
    friday, monday = ("2024-01-02", "2024-01-05"), ("2024-01-08", "2024-01-10")

    assert joined([monday, friday], days) == [("2024-01-02", "2024-01-10")]
    assert joined([friday, ("2024-01-10", "2024-01-11")], days) == [friday, ("2024-01-10", "2024-01-11")]
    missing = left_out(days, [friday, ("2024-01-16", "2024-01-30")])
    assert runs(missing, days) == [("2024-01-08", "2024-01-12"), ("2024-01-31", "2024-01-31")]


def test_the_plan_takes_the_cheaper_way_for_each_ticker() -> None:
    days = Market(()).sessions("2023-01-03", "2024-01-31")
    tickers = [f"T{number}" for number in range(200)]
    asked = {ticker: [("2023-01-03", "2024-01-30")] for ticker in tickers} | {"T0": [("2023-01-03", "2023-01-31")]}
    plan = plan_fetch([*tickers, "NEW"], days, asked)

    assert list(plan.days) == ["2024-01-31"] and len(plan.days["2024-01-31"]) == 199
    assert plan.histories == (("NEW", ("2023-01-03", "2024-01-31")), ("T0", ("2023-02-01", "2024-01-31")))


def test_half_days_and_holidays_follow_the_exchange() -> None:
    sessions = finished_sessions("2024-11-25", "2024-12-01", datetime(2024, 11, 30, 2, tzinfo=UTC))

    assert list(np.datetime_as_string(sessions)) == ["2024-11-25", "2024-11-26", "2024-11-27", "2024-11-29"]
