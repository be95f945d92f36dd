"""Fetch daily bars from Polygon into the bar store, and go on where an earlier fetch stopped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pandas as pd

from mltrainer.data.barstore import COLUMNS, DAILY, BarStore
from mltrainer.data.fetch_plan import FetchPlan, finished_sessions, plan_fetch
from mltrainer.data.pace import Pace
from mltrainer.data.polygon import NEW_YORK, Bar, Polygon
from mltrainer.data.spans import Span
from mltrainer.settings.errors import DataError, UsageError

Progress = Callable[[str, int, int], None]
"""Called with what was done, how many requests are done, and how many there are."""

LATE_DAYS = 7
"""A vendor may be late by some days: a span that ends nearer to now counts as asked only as far as bars came."""
SKEW_SECONDS = 300


@dataclass
class FetchReport:
    """What a fetch brought: rows, at the cost of requests, and how many of the wanted names are there now."""

    bars: int = 0
    requests: int = 0
    tickers: int = 0
    there: int = 0
    notes: list[str] = field(default_factory=list)


class BarFetch:
    """One fetch: first the plan, which costs nothing, then the work.

    Parameters
    ----------
    store, client
        Where to and where from.
    tickers
        What is wanted.
    first, last
        The span (ISO, both included).
    now
        Our own clock.

    Raises
    ------
    DataError
        ``no_sessions`` where the span holds no finished session.
    """

    def __init__(
        self,
        store: BarStore,
        client: Polygon,
        tickers: Sequence[str],
        first: str,
        last: str,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store, self._client, self._now = store, client, now
        self._first, self._last = first, last
        self.tickers = tuple(dict.fromkeys(tickers))
        sessions = finished_sessions(first, last, now())
        if not len(sessions):
            raise DataError(
                f"no session from {first} to {last} is finished yet", hint="give other dates", code="no_sessions"
            )
        self.plan: FetchPlan = plan_fetch(self.tickers, sessions, store.manifest.asked(DAILY))
        self.report = FetchReport(tickers=len(self.tickers))

    @property
    def pace(self) -> Pace:
        """Return how often may be asked."""
        return self._client.pace

    @property
    def requests(self) -> int:
        """Return how many requests the plan needs, the look at splits included."""
        return self.plan.requests + self._splits_due()

    def run(self, progress: Progress) -> FetchReport:
        """Do the work; whatever has come is kept, also where this ends by an error or by the user.

        Raises
        ------
        MltrainerError
            Where the vendor cannot be reached or refuses.
        """
        done, total = 0, self.requests
        try:
            if self._splits_due():
                self._refetch_split()
                done += 1
                progress("splits", done, total)
            for day, tickers in self.plan.days.items():
                self._day(day, tickers)
                done += 1
                progress(day, done, total)
            for ticker, span in self.plan.histories:
                self._history(ticker, span)
                done += 1
                progress(ticker, done, total)
            self._store.fold()
        finally:
            self.report.requests = self._client.requests
            self.report.there = len(self._store.manifest.files(DAILY, self.tickers))
        self._note_skew()
        return self.report

    def _history(self, ticker: str, span: Span, *, replace: bool = False) -> bool:
        """Fetch one span of a ticker, and say whether there were bars."""
        received: list[Bar] = []
        whole = False
        try:
            for bar in self._client.history(ticker, *span):
                # One by one: what came before a page that fails is kept.
                received.append(bar)  # noqa: PERF402
            whole = True
        except UsageError as error:
            self.report.notes.append(f"{ticker}: {error.message}")
        finally:
            # Also where a later page failed: what came in order before it is good, and need not come again.
            if whole or not replace:
                self._keep(ticker, span, received, whole=whole, replace=replace)
        if whole and not received:
            self._explain_empty(ticker, span)
        return bool(received)

    def _keep(self, ticker: str, span: Span, received: list[Bar], *, whole: bool, replace: bool) -> None:
        good = self._finished(received)
        if not good:
            return
        first, last = span
        today = self._client.now.astimezone(NEW_YORK).date()
        if not whole or last > str(today - timedelta(days=LATE_DAYS)):
            last = max(bar.day for bar in good)
        frame = _frame(good).drop(columns="ticker")
        self._store.put(ticker, frame, (first, last), basis=str(today), replace=replace)
        self.report.bars += len(frame)

    def _day(self, day: str, tickers: Sequence[str]) -> None:
        try:
            bars = self._finished(self._client.day(day))
        except DataError as error:
            if error.code != "session_unfinished":
                raise
            bars = []
        wanted = set(tickers)
        frame = _frame([bar for bar in bars if bar.ticker in wanted])
        # The vendor fills a session over some hours: what is not half there counts as not there.
        if len(frame) * 2 < len(tickers) or frame.empty:
            held = f"{len(frame)} of {len(tickers)} bars"
            self.report.notes.append(f"{day}: Polygon has {held} of this session yet; it is asked again next time")
            return
        basis = str(self._client.now.astimezone(NEW_YORK).date())
        self._store.put_day(day, frame, tickers, basis=basis)
        self.report.bars += len(frame)

    def _finished(self, bars: list[Bar]) -> list[Bar]:
        """Leave out today's bar while it still changes, by the vendor's clock."""
        if not bars:
            return bars
        first, last = min(bar.day for bar in bars), max(bar.day for bar in bars)
        finished = {str(day) for day in finished_sessions(first, last, self._client.now)}
        end = max(finished, default="")
        # A bar on a day without a session is a fault for the quality gate to name, not one to lose here.
        return [bar for bar in bars if bar.day <= end]

    def _splits_due(self) -> bool:
        """Say whether a split may have changed stored prices: asked once a day, and only where something is fetched."""
        today = str(self._now().astimezone(NEW_YORK).date())
        if not self.plan.requests or (self._store.manifest.fact("splits_until") or "") >= today:
            return False
        return any(row["basis"] < today for row in self._store.manifest.files(DAILY))

    def _refetch_split(self) -> None:
        """Fetch whole again what was split after it was fetched: a split changes every price before it."""
        held = self._store.manifest.files(DAILY)
        today = str(self._now().astimezone(NEW_YORK).date())
        split: dict[str, str] = {}
        for one in self._client.splits(min(row["basis"] for row in held), today):
            split[one.ticker] = max(split.get(one.ticker, ""), one.day)
        asked = self._store.manifest.asked(DAILY)
        for row in held:
            ticker = row["name"]
            if split.get(ticker, "") >= row["basis"]:
                spans = asked[ticker]
                if self._history(ticker, (spans[0][0], spans[-1][1]), replace=True):
                    self.report.notes.append(f"{ticker}: split on {split[ticker]}; its bars were fetched again")
        self._store.set_fact("splits_until", today)

    def _explain_empty(self, ticker: str, span: Span) -> None:
        known = self._client.reference(ticker, span[1])
        if known is None:
            said = f"Polygon knows no such ticker on {span[1]}"
        elif known.get("list_date", "") > span[1]:
            said = f"listed on {known['list_date']}, after this span"
        else:
            said = "Polygon knows it but sent no bars; it is asked again next time"
        self.report.notes.append(f"{ticker}: no bars from {span[0]} to {span[1]} ({said})")

    def _note_skew(self) -> None:
        skew = (self._client.now - self._now()).total_seconds()
        if self.report.requests and abs(skew) > SKEW_SECONDS:
            self.report.notes.append(
                f"the clock here is {abs(skew) / 60:.0f} minutes {'behind' if skew > 0 else 'ahead of'} Polygon's"
            )


def _frame(bars: list[Bar]) -> pd.DataFrame:
    frame = pd.DataFrame(bars, columns=["ticker", "date", *COLUMNS])
    frame["date"] = pd.to_datetime(frame["date"]).astype("datetime64[s]")
    return frame.drop_duplicates(["ticker", "date"], keep="last", ignore_index=True)
