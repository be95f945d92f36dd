import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mltrainer.data.pace import Pace
from mltrainer.data.polygon import Polygon
from mltrainer.settings.errors import CredentialsError, DataError, MltrainerError, TemporaryError, UsageError
from tests.data.vendor_answers import Market, bar, close_of, stamp
from tests.data.vendor_server import CUT, VendorServer, reply

KEY = "canary+key/01=="
AGGS = "/v2/aggs/ticker/AAA/range/1/day/2024-01-02/2024-01-31"
SNAPSHOT = "/v2/snapshot/locale/us/markets/stocks/tickers/AAA"


@pytest.fixture
def server() -> Iterator[VendorServer]:
    with VendorServer(KEY) as running:
        Market(("AAA", "BBB")).serve(running)
        running.answers["/v1/marketstatus/now"] = {"market": "open", "serverTime": "2024-01-31T12:00:00-05:00"}
        yield running


class Waits:
    """Remembers how long somebody wanted to wait, and does not."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def client(server: VendorServer, waits: Waits) -> Polygon:
    return Polygon(KEY, base_url=server.url, pace=Pace(0, 1.0, pause=waits), read=0.5)


def january(client: Polygon) -> list[str]:
    return [one.day for one in client.history("AAA", "2024-01-02", "2024-01-31")]


def test_bars_come_with_their_session_whatever_the_hour_of_their_stamp(client: Polygon) -> None:
    history = list(client.history("AAA", "2024-01-02", "2024-01-31"))
    grouped = {one.ticker: one for one in client.day("2024-01-02")}

    assert history[0].day == "2024-01-02" and len(history) == 21
    assert grouped["AAA"] == history[0]
    assert history[0].close == close_of("AAA", "2024-01-02") and history[0].volume == 1.12e6


def test_pages_are_followed_on_our_own_address_whatever_host_they_name(client: Polygon, server: VendorServer) -> None:
    market = Market(("AAA",))
    market.page = 8
    server.makers.insert(0, ("/v2/aggs/ticker/", market.aggs))

    assert len(january(client)) == 21
    assert [fields.get("cursor") for _, fields in server.asked] == [None, "8", "16"]


def test_pages_that_run_in_a_circle_end(client: Polygon, server: VendorServer) -> None:
    results = [bar("AAA", "2024-01-02")] * 5000
    server.answers[AGGS] = {"status": "OK", "results": results, "next_url": f"https://api.polygon.io{AGGS}?cursor=1"}

    with pytest.raises(TemporaryError, match="do not end"):
        january(client)


def test_an_answer_without_results_is_empty_and_bars_outside_the_span_are_not_taken(
    client: Polygon, server: VendorServer
) -> None:
    server.answers[AGGS] = {"status": "OK", "resultsCount": 0, "queryCount": 0}
    assert january(client) == []

    server.answers[AGGS] = {"status": "OK", "results": [bar("AAA", "2023-12-29"), bar("AAA", "2024-01-02")]}
    assert january(client) == ["2024-01-02"]


JUNK = {
    "no JSON": b"<html>Bad gateway</html>",
    "half an answer": json.dumps({"status": "OK", "resultsCount": 3, "results": [bar("AAA", "2024-01-02")]}).encode(),
    "results gone": b'{"status": "OK", "resultsCount": 21}',
    "an error with 200": b'{"status": "ERROR", "error": "internal"}',
    "a bar without a time": b'{"status": "OK", "resultsCount": 1, "results": [{"o": 1, "c": 1}]}',
    "a bare string": b'"OK"',
    "no bytes": b"",
}


@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_junk_with_status_200_is_asked_again_and_never_taken_for_no_data(
    junk: bytes, client: Polygon, server: VendorServer, waits: Waits
) -> None:
    server.faults = [reply(junk)]
    assert len(january(client)) == 21
    assert waits.seconds == [1.0]

    server.faults = [reply(junk)] * 5
    with pytest.raises(TemporaryError) as caught:
        january(client)
    assert caught.value.exit_code == 75


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_an_overloaded_vendor_is_asked_again_five_times(
    status: int, client: Polygon, server: VendorServer, waits: Waits
) -> None:
    server.faults = [reply(b"", status)] * 4
    assert len(january(client)) == 21
    assert waits.seconds == [1.0, 2.0, 4.0, 8.0]

    server.faults = [reply(b"", status)] * 9
    with pytest.raises(TemporaryError):
        january(client)
    assert len(server.faults) == 4


def test_the_wait_that_the_vendor_asks_for_is_kept(client: Polygon, server: VendorServer, waits: Waits) -> None:
    later = (datetime.now(UTC) + timedelta(seconds=30)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    server.faults = [reply(b"", 429, Retry_After="17"), reply(b"", 503, Retry_After=later)]

    assert len(january(client)) == 21
    assert waits.seconds[0] == 17.0 and waits.seconds[1] == pytest.approx(30, abs=2)


def test_a_wait_of_hours_is_told_and_not_sat_through(client: Polygon, server: VendorServer, waits: Waits) -> None:
    server.faults = [reply(b"", 429, Retry_After="7200")]

    with pytest.raises(TemporaryError, match="7200 s"):
        january(client)
    assert waits.seconds == []


def test_without_a_stated_wait_a_full_minute_passes_on_a_plan_with_a_limit(server: VendorServer, waits: Waits) -> None:
    client = Polygon(KEY, base_url=server.url, pace=Pace(5, 60.0, pause=waits))
    server.faults = [reply(b"", 429)]

    assert len(january(client)) == 21
    assert waits.seconds == [60.0]


def test_a_connection_that_is_cut_is_asked_again(client: Polygon, server: VendorServer) -> None:
    server.faults = [CUT, CUT]
    assert len(january(client)) == 21

    server.faults = [CUT] * 5
    with pytest.raises(TemporaryError, match="cut"):
        january(client)


def test_a_vendor_that_does_not_answer_is_given_up_in_time(server: VendorServer, waits: Waits) -> None:
    client = Polygon(KEY, base_url=server.url, pace=Pace(0, 1.0, pause=waits), read=0.05)
    server.after = lambda count: time.sleep(0.2)
    started = time.monotonic()

    with pytest.raises(TemporaryError, match="no answer in time"):
        january(client)
    assert time.monotonic() - started < 2


def test_nobody_at_the_address(waits: Waits) -> None:
    client = Polygon(KEY, base_url="http://127.0.0.1:9", pace=Pace(0, 1.0, pause=waits))

    with pytest.raises(TemporaryError, match="no connection"):
        january(client)


REFUSALS = {
    "401": (401, {"error": f"Unknown API Key {KEY}"}, CredentialsError, "key_refused"),
    "403 plan": (403, {"message": "You are not entitled to this data."}, CredentialsError, "not_entitled"),
    "403 reach": (403, {"message": "Your plan doesn't include this data timeframe."}, CredentialsError, "not_entitled"),
    "403 today": (403, {"message": "today's data before end of day."}, DataError, "session_unfinished"),
    "403 bare": (403, {}, CredentialsError, "not_entitled"),
    "404": (404, {"message": "Ticker not found."}, UsageError, "unknown_ticker"),
    "400": (400, {"error": "The parameter 'from' is wrong"}, UsageError, "refused"),
}


@pytest.mark.parametrize(("status", "body", "kind", "code"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_told_once_with_what_to_do_and_without_the_key(
    status: int, body: dict[str, str], kind: type[MltrainerError], code: str, client: Polygon, server: VendorServer
) -> None:
    server.faults = [reply({"status": "ERROR"} | body, status)]

    with pytest.raises(kind) as caught:
        january(client)
    assert caught.value.code == code and caught.value.hint
    assert len(server.asked) == 1
    assert KEY not in str(caught.value.as_dict())


def test_a_redirection_does_not_take_the_key_to_another_host(client: Polygon, server: VendorServer) -> None:
    with VendorServer(KEY) as other:
        server.faults = [reply(b"", 302, Location=f"{other.url}{AGGS}")]
        with pytest.raises(MltrainerError, match="302"):
            january(client)
        assert other.asked == []


@pytest.mark.parametrize("ticker", ["../../v3/reference", "A B", "", "A?x=1", "Ä"])
def test_what_is_no_ticker_never_reaches_an_address(ticker: str, client: Polygon, server: VendorServer) -> None:
    with pytest.raises(UsageError, match="no ticker"):
        list(client.history(ticker, "2024-01-02", "2024-01-31"))
    assert server.asked == []


@pytest.mark.parametrize("key", ["", "  ", "two words", "line\nbreak", "schlüssel"])
def test_what_is_no_key_is_refused_before_anything_is_asked(key: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        Polygon(key)
    assert caught.value.exit_code == 77 and "POLYGON_API_KEY" in caught.value.hint


def test_a_quote_says_how_old_it_really_is(client: Polygon, server: VendorServer) -> None:
    traded = datetime.now(UTC) - timedelta(minutes=16)
    server.answers[SNAPSHOT] = {
        "status": "OK",
        "ticker": {
            "ticker": "AAA",
            "day": {"c": 0, "o": 0, "h": 0, "l": 0, "v": 0},
            "lastTrade": {"p": 159.99, "s": 200, "t": int(traded.timestamp() * 1e9), "c": None},
            "prevDay": {"c": 163.64},
        },
    }
    quote = client.quote("AAA")

    assert (quote.price, quote.kind, quote.market) == (159.99, "last trade", "open")
    assert quote.delay == pytest.approx(16 * 60, abs=3)


def test_a_quote_falls_back_by_name_where_there_was_no_trade_yet(client: Polygon, server: VendorServer) -> None:
    before = {"c": 163.64, "o": 1, "h": 1, "l": 1, "v": 1}
    empty = {"c": 0, "o": 0, "h": 0, "l": 0, "v": 0, "t": 0}
    server.answers[SNAPSHOT] = {
        "status": "OK",
        "ticker": {"ticker": "AAA", "day": empty, "min": empty, "prevDay": before},
    }
    assert client.quote("AAA").kind == "close of the session before"

    server.answers[SNAPSHOT] = {"status": "OK", "ticker": {"ticker": "AAA"}}
    with pytest.raises(DataError, match="no price"):
        client.quote("AAA")


def test_several_quotes_are_one_request(client: Polygon, server: VendorServer) -> None:
    moment = int(datetime.now(UTC).timestamp() * 1e9)
    shots = [{"ticker": name, "lastTrade": {"p": price, "t": moment}} for name, price in (("AAA", 1.5), ("OTHER", 9))]
    server.answers["/v2/snapshot/locale/us/markets/stocks/tickers"] = {
        "status": "OK",
        "tickers": [*shots, {"ticker": "BBB"}],
    }
    asked = len(server.asked)
    found = client.quotes(["AAA", "BBB", "CCC"])

    assert {name: quote.price for name, quote in found.items()} == {"AAA": 1.5}
    assert server.asked[asked][1]["tickers"] == "AAA,BBB,CCC" and len(server.asked) == asked + 2
    assert client.quotes([]) == {}


def test_a_ticker_is_what_it_was_on_the_day(client: Polygon, server: VendorServer) -> None:
    server.answers["/v3/reference/tickers/AAA"] = {
        "status": "OK",
        "results": {"ticker": "AAA", "list_date": "1980-12-12"},
    }

    assert client.reference("AAA", "2020-10-01") == {"list_date": "1980-12-12"}
    assert server.asked[-1][1]["date"] == "2020-10-01"
    assert client.reference("ZZZ", "2020-10-01") is None


def test_the_vendor_s_own_answers_are_understood(shared_data: Path, client: Polygon, server: VendorServer) -> None:
    folder = shared_data / "api" / "polygon"
    for entry in json.loads((folder / "INDEX.json").read_text()):
        if entry.get("path"):
            cursor = f"?{entry['query']}" if entry["query"].startswith("cursor=") else ""
            server.answers[entry["path"] + cursor] = json.loads((folder / entry["file"]).read_text())
    for page, before in ((2, 1), (3, 2)):
        link = json.loads((folder / f"generated_aggs_AAPL_1day_page{before}.json").read_text())["next_url"]
        body = json.loads((folder / f"generated_aggs_AAPL_1day_page{page}.json").read_text())
        server.answers[f"{urlsplit(link).path}?{urlsplit(link).query}"] = body

    bars = {one.day: one for one in client.history("AAPL", "2013-02-08", "2018-02-07")}
    assert len(bars) == 1259
    assert (bars["2014-06-06"].close, bars["2014-06-09"].close) == (92.2242, 93.70)
    assert len(client.day("2018-02-05")) == 505
    assert {one.close for one in client.day("2018-02-05") if one.ticker == "AAPL"} == {bars["2018-02-05"].close}
    assert list(client.history("AAPL", "2013-02-09", "2013-02-10")) == []
    assert [one.day for one in client.history("AAPL", "2023-01-01", "2023-01-10")][0] == "2023-01-10"
    assert [one.day for one in client.splits("2022-01-01", "2022-12-31", "SHOP")] == ["2022-06-29", "2022-06-22"]
    assert client.quote("AAPL").price == 159.99
    assert client.reference("AAPL", "2020-10-01")["primary_exchange"] == "XNAS"  # type: ignore[index]
    # The vendor's answers hold other tickers too, and days to come: none of these is passed on.
    paid = client.dividends("2024-01-01", "2024-12-31", "CSSEN")
    assert paid[0] == ("CSSEN", "2024-12-12", "dividend", 0.59375, "2020-09-09", "", "CD")
    assert ("GOOGL", "2022-07-18", "split", 20.0, "", "", "") in client.splits("2022-01-01", "2022-12-31")
    assert client.splits("2022-01-01", "2022-07-17", "GOOGL") == []


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("error_401_unknown_key.json", CredentialsError),
        ("error_403_not_entitled.json", CredentialsError),
        ("error_403_timeframe.json", CredentialsError),
        ("error_403_today_before_eod.json", DataError),
        ("error_404_ticker.json", UsageError),
        ("error_429_rate_limit.json", TemporaryError),
    ],
)
def test_the_vendor_s_own_errors_are_understood(
    file: str, kind: type[MltrainerError], shared_data: Path, client: Polygon, server: VendorServer
) -> None:
    body = (shared_data / "api" / "polygon" / file).read_bytes()
    server.faults = [reply(body, int(file.split("_")[1]))] * 5

    with pytest.raises(kind):
        january(client)


def test_stamps_are_of_new_york_in_summer_and_winter(client: Polygon, server: VendorServer) -> None:
    for day in ("2024-03-08", "2024-03-11", "2024-11-01", "2024-11-04"):
        path = AGGS.replace("2024-01-02/2024-01-31", f"{day}/{day}")
        for hour in (0, 16):
            server.answers[path] = {"status": "OK", "results": [bar("AAA", day) | {"t": stamp(day, hour)}]}
            assert [one.day for one in client.history("AAA", day, day)] == [day]
