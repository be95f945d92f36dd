"""The commands that reach vendors, from the command line to the exit code, and where the keys never are."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mltrainer.cli.main import run_command
from mltrainer.data.barstore import DAILY, BarStore
from mltrainer.store.store import Store
from tests.data.test_fred import PATH, PAYROLLS, Archive
from tests.data.vendor_answers import Market
from tests.data.vendor_server import VendorServer, reply
from tests.store.documents import screening

KEY = "canary-7f3a9c51"
TICKERS = tuple(f"T{letter}" for letter in "ABCDEFGH")
FETCH = ["data", "fetch", "--source", "polygon", "--universe", ",".join(TICKERS), "--from", "2023-01-03"]
UNTIL = ["--to", "2024-06-28"]


@pytest.fixture
def server(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[VendorServer]:
    with VendorServer(KEY) as running:
        Market(TICKERS).serve(running)
        running.makers.append((PATH, Archive({"PAYEMS": PAYROLLS}).answer))
        monkeypatch.setenv("POLYGON_API_KEY", KEY)
        monkeypatch.setenv("FRED_API_KEY", KEY)
        monkeypatch.setenv("POLYGON_BASE_URL", running.url)
        monkeypatch.setenv("FRED_BASE_URL", running.url)
        monkeypatch.setenv("MLTRAINER_POLYGON_RATE", "unlimited")
        yield running


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any, str]:
    """Run a command with --json; return its code, its document and what it said on stderr."""
    code = run_command([*arguments, "--json"])
    out, err = capsys.readouterr()
    assert KEY not in out + err
    return code, json.loads(out) if out.strip() else None, err


def test_fetch_then_work_offline(server: VendorServer, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, fetched, err = said(capsys, *FETCH, *UNTIL)
    assert (code, fetched["requests"], fetched["rows"]) == (0, 8, 8 * 374)
    assert "8 requests, no limit: no waiting" in err and "8 of 8" in err

    code, again, err = said(capsys, *FETCH, *UNTIL)
    assert (code, again["requests"]) == (0, 0) and "everything is there already" in err

    code, facts, _ = said(capsys, "data", "status")
    assert facts["bars"]["names"] == 8 and facts["bars"]["delay"] == "end of day" and facts["macro"] == "none"

    asked = len(server.asked)
    code, checked, _ = said(capsys, "data", "check", "--source", "polygon")
    assert code == 0 and (checked["source"], checked["simulated"], checked["rows"]) == ("polygon", False, 8 * 374)
    assert len(server.asked) == asked


def test_macro_comes_with_the_bars_and_says_what_was_known(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    fred = ("data", "fetch", "--source", "fred", "--series", "PAYEMS", "--from", "2016-06-29", "--to", "2016-10-31")
    assert said(capsys, *fred)[:2] == (
        0,
        {"source": "fred", "names": 1, "requests": 1, "rows": 5, "there": 1, "notes": []},
    )

    _, facts, _ = said(capsys, "data", "series", "PAYEMS", "--on", "2016-07-08")
    assert (facts["published"], facts["published_on"], facts["usable"]) == (144175.0, "2016-07-08", 143894.0)
    assert facts["rule"] == "1 business day after publication"

    said(capsys, *FETCH, *UNTIL)
    _, facts, _ = said(capsys, "data", "status", "--source", "polygon")
    assert facts["macro"] == ["PAYEMS"]


def test_nothing_fetched_says_which_command_fetches(server: VendorServer, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = said(capsys, "data", "check", "--source", "polygon")
    assert code == 6 and "mltrainer data fetch --source polygon --universe" in err
    assert said(capsys, "data", "series", "PAYEMS")[0] == 6


def test_a_quote_says_its_delay(server: VendorServer, capsys: pytest.CaptureFixture[str]) -> None:
    server.answers["/v1/marketstatus/now"] = {"market": "open"}
    trade = {"p": 12.5, "t": int((time.time() - 900) * 1e9)}
    body = {"status": "OK", "ticker": {"ticker": "TA", "lastTrade": trade}}
    server.answers["/v2/snapshot/locale/us/markets/stocks/tickers/TA"] = body

    code, facts, _ = said(capsys, "data", "quote", "ta")
    assert code == 0 and facts["price"] == 12.5 and abs(facts["delay_seconds"] - 900) < 10
    assert said(capsys, "data", "quote", "NONE")[0] == 2


def test_holdings_stand_at_their_delayed_prices(server: VendorServer, capsys: pytest.CaptureFixture[str]) -> None:
    server.answers["/v1/marketstatus/now"] = {"market": "open"}
    trade = {"p": 12.5, "t": int((time.time() - 900) * 1e9)}
    body = {"status": "OK", "tickers": [{"ticker": "TA", "lastTrade": trade}]}
    server.answers["/v2/snapshot/locale/us/markets/stocks/tickers"] = body
    for ticker in ("TA", "TB"):
        assert run_command(["predictions", "hold", ticker, "--price", "10", "--size", "3"]) == 0
    capsys.readouterr()

    # No bars were fetched, and none are needed for this.
    code, (priced, other), err = said(capsys, "predictions", "holdings", "--quotes")
    assert (code, priced["close"], priced["return"]) == (0, 12.5, 0.25)
    assert priced["date"] == "last trade, 15 min old"
    assert "without bars" in err
    assert "close" not in other and "Polygon has no price now for: TB" in err
    assert len(server.asked) == 2


def test_open_predictions_stand_at_their_delayed_prices(
    server: VendorServer, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    server.answers["/v1/marketstatus/now"] = {"market": "open"}
    trade = {"p": 168.0, "t": int((time.time() - 900) * 1e9)}
    body = {"status": "OK", "tickers": [{"ticker": "AAPL", "lastTrade": trade}]}
    server.answers["/v2/snapshot/locale/us/markets/stocks/tickers"] = body
    Store(home).record(screening())

    code, listed, err = said(capsys, "predictions", "list", "--quotes")
    priced, other = sorted(listed["predictions"], key=lambda one: one["ticker"])
    assert (code, priced["price"], priced["now"]) == (0, 160.0, 168.0)
    assert priced["now_is"] == "last trade, 15 min old"
    assert "now" not in other and "Polygon has no price now for: MSFT" in err
    assert run_command(["predictions", "list", "--quotes"]) == 0
    assert "+5.0%" in capsys.readouterr().out


def test_a_listing_shows_what_a_ticker_was_on_the_day(server: VendorServer, capsys: pytest.CaptureFixture[str]) -> None:
    known = {"ticker": "TA", "name": "A gone company", "active": False, "delisted_utc": "2019-05-01"}
    server.answers["/v3/reference/tickers/TA"] = {"status": "OK", "results": known}
    split = {"ticker": "TA", "execution_date": "2014-06-09", "split_from": 1, "split_to": 7}
    paid = {"ticker": "TA", "ex_dividend_date": "2018-02-09", "cash_amount": 0.63}
    server.answers["/v3/reference/splits"] = {"status": "OK", "results": [split]}
    server.answers["/v3/reference/dividends"] = {"status": "OK", "results": [paid]}

    code, facts, _ = said(capsys, "data", "listing", "ta", "--on", "2018-02-08")
    assert (code, facts["name"], facts["active"], facts["dividends"]) == (0, "A gone company", False, [])
    assert facts["splits"] == [{"day": "2014-06-09", "ratio": 7.0}]
    assert server.asked[0][1]["date"] == "2018-02-08"
    assert said(capsys, "data", "listing", "ZZZ")[0] == 2


def test_a_ticker_that_the_vendor_does_not_know_is_noted_and_stops_no_other(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch = ("data", "fetch", "--source", "polygon", "--from", "2024-01-02", *UNTIL, "--universe")
    code, fetched, err = said(capsys, *fetch, "ZZZ")
    assert code == 6 and "no such ticker" in fetched["notes"][0] and "notes" in err

    for _ in range(2):
        code, fetched, _ = said(capsys, *fetch, "ZZZ,TA")
        assert (code, fetched["there"], len(fetched["notes"])) == (0, 1, 1)


ENDS = {
    "401": (reply({"error": f"Unknown API Key {KEY}"}, 401), 77, "check POLYGON_API_KEY"),
    "403": (reply({"message": "You are not entitled to this data."}, 403), 77, "your plan"),
    "wait": (reply(b"", 429, Retry_After="3600"), 75, "3600 s"),
}


@pytest.mark.parametrize(("fault", "code", "hint"), ENDS.values(), ids=ENDS)
def test_a_fetch_that_fails_ends_with_its_code_and_keeps_what_it_has(
    fault: Any, code: int, hint: str, server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.faults = [None, None, fault]
    ended, _, err = said(capsys, *FETCH, *UNTIL)
    assert ended == code and hint in err

    _, facts, _ = said(capsys, "data", "status")
    assert facts["bars"]["names"] == 2


WRONG = {
    "no vendor": ["data", "fetch"],
    "another vendor": ["data", "fetch", "--source", "yahoo"],
    "no day": ["data", "fetch", "--source", "fred", "--from", "yesterday"],
    "backwards": [*FETCH, "--to", "2020-01-01"],
    "series of polygon": [*FETCH, "--series", "PAYEMS"],
    "no ticker": ["data", "fetch", "--source", "polygon", "--universe", "../etc"],
    "nothing before": ["data", "fetch", "--source", "polygon"],
    "no series": ["data", "fetch", "--source", "fred", "--series", "A/B"],
}


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_wrong_usage_is_told_before_anything_is_asked(
    arguments: list[str], server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = said(capsys, *arguments)
    assert code == 2 and err.startswith("mltrainer: error:") and len(err.splitlines()) == 1
    assert server.asked == []


def test_a_wrong_rate_is_wrong_usage(
    server: VendorServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLTRAINER_POLYGON_RATE", "often")
    assert said(capsys, *FETCH, *UNTIL)[0] == 2


def test_the_estimate_for_the_free_plan_is_honest(
    server: VendorServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLTRAINER_POLYGON_RATE")
    # The sixth request would wait for a minute: the fifth ends the test.
    server.faults = [*[None] * 4, reply({"error": "no"}, 401)]
    assert "8 requests, 5 a minute: at least 60 s" in said(capsys, *FETCH, *UNTIL)[2]


def test_splits_and_dividends_are_fetched_once_and_listed_from_there(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    split = {"ticker": "TA", "execution_date": "2024-02-01", "split_from": 1, "split_to": 4}
    paid = {"ticker": "TA", "ex_dividend_date": "2024-05-01", "cash_amount": 0.5, "declaration_date": "2024-04-01"}
    server.answers["/v3/reference/splits"] = {"status": "OK", "results": [split]}
    server.answers["/v3/reference/dividends"] = {"status": "OK", "results": [paid, paid]}
    server.answers["/v3/reference/tickers/TA"] = {"status": "OK", "results": {"ticker": "TA", "name": "T. A."}}
    code, fetched, err = said(capsys, *FETCH, *UNTIL, "--actions")
    assert (code, fetched["requests"], fetched["rows"], fetched["there"]) == (0, 9, 2, 8)
    assert "9 requests" in err
    assert said(capsys, *FETCH, *UNTIL, "--actions")[1]["requests"] == 0
    _, facts, _ = said(capsys, "data", "status")
    assert (facts["actions"]["splits"], facts["actions"]["dividends"], facts["bars"]) == (1, 1, "none")

    asked = len(server.asked)
    _, facts, _ = said(capsys, "data", "listing", "TA", "--on", "2024-04-30")
    assert (facts["splits"], facts["dividends"]) == ([{"day": "2024-02-01", "ratio": 4.0}], [])
    assert facts["splits_and_dividends_from"] == "what was fetched, from 2023-01-03 on"
    assert [path for path, _ in server.asked[asked:]] == ["/v3/reference/tickers/TA"]
    _, facts, _ = said(capsys, "data", "listing", "TA", "--on", "2026-01-05")
    assert facts["dividends"] == [{"day": "2024-05-01", "amount": 0.5, "currency": "USD"}]
    assert facts["splits_and_dividends_from"] == "Polygon, now"
    assert said(capsys, "data", "fetch", "--source", "fred", "--actions")[0] == 2


def test_keys_come_from_a_file_that_only_its_owner_can_read(
    server: VendorServer, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("POLYGON_API_KEY")
    assert said(capsys, *FETCH, *UNTIL)[0] == 77
    (home / "keys").write_text(f"# mine\nFRED_API_KEY=other\nexport POLYGON_API_KEY='{KEY}'\n")
    (home / "keys").chmod(0o640)
    code, _, err = said(capsys, *FETCH, *UNTIL)
    assert code == 77 and f"chmod 600 {home / 'keys'}" in err

    (home / "keys").chmod(0o600)
    assert said(capsys, *FETCH, *UNTIL)[0] == 0


def test_the_keys_are_in_nothing_that_is_written(
    server: VendorServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fred = [
        "data",
        "fetch",
        "--source",
        "fred",
        "--series",
        "PAYEMS,NOSUCH",
        "--from",
        "2016-06-29",
        "--to",
        "2016-10-31",
    ]
    for fault in (None, reply({"error": f"Unknown API Key {KEY}"}, 401), reply(KEY.encode()), reply(KEY.encode(), 400)):
        server.faults = [fault, *[reply(b"", 401)] * 5]
        for arguments in (fred, [*FETCH, *UNTIL], ["data", "quote", "TA"]):
            run_command(arguments)
    server.faults = []
    for arguments in (
        [*fred[:5], "PAYEMS", *fred[6:]],
        [*FETCH, *UNTIL],
        ["data", "status"],
        ["status"],
        ["config"],
        ["data", "check", "--source", "polygon"],
    ):
        assert run_command(arguments) == 0

    out, err = capsys.readouterr()
    assert KEY not in out + err
    assert len(files := [path for path in home.rglob("*") if path.is_file()]) > 8
    assert not [path for path in files if KEY.encode() in path.read_bytes() or KEY in path.name]
    assert all(KEY not in path + str(fields) for path, fields in server.asked)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_signal_ends_a_fetch_with_what_it_has(
    number: signal.Signals, code: int, server: VendorServer, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running: list[subprocess.Popen[str]] = []

    def stop(count: int) -> None:
        if count == 4:
            running[0].send_signal(number)
            time.sleep(0.3)

    server.after = stop
    command = [sys.executable, "-m", "mltrainer", *FETCH, *UNTIL]
    running.append(
        subprocess.Popen(command, env=dict(os.environ), stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    )
    out, err = running[0].communicate(timeout=60)
    server.after = lambda count: None

    assert running[0].returncode == code and KEY not in out + err
    _, facts, _ = said(capsys, "data", "status")
    assert facts["bars"]["names"] == 3
    assert said(capsys, *FETCH, *UNTIL)[1]["requests"] == 5
    # Nothing that was half written is left, and nothing is missing.
    store = BarStore(home / "bars")
    valid = {Path(row["file"]).name for row in store.manifest.files(DAILY)}
    assert {path.name for path in (home / "bars" / DAILY).iterdir()} == valid
    assert len(store.read()) == 8 * 374
    store.close()


def test_the_action_fetches_as_the_command_does_and_fails_as_it_does(
    server: VendorServer, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, document, _ = said(capsys, "do", "data-pipeline", "--tickers", "TA,TB")
    assert (code, document["status"]) == (0, "succeeded")
    assert document["headline"].startswith("polygon: ") and document["headline"].endswith("2 of 2 are there")
    assert len(server.asked) == 2 and {row["name"] for row in BarStore(home / "bars").manifest.files(DAILY)} == {
        "TA",
        "TB",
    }

    monkeypatch.delenv("POLYGON_API_KEY")
    code, document, _ = said(capsys, "do", "data-pipeline")
    assert code == 77 and "POLYGON_API_KEY" in document["error"]["message"]

    # Its own source stands in the place of the common option of that name.
    monkeypatch.delenv("FRED_API_KEY", raising=False)
    code, document, _ = said(capsys, "do", "data-pipeline", "--source", "fred")
    assert code == 77 and "FRED_API_KEY" in document["error"]["message"]
