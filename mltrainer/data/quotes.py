"""The delayed price of a ticker: which price it is, and how old it really is."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


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


def quote_of(ticker: str, shot: Any, now: datetime, market: str) -> Quote | None:
    """Return the newest price of a snapshot, None where it holds none.

    Parameters
    ----------
    shot
        The vendor's snapshot; any part of it may be missing or zero.
    now
        The time by the vendor's clock.
    market
        ``open``, ``closed``, or what else the vendor says.
    """
    trade, minute, day, before = shot.last_trade, shot.min, shot.day, shot.prev_day
    # Nanoseconds for trades, milliseconds for minutes; early in the morning all but the day before is zero.
    offers = (
        ("last trade", trade and trade.price, trade and moment(trade.sip_timestamp or shot.updated)),
        ("last minute", minute and minute.close, minute and moment(minute.timestamp)),
        ("today's bar so far", day and day.close, moment(shot.updated)),
        ("close of the session before", before and before.close, None),
    )
    for kind, price, traded in offers:
        if number(price) > 0:
            delay = (now - traded).total_seconds() if traded else None
            return Quote(ticker, float(price), kind, traded, delay, market)
    return None


def number(value: Any) -> float:
    """Return what is a finite number, else NaN."""
    good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if good else math.nan


def moment(stamp: Any) -> datetime | None:
    """Return the moment of a stamp in milli-, micro- or nanoseconds."""
    if not number(stamp) > 0:
        return None
    seconds = stamp / (1e9 if stamp > 1e17 else 1e6 if stamp > 1e14 else 1e3)
    return datetime.fromtimestamp(seconds, UTC)
