"""Fetch splits and dividends from Polygon into the bar store, and go on where an earlier fetch stopped."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from mltrainer.data.barstore import ACTION, BarStore
from mltrainer.data.corporate import Action, sound
from mltrainer.data.fetch_bars import LATE_DAYS, FetchReport, Progress
from mltrainer.data.pace import Pace
from mltrainer.data.polygon import Polygon
from mltrainer.data.spans import Span, left_out
from mltrainer.settings.errors import DataError

TOGETHER_DAYS = 92
"""Over so many days the whole market's dividends take fewer requests than one a ticker."""


class ActionFetch:
    """One fetch: splits of the whole market by one list, dividends by ticker, or by one list for a few new days.

    Parameters
    ----------
    tickers
        What is wanted.
    first, last
        The span (ISO, both included).
    today
        The day in New York; what is announced for later is not asked for yet.

    Raises
    ------
    DataError
        ``no_sessions`` where the span begins in the future.
    """

    def __init__(
        self, store: BarStore, client: Polygon, tickers: Sequence[str], first: str, last: str, today: date
    ) -> None:
        self._store, self._client = store, client
        self.tickers = tuple(dict.fromkeys(tickers))
        last = min(last, str(today))
        if first > last:
            raise DataError(f"no day from {first} to {last} is there yet", hint="give other dates", code="no_sessions")
        days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
        asked = store.manifest.asked(ACTION, self.tickers)
        self.alone: list[str] = []
        self.together: list[str] = []
        starts = [first]
        for ticker in self.tickers:
            spans = asked.get(ticker, [])
            missing = left_out(days, spans)
            if not len(missing):
                continue
            newest = max((end for _, end in spans), default="")
            if newest and str(missing[0]) > newest and len(missing) <= TOGETHER_DAYS:
                self.together.append(ticker)
                starts.append(newest)
            else:
                self.alone.append(ticker)
        # The vendor may list some days late: an update looks back over them once more.
        since = str(date.fromisoformat(min(starts[1:], default=first)) - timedelta(days=LATE_DAYS))
        self._whole: Span = (first, last)
        self._new: Span = (since, last)
        self.report = FetchReport(tickers=len(self.tickers))

    @property
    def pace(self) -> Pace:
        """Return how often may be asked."""
        return self._client.pace

    @property
    def requests(self) -> int:
        """Return how many requests the plan needs at least, one page each."""
        return (1 + len(self.alone) if self.alone else 0) + (2 if self.together else 0)

    def run(self, progress: Progress) -> FetchReport:
        """Do the work; every ticker that has come is kept.

        Raises
        ------
        MltrainerError
            Where the vendor cannot be reached or refuses.
        """
        total = self.requests
        done = 0
        try:
            if self.together:
                splits, dividends = self._client.splits(*self._new), self._client.dividends(*self._new)
                done += 2
                for ticker in self.together:
                    self._keep(ticker, [*splits, *dividends], self._new)
                progress("new splits and dividends", done, total)
            if self.alone:
                splits = self._client.splits(*self._whole, self.alone[0] if len(self.alone) == 1 else None)
                done += 1
                progress("splits", done, total)
            for ticker in self.alone:
                self._keep(ticker, [*splits, *self._client.dividends(*self._whole, ticker)], self._whole)
                done += 1
                progress(ticker, done, total)
        finally:
            self.report.requests = self._client.requests
            self.report.there = len(self._store.manifest.asked(ACTION, self.tickers))
        return self.report

    def _keep(self, ticker: str, found: Sequence[Action], span: Span) -> None:
        actions, notes = sound(one for one in found if one.ticker == ticker)
        self.report.notes += notes
        self.report.bars += len(actions)
        self._store.put_actions(ticker, actions, span)
