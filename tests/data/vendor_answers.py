"""Answers in Polygon's envelope, made from a small market that the tests know."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from mltrainer.data.calendar import sessions_between

NEW_YORK = ZoneInfo("America/New_York")
Fields = dict[str, str]


def close_of(ticker: str, day: str) -> float:
    """Return a price that belongs to this ticker and day alone."""
    return round(50 + (sum(map(ord, ticker)) * 31 + int(day.replace("-", ""))) % 997 / 100, 2)


def stamp(day: str, hour: int = 0) -> int:
    return int(datetime.fromisoformat(f"{day}T{hour:02}:00:00").replace(tzinfo=NEW_YORK).timestamp() * 1000)


def bar(ticker: str, day: str, hour: int = 0) -> dict[str, float]:
    close = close_of(ticker, day)
    return {"v": 1.12e6, "o": close - 0.1, "c": close, "h": close + 0.5, "l": close - 0.5, "t": stamp(day, hour)}


class Market:
    """Serves aggregates and grouped days of some tickers; pages of ``page`` bars, from ``listed`` to ``until``."""

    def __init__(self, tickers: tuple[str, ...], listed: str = "2000-01-03", until: str = "2030-12-31") -> None:
        self.tickers, self.listed, self.until = tickers, listed, until
        self.page = 50_000
        self.factor: dict[str, float] = {}

    def aggs(self, path: str, fields: Fields) -> dict[str, object]:
        ticker, first, last = path.split("/")[4], path.split("/")[8], path.split("/")[9]
        days = [str(day) for day in self.sessions(first, last)] if ticker in self.tickers else []
        start = int(fields.get("cursor", "0"))
        part = [self._scaled(ticker, bar(ticker, day)) for day in days[start : start + self.page]]
        found: dict[str, object] = {"ticker": ticker, "status": "DELAYED", "adjusted": True, "resultsCount": len(part)}
        if part:
            found["results"] = part
        if start + self.page < len(days):
            found["next_url"] = f"https://api.massive.com{path}?cursor={start + self.page}"
        return found

    def grouped(self, path: str, fields: Fields) -> dict[str, object]:
        day = path.split("/")[-1]
        open_then = len(self.sessions(day, day)) > 0
        rows = [{"T": name} | self._scaled(name, bar(name, day, 16)) for name in (*self.tickers, "OTHER") if open_then]
        return {"status": "OK", "adjusted": True, "resultsCount": len(rows)} | ({"results": rows} if rows else {})

    def sessions(self, first: str, last: str) -> np.ndarray:
        first, last = max(first, self.listed), min(last, self.until)
        return sessions_between(np.datetime64(first), np.datetime64(last)) if first <= last else np.array([])

    def _scaled(self, ticker: str, found: dict[str, float]) -> dict[str, float]:
        factor = self.factor.get(ticker, 1.0)
        return {key: value * factor if key in "ochl" else value for key, value in found.items()}

    def serve(self, server: object) -> None:
        server.makers += [("/v2/aggs/ticker/", self.aggs), ("/v2/aggs/grouped/", self.grouped)]  # type: ignore[attr-defined]
        server.answers["/v3/reference/splits"] = {"status": "OK", "results": []}  # type: ignore[attr-defined]
