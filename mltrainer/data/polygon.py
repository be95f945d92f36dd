"""Polygon (now Massive): daily bars, splits, what a ticker was on a day, and the delayed price."""

import json
import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from polygon import RESTClient
from polygon.rest.models import TickerSnapshot

from mltrainer.data.pace import Pace
from mltrainer.data.quotes import Quote, number, quote_of
from mltrainer.data.transport import Transport, checked_base, checked_key
from mltrainer.settings.errors import CredentialsError, DataError, MltrainerError, TemporaryError, UsageError

BASE_URL = "https://api.polygon.io"
NEW_YORK = ZoneInfo("America/New_York")
MOST_BARS = 20_000
"""More sessions than a share can have had: pages beyond it run in a circle."""


class Bar(NamedTuple):
    """One day of one ticker; prices in USD, split-adjusted as of today, NaN where the vendor has none."""

    ticker: str
    day: str
    open: float
    high: float
    low: float
    close: float
    volume: float


class Action(NamedTuple):
    """A split (``value`` new shares for one old) or a cash dividend (``value`` USD a share), by its first day."""

    day: str
    kind: str
    value: float


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
        self._transport = Transport("Polygon", key, self.pace, _judge, read=read)
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

    def splits(self, first: str, last: str) -> dict[str, str]:
        """Return the day of the latest split of every ticker that was split from ``first`` to ``last``."""
        splits = self._client.list_splits(execution_date_gte=first, execution_date_lte=last, limit=1000)
        found: dict[str, str] = {}
        for split in splits:
            found[split.ticker] = max(found.get(split.ticker, ""), str(split.execution_date))
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

    def actions(self, ticker: str, until: str) -> list[Action]:
        """Return the splits and cash dividends of a ticker up to a day (ISO, included), the latest first."""
        name = _in_path(ticker)
        splits = self._client.list_splits(ticker=name, execution_date_lte=until, limit=1000)
        dividends = self._client.list_dividends(ticker=name, ex_dividend_date_lte=until, limit=1000)
        found = [
            *(
                Action(str(one.execution_date), "split", _ratio(one.split_to, one.split_from))
                for one in splits
                if one.ticker == name
            ),
            *(
                Action(str(one.ex_dividend_date), "dividend", number(one.cash_amount))
                for one in dividends
                if one.ticker == name
            ),
        ]
        # Whatever the vendor sends, nothing that was not known on the day is passed on.
        return sorted((one for one in found if one.day <= until and math.isfinite(one.value)), reverse=True)

    def _market(self) -> str:
        """Return ``open``, ``closed`` or what else the vendor says of the market now."""
        try:
            return str(self._client.get_market_status().market or "unknown")
        except UsageError:
            return "unknown"


def _judge(status: int, body: bytes) -> MltrainerError | None:
    if status == 200:
        return _junk(body)
    said = _said(body) or f"status {status}"
    if status == 401:
        return CredentialsError(f"Polygon refused the key: {said}", hint="check POLYGON_API_KEY", code="key_refused")
    if status == 403:
        return _not_entitled(said)
    if status == 404:
        return UsageError(
            f"Polygon does not know this: {said}", hint="check the ticker, and POLYGON_BASE_URL", code="unknown_ticker"
        )
    if status == 429:
        return TemporaryError(
            "Polygon's limit of requests is reached",
            hint="try again in a minute; what was fetched is kept; MLTRAINER_POLYGON_RATE sets the pace of your plan",
            code="rate_limit",
        )
    if status in (400, 422):
        return UsageError(f"Polygon refused the request: {said}", hint="check ticker and dates", code="refused")
    return None


def _not_entitled(said: str) -> MltrainerError:
    if "before end of day" in said:
        return DataError(f"Polygon: {said}", hint="ask again after the session", code="session_unfinished")
    hint = "your plan does not hold this: see what it holds, or check POLYGON_API_KEY"
    if "timeframe" in said:
        hint = "the free plan reaches back about two years: give a later --from, or a higher plan"
    return CredentialsError(f"Polygon does not permit this: {said}", hint=hint, code="not_entitled")


def _junk(body: bytes) -> TemporaryError | None:
    """Return what is wrong with an answer that claims to be good; the vendor's client would take it for empty."""
    try:
        found = json.loads(body)
    except ValueError:
        return TemporaryError("Polygon answered with something that is no JSON", hint="try again later", code="junk")
    if isinstance(found, list):
        return None
    if not isinstance(found, dict):
        return TemporaryError("Polygon's answer is no object", hint="try again later", code="junk")
    if str(found.get("status", "OK")).upper() not in ("OK", "DELAYED"):
        return TemporaryError(f"Polygon answered with status {found['status']!r}: {_said(body)}", code="junk")
    results = found.get("results")
    stated = found.get("resultsCount", 0)
    if isinstance(results, list) and isinstance(stated, int) and len(results) < stated or results is None and stated:
        held = len(results) if isinstance(results, list) else 0
        return TemporaryError(f"Polygon's answer holds {held} of {stated} results", code="junk")
    if "resultsCount" in found and isinstance(results, list) and not all(_is_bar(one) for one in results):
        return TemporaryError("Polygon's answer holds bars without a time", hint="try again later", code="junk")
    return None


def _is_bar(found: object) -> bool:
    return isinstance(found, dict) and isinstance(found.get("t"), int | float) and not isinstance(found["t"], bool)


def _said(body: bytes) -> str:
    try:
        found = json.loads(body)
    except ValueError:
        return ""
    text = (found.get("error") or found.get("message") or "") if isinstance(found, dict) else ""
    return str(text)[:200]


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
