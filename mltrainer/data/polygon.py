"""Polygon (now Massive): daily bars, splits, what a ticker was on a day, and the delayed price."""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from polygon import RESTClient
from polygon.rest.models import TickerSnapshot

from mltrainer.data.corporate import DIVIDEND, SPLIT, Action
from mltrainer.data.pace import Pace
from mltrainer.data.polygon_answers import judge
from mltrainer.data.quotes import Quote, number, quote_of
from mltrainer.data.transport import Transport, checked_base, checked_key
from mltrainer.settings.errors import DataError, TemporaryError, UsageError

BASE_URL = "https://api.polygon.io"
NEW_YORK = ZoneInfo("America/New_York")
MOST_BARS = 20_000
"""More sessions than a share can have had: pages beyond it run in a circle."""
MOST_ACTIONS = 3_000_000
"""More splits or dividends than there are."""


class Bar(NamedTuple):
    """One day of one ticker; prices in USD, split-adjusted as of today, NaN where the vendor has none."""

    ticker: str
    day: str
    open: float
    high: float
    low: float
    close: float
    volume: float


class Polygon:
    """The vendor's own client over our transport, so that time limits, pace and errors are ours.

    Parameters
    ----------
    key
        The key; always given, never taken from the environment by the vendor's client.
    base_url
        Where the service stands.
    pace
        What the plan permits.
    read
        Seconds until the next byte of an answer must come.

    Raises
    ------
    CredentialsError
        If there is no key.
    """

    def __init__(self, key: str, *, base_url: str = BASE_URL, pace: Pace | None = None, read: float = 30.0) -> None:
        key = checked_key(key, "Polygon", "POLYGON_API_KEY")
        self.pace = pace or Pace(5, 60.0)
        self._transport = Transport("Polygon", key, self.pace, judge, read=read)
        self._client: Any = RESTClient(api_key=key, base=checked_base(base_url, "POLYGON_BASE_URL"), retries=0)
        # The vendor's client never applies its own time limits and burns its repetitions within a second.
        self._client.client = self._transport

    @property
    def requests(self) -> int:
        """Return how many requests were sent."""
        return self._transport.requests

    @property
    def now(self) -> datetime:
        """Return the time by the vendor's clock as of its latest answer, or ours before the first."""
        return self._transport.server_time or datetime.now(UTC)

    def history(self, ticker: str, first: str, last: str) -> Iterator[Bar]:
        """Yield the bars of a ticker from ``first`` to ``last`` (ISO, both included), the oldest first.

        Where a later page fails, what came before it has been yielded and is good.
        """
        path_name = _in_path(ticker)
        aggs = self._client.list_aggs(path_name, 1, "day", first, last, adjusted=True, sort="asc", limit=50_000)
        for received, agg in enumerate(aggs):
            if received > MOST_BARS:
                raise TemporaryError(f"the pages of {ticker} do not end", code="junk")
            bar = _bar(ticker, agg)
            if first <= bar.day <= last:
                yield bar

    def day(self, day: str) -> list[Bar]:
        """Return the bars of the whole market on one session; empty where the vendor has none yet."""
        bars = [_bar(agg.ticker, agg) for agg in self._client.get_grouped_daily_aggs(day, adjusted=True)]
        return [bar for bar in bars if bar.ticker and bar.day == day]

    def splits(self, first: str, last: str, ticker: str | None = None) -> list[Action]:
        """Return the splits from ``first`` to ``last`` (ISO, both included), of all tickers or of one."""
        about = {"ticker": _in_path(ticker)} if ticker else {}
        found = self._client.list_splits(
            **about, execution_date_gte=first, execution_date_lte=last, sort="execution_date", order="asc", limit=1000
        )
        return self._listed(
            (
                Action(str(one.ticker), str(one.execution_date), SPLIT, _ratio(one.split_to, one.split_from))
                for one in found
            ),
            (first, last, ticker),
        )

    def dividends(self, first: str, last: str, ticker: str | None = None) -> list[Action]:
        """Return the cash dividends whose first day without them lies from ``first`` to ``last``, as ``splits``."""
        about = {"ticker": _in_path(ticker)} if ticker else {}
        found = self._client.list_dividends(
            **about,
            ex_dividend_date_gte=first,
            ex_dividend_date_lte=last,
            sort="ex_dividend_date",
            order="asc",
            limit=1000,
        )
        return self._listed(
            (
                Action(
                    str(one.ticker),
                    str(one.ex_dividend_date),
                    DIVIDEND,
                    number(one.cash_amount),
                    str(one.declaration_date or ""),
                    str(one.currency or ""),
                    str(one.dividend_type or ""),
                )
                for one in found
            ),
            (first, last, ticker),
        )

    def _listed(self, actions: Iterable[Action], asked: tuple[str, str, str | None]) -> list[Action]:
        """Return what was asked for: whatever the vendor sends, no other ticker and no other day is passed on."""
        first, last, ticker = asked
        found = []
        for received, one in enumerate(actions):
            if received > MOST_ACTIONS:
                raise TemporaryError("the pages of splits and dividends do not end", code="junk")
            if first <= one.day <= last and ticker in (None, one.ticker):
                found.append(one)
        return found

    def reference(self, ticker: str, day: str) -> dict[str, Any] | None:
        """Return what the ticker was on a day (name, exchange, list date, whether active), None if it was not."""
        try:
            found = self._client.get_ticker_details(_in_path(ticker), date=day)
        except UsageError:
            return None
        known = ("name", "primary_exchange", "list_date", "delisted_utc", "active", "composite_figi", "type")
        return {name: value for name in known if (value := getattr(found, name, None)) is not None}

    def quote(self, ticker: str) -> Quote:
        """Return the newest price that the plan may see, with its age.

        Raises
        ------
        UsageError
            For a ticker that the vendor does not know.
        CredentialsError
            Where the plan does not hold snapshots.
        DataError
            Where the snapshot holds no price.
        """
        try:
            shot = self._client.get_snapshot_ticker("stocks", _in_path(ticker)) or TickerSnapshot()
        except UsageError as error:
            raise UsageError(f"{ticker}: {error.message}", hint=error.hint, code=error.code) from None
        found = quote_of(ticker, shot, self.now, self._market())
        if found is None:
            raise DataError(f"Polygon has no price for {ticker} now", hint="try again when the market is open")
        return found

    def quotes(self, tickers: Sequence[str]) -> dict[str, Quote]:
        """Return the newest prices of several tickers by two requests; one that has none is left out."""
        names = [_in_path(ticker) for ticker in tickers]
        shots = self._client.get_snapshot_all("stocks", names) if names else []
        market = self._market() if names else ""
        found = {shot.ticker: quote_of(shot.ticker, shot, self.now, market) for shot in shots if shot.ticker in names}
        return {ticker: quote for ticker, quote in found.items() if quote}

    def _market(self) -> str:
        """Return ``open``, ``closed`` or what else the vendor says of the market now."""
        try:
            return str(self._client.get_market_status().market or "unknown")
        except UsageError:
            return "unknown"


def _bar(ticker: str, agg: Any) -> Bar:
    # Midnight, or the close, in New York: the day there is the session's either way.
    day = datetime.fromtimestamp(agg.timestamp / 1000, NEW_YORK).date().isoformat()
    prices = [number(value) for value in (agg.open, agg.high, agg.low, agg.close, agg.volume)]
    return Bar(str(ticker or ""), day, *prices)


def _ratio(new: Any, old: Any) -> float:
    return number(new) / number(old) if number(old) > 0 else math.nan


def _in_path(ticker: str) -> str:
    """Return the ticker for an address; what would leave its place there is refused."""
    if not ticker or not all(letter.isalnum() and letter.isascii() or letter in ".-:" for letter in ticker):
        raise UsageError(f"{ticker[:30]!r} is no ticker", hint="write it like AAPL or BRK.B", code="unknown_ticker")
    return ticker
