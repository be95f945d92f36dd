"""The delayed price in the tool bar says how old it really is, and asks nobody who would refuse again."""

import queue
from datetime import UTC, datetime, timedelta

from mltrainer.data.quotes import Quote
from mltrainer.repl.live_price import LivePrice
from mltrainer.repl.toolbar import ToolbarState, toolbar
from mltrainer.settings.errors import CredentialsError, TemporaryError

NOW = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)


class Vendor:
    """Answers what it is given, and tells which ticker was asked for."""

    def __init__(self, *answers: object) -> None:
        self.answers = list(answers)
        self.asked: queue.Queue[str] = queue.Queue()

    def __call__(self, ticker: str) -> Quote:
        answer = self.answers.pop(0)
        self.asked.put(ticker)
        if isinstance(answer, Exception):
            raise answer
        return Quote(ticker, 159.99, "last trade", NOW - timedelta(minutes=float(str(answer))), 0.0, "open")


def test_the_age_grows_from_drawing_to_drawing() -> None:
    arrived: queue.Queue[None] = queue.Queue()
    live = LivePrice(Vendor(15), lambda: arrived.put(None))
    assert live.text(NOW) == ""
    live.watch("AAPL")
    arrived.get(timeout=5)
    live.close()

    assert live.text(NOW) == "AAPL 159.99 15 min old"
    assert live.text(NOW + timedelta(minutes=7)) == "AAPL 159.99 22 min old"
    assert live.text(NOW + timedelta(hours=20)) == "AAPL 159.99 20 h old"


def test_another_ticker_is_asked_for_at_once_and_a_busy_vendor_again() -> None:
    vendor = Vendor(TemporaryError("busy"), 16)
    arrived: queue.Queue[None] = queue.Queue()
    live = LivePrice(vendor, lambda: arrived.put(None))
    live.watch("SPY")
    assert vendor.asked.get(timeout=5) == "SPY" and live.text(NOW) == ""
    live.watch("MSFT")
    arrived.get(timeout=5)
    live.close()
    assert vendor.asked.get() == "MSFT" and live.text(NOW).startswith("MSFT")


def test_a_plan_without_prices_is_asked_once() -> None:
    vendor = Vendor(CredentialsError("not entitled"))
    live = LivePrice(vendor, lambda: None)
    live.watch("SPY")
    assert live._thread
    vendor.asked.get(timeout=5)
    live.close()
    live._thread.join(timeout=5)
    live.watch("AAPL")
    assert vendor.asked.empty() and live.text(NOW) == ""


def test_the_price_is_the_first_to_go_where_there_is_no_room() -> None:
    state = ToolbarState(data="polygon", agent="offline", price="AAPL 159.99 15 min old")
    assert "".join(text for _, text in toolbar(state, 80)) == "polygon  offline  AAPL 159.99 15 min old"
    assert "".join(text for _, text in toolbar(state, 30)) == "polygon  offline"
