"""FRED: macro series with their vintages, so that a value is known from the day on which it was published."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pandas as pd

from mltrainer.data.pace import Pace
from mltrainer.data.spans import Span
from mltrainer.data.transport import Transport, checked_base, checked_key
from mltrainer.settings.errors import CredentialsError, DataError, MltrainerError, TemporaryError, UsageError

BASE_URL = "https://api.stlouisfed.org"
PAGE = 100_000
CHUNK_DAYS = 7 * 365
"""A series has at most one vintage a business day: seven years stay below the 2,000 that one request may span."""
VALUES = ("date", "value", "published")

SERIES: dict[str, str] = {
    "VIXCLS": "volatility expected by S&P 500 options",
    "T10Y2Y": "10-year less 2-year Treasury yield",
    "T10Y3M": "10-year less 3-month Treasury yield",
    "DGS2": "2-year Treasury yield",
    "DGS10": "10-year Treasury yield",
    "DGS30": "30-year Treasury yield",
    "DTB3": "3-month Treasury bill rate",
    "BAA10Y": "Baa corporate yield less 10-year Treasury yield",
    "BAMLH0A0HYM2": "option-adjusted spread of high-yield bonds",
    "T10YIE": "10-year breakeven inflation",
    "DFF": "federal funds rate",
    "DTWEXBGS": "US dollar against a broad basket",
    "DCOILWTICO": "West Texas crude oil",
    "ICSA": "initial claims for unemployment insurance",
    "WALCL": "assets of the Federal Reserve",
    "UNRATE": "unemployment rate",
    "PAYEMS": "nonfarm employment",
    "CPIAUCSL": "consumer prices",
    "CPILFESL": "consumer prices without food and energy",
    "INDPRO": "industrial production",
    "HOUST": "housing starts",
    "RSAFS": "retail sales",
    "UMCSENT": "consumer sentiment",
    "M2SL": "money stock M2",
    "GDPC1": "real gross domestic product",
    "STLFSI4": "financial stress, estimated anew each week: for display only",
}
"""The series that are fetched unless others are named."""


class Fred:
    """Observations with vintages.

    The service takes the key in the address only: no address is ever shown, logged or part of an error.

    Raises
    ------
    CredentialsError
        If there is no key.
    """

    def __init__(self, key: str, *, base_url: str = BASE_URL, pace: Pace | None = None) -> None:
        self._key = checked_key(key, "FRED", "FRED_API_KEY")
        self.pace = pace or Pace(120, 60.0)
        self._address = f"{checked_base(base_url, 'FRED_BASE_URL')}/fred/series/observations"
        self._transport = Transport("FRED", self._key, self.pace, _judge)

    @property
    def requests(self) -> int:
        """Return how many requests were sent."""
        return self._transport.requests

    def vintages(self, series: str, observed_from: str, realtime: Span) -> pd.DataFrame:
        """Return what was published within a span of days, and what stood at its beginning.

        Parameters
        ----------
        series
            The id, such as ``PAYEMS``.
        observed_from
            The earliest reference date that is wanted (ISO).
        realtime
            The span of publication days; a value that was out before it counts as published on its first day.

        Returns
        -------
        DataFrame
            ``date`` (reference), ``value``, ``published``, one row for each value that a date ever had, by date and
            publication.
        """
        parts = []
        for first, last in _chunks(realtime):
            parts += self._between(series, observed_from, first, last)
        return merged(_frame(series, parts))

    def latest(self, series: str, observed_from: str) -> pd.DataFrame:
        """Return today's values for a series without vintages: ``published`` is unknown (NaT)."""
        rows = self._pages({"series_id": series, "observation_start": observed_from})
        frame = _frame(series, list(rows))
        frame["published"] = pd.NaT
        return frame.astype({"published": "datetime64[s]"})

    def _between(self, series: str, observed_from: str, first: str, last: str) -> list[dict[str, Any]]:
        asked = {
            "series_id": series,
            "observation_start": observed_from,
            "realtime_start": first,
            "realtime_end": last,
        }
        try:
            return list(self._pages(asked))
        except DataError as error:
            if error.code != "too_many_vintages" or first >= last:
                raise
        middle = date.fromisoformat(first) + (date.fromisoformat(last) - date.fromisoformat(first)) / 2
        return [
            *self._between(series, observed_from, first, str(middle)),
            *self._between(series, observed_from, str(middle + timedelta(days=1)), last),
        ]

    def _pages(self, asked: dict[str, str]) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            found = self._ask(asked | {"limit": str(PAGE), "offset": str(offset)})
            yield from found["observations"]
            offset += len(found["observations"])
            if offset >= found["count"]:
                return

    def _ask(self, asked: dict[str, str]) -> dict[str, Any]:
        fields = asked | {"api_key": self._key, "file_type": "json", "sort_order": "asc"}
        try:
            answer = self._transport.request("GET", self._address, fields)
        except CredentialsError as error:
            if error.code != "key_refused":
                raise
            # Under load the service says this of good keys as well.
            self.pace.pause(2.0)
            answer = self._transport.request("GET", self._address, fields)
        found: dict[str, Any] = json.loads(answer.data)
        return found


