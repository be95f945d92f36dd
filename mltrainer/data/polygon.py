"""Polygon (now Massive): daily bars, splits, what a ticker was on a day, and the delayed price."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from polygon import RESTClient
from polygon.rest.models import TickerSnapshot

from mltrainer.data.pace import Pace
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


@dataclass(frozen=True)
class Quote:
    """The newest price that the plan may see.

    ``kind`` says which price it is; ``traded_at`` is its moment and ``delay`` its age in seconds when it was read.
    """

    ticker: str
    price: float
    kind: str
    traded_at: datetime | None
    delay: float | None
    market: str


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
        market = self._market()
        trade, minute, day, before = shot.last_trade, shot.min, shot.day, shot.prev_day
        # Nanoseconds for trades, milliseconds for minutes; early in the morning all but the day before is zero.
        offers = (
            ("last trade", trade and trade.price, trade and _moment(trade.sip_timestamp or shot.updated)),
            ("last minute", minute and minute.close, minute and _moment(minute.timestamp)),
            ("today's bar so far", day and day.close, _moment(shot.updated)),
            ("close of the session before", before and before.close, None),
        )
        for kind, price, moment in offers:
            if _number(price) > 0:
                delay = (self.now - moment).total_seconds() if moment else None
                return Quote(ticker, float(price), kind, moment, delay, market)
        raise DataError(f"Polygon has no price for {ticker} now", hint="try again when the market is open")

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
    prices = [_number(value) for value in (agg.open, agg.high, agg.low, agg.close, agg.volume)]
    return Bar(str(ticker or ""), day, *prices)


def _number(value: Any) -> float:
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if good else math.nan


def _moment(stamp: Any) -> datetime | None:
    if not _number(stamp) > 0:
        return None
    seconds = stamp / (1e9 if stamp > 1e17 else 1e6 if stamp > 1e14 else 1e3)
    return datetime.fromtimestamp(seconds, UTC)


def _in_path(ticker: str) -> str:
    """Return the ticker for an address; what would leave its place there is refused."""
    if not ticker or not all(letter.isalnum() and letter.isascii() or letter in ".-:" for letter in ticker):
        raise UsageError(f"{ticker[:30]!r} is no ticker", hint="write it like AAPL or BRK.B", code="unknown_ticker")
    return ticker
