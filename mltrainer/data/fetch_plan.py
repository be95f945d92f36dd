"""What is not there yet, and the fewest requests that bring it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

import numpy as np

from mltrainer.data.calendar import sessions_between
from mltrainer.data.panel import DateArray
from mltrainer.data.polygon import NEW_YORK
from mltrainer.data.spans import Span, left_out, runs

FINISHED_FROM = time(20, 0)
"""In New York: trading after hours ends, and with it the last change of a day's volume."""


@dataclass(frozen=True)
class FetchPlan:
    """The requests of a fetch.

    Parameters
    ----------
    histories
        One ticker and span a request.
    days
        One session a request, with the tickers that need it.
    """

    histories: tuple[tuple[str, Span], ...] = ()
    days: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        """Return how many there are, one page each."""
        return len(self.histories) + len(self.days)


def finished_sessions(first: str, last: str, now: datetime) -> DateArray:
    """Return the sessions from ``first`` to ``last`` whose bars no longer change at the moment ``now``."""
    here = now.astimezone(NEW_YORK)
    end = np.datetime64(here.date().isoformat())
    if here.time() < FINISHED_FROM:
        end -= np.timedelta64(1, "D")
    final = min(np.datetime64(last), end)
    if final < np.datetime64(first):
        return np.array([], dtype="datetime64[D]")
    return sessions_between(np.datetime64(first), final)


def plan_fetch(tickers: Sequence[str], sessions: DateArray, asked: Mapping[str, Sequence[Span]]) -> FetchPlan:
    """Return the cheapest requests for what is missing.

    The history of a ticker is one request, and a session of the whole market is one as well: a few new sessions of
    many tickers come by session, all else by ticker. Nothing that was asked for before is asked for again.

    Parameters
    ----------
    tickers
        What is wanted.
    sessions
        The finished sessions that are wanted.
    asked
        What was asked for and answered, by ticker.
    """
    histories: list[tuple[str, Span]] = []
    ends: dict[str, DateArray] = {}
    for ticker in dict.fromkeys(tickers):
        spans = asked.get(ticker, ())
        missing = left_out(sessions, spans)
        newest = np.datetime64(max((last for _, last in spans), default="9999-12-31"))
        if len(end := missing[missing > newest]):
            ends[ticker] = end
        histories += [(ticker, run) for run in runs(missing[missing <= newest], sessions)]
    by_day = _cheaper_by_day(ends)
    days: dict[str, list[str]] = {}
    for ticker, end in ends.items():
        if ticker not in by_day:
            histories += [(ticker, run) for run in runs(end, sessions)]
        else:
            for day in end:
                days.setdefault(str(day), []).append(ticker)
    return FetchPlan(tuple(sorted(histories)), {day: tuple(days[day]) for day in sorted(days)})


def _cheaper_by_day(ends: Mapping[str, DateArray]) -> set[str]:
    """Return the tickers whose newest sessions are best fetched by session: those that lack the fewest."""
    order = sorted(ends, key=lambda ticker: len(ends[ticker]))
    best: set[str] = set()
    least = len(order)
    days: set[str] = set()
    for count, ticker in enumerate(order, start=1):
        days |= {str(day) for day in ends[ticker]}
        cost = len(days) + len(order) - count
        if cost < least:
            least, best = cost, set(order[:count])
    return best