def merged(frame: pd.DataFrame) -> pd.DataFrame:
    """Return each value from the first day on which it was out.

    Where a span is asked in parts, a value that stands across the seam comes twice: the first counts. A value that was
    replaced and came back is kept twice.
    """
    frame = frame.sort_values(["date", "published"], kind="stable", ignore_index=True)
    again = (frame["date"] == frame["date"].shift()) & (frame["value"] == frame["value"].shift())
    return frame[~again].reset_index(drop=True)


def _chunks(realtime: Span) -> Iterator[Span]:
    first, last = date.fromisoformat(realtime[0]), date.fromisoformat(realtime[1])
    while first <= last:
        end = min(first + timedelta(days=CHUNK_DAYS - 1), last)
        yield str(first), str(end)
        first = end + timedelta(days=1)


def _frame(series: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    try:
        good = [
            (row["date"], float(row["value"]), row["realtime_start"]) for row in rows if row["value"] not in (".", "")
        ]
        frame = pd.DataFrame(good, columns=list(VALUES))
        for name in ("date", "published"):
            frame[name] = pd.to_datetime(frame[name], format="%Y-%m-%d").astype("datetime64[s]")
    except (KeyError, TypeError, ValueError):
        raise TemporaryError(f"FRED's answer for {series} is not understood", code="junk") from None
    return frame


def _judge(status: int, body: bytes) -> MltrainerError | None:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if status == 200:
        return _junk(found)
    said = str(found.get("error_message", ""))[:250] if isinstance(found, dict) else ""
    said = said.removeprefix("Bad Request.").strip() or f"status {status}"
    if status == 429:
        return TemporaryError("FRED's limit of requests is reached", hint="try again in a minute", code="rate_limit")
    if "api_key" in said or status in (401, 403):
        return CredentialsError(f"FRED refused the key: {said}", hint="check FRED_API_KEY", code="key_refused")
    if status >= 500:
        return None
    if "vintage dates" in said and "exceeds" in said:
        return DataError(f"FRED: {said}", code="too_many_vintages")
    if "ALFRED" in said:
        return DataError(f"FRED keeps no vintages of this series: {said}", code="no_vintages")
    if "does not exist" in said:
        return UsageError(f"FRED: {said}", hint="check the id of the series", code="unknown_series")
    if "today's date" in said:
        return DataError(f"FRED: {said}", hint="the clock here is ahead, or --from lies in the future", code="clock")
    if status in (400, 404, 422):
        return UsageError(
            f"FRED refused the request: {said}", hint="check the series and FRED_BASE_URL", code="refused"
        )
    return None


def _junk(found: Any) -> TemporaryError | None:
    junk = TemporaryError("FRED answered with something else than observations", hint="try again later", code="junk")
    if not isinstance(found, dict) or not isinstance(rows := found.get("observations"), list):
        return junk
    count, limit, offset = found.get("count"), found.get("limit"), found.get("offset")
    if not (isinstance(count, int) and isinstance(limit, int) and isinstance(offset, int)):
        return junk
    if len(rows) < min(count - offset, limit):
        return TemporaryError(f"FRED's answer holds {len(rows)} of {count} observations", code="junk")
    return None


def is_series_id(text: str) -> bool:
    """Say whether this may be the id of a series."""
    return bool(re.fullmatch(r"[A-Z0-9_]{1,60}", text))
