"""Fetch macro series from FRED into the bar store, and go on where an earlier fetch stopped."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from mltrainer.data.barstore import MACRO, BarStore
from mltrainer.data.fetch_bars import FetchReport, Progress
from mltrainer.data.fred import CHUNK_DAYS, Fred, merged
from mltrainer.data.pace import Pace
from mltrainer.data.spans import Span, left_out, runs
from mltrainer.settings.errors import DataError, UsageError

EARLIER_DAYS = 730
"""Reference dates before the first publication day, so that changes over a year can be computed from the start."""


class MacroFetch:
    """One fetch of several series: first the plan, then the work.

    Parameters
    ----------
    first, last
        The span of publication days that is wanted (ISO): a trial from ``first`` on finds what was known then.
    today
        The day at the service. It is not asked for: it may still bring values, and none of them may be used today.

    Raises
    ------
    DataError
        ``no_sessions`` where no day of the span is over.
    """

    def __init__(
        self, store: BarStore, client: Fred, series: Sequence[str], first: str, last: str, today: date
    ) -> None:
        self._store, self._client = store, client
        self._observed_from = str(date.fromisoformat(first) - timedelta(days=EARLIER_DAYS))
        final = min(last, str(today - timedelta(days=1)))
        if first > final:
            raise DataError(f"no day from {first} to {last} is over yet", hint="give other dates", code="no_sessions")
        days = np.arange(np.datetime64(first), np.datetime64(final) + 1)
        asked = store.manifest.asked(MACRO)
        self.plan: list[tuple[str, Span]] = [
            (name, run) for name in dict.fromkeys(series) for run in runs(left_out(days, asked.get(name, ())), days)
        ]
        self._names = set(series)
        self.report = FetchReport(tickers=len(self._names))

    @property
    def pace(self) -> Pace:
        """Return how often may be asked."""
        return self._client.pace

    @property
    def requests(self) -> int:
        """Return how many requests the plan needs at least."""
        return sum((_days(span) - 1) // CHUNK_DAYS + 1 for _, span in self.plan)

    def run(self, progress: Progress) -> FetchReport:
        """Do the work; every series that has come is kept.

        Raises
        ------
        MltrainerError
            Where the service cannot be reached or refuses the key.
        """
        try:
            for done, (name, span) in enumerate(self.plan, start=1):
                try:
                    self._series(name, span)
                except UsageError as error:
                    self.report.notes.append(f"{name}: {error.message}")
                progress(name, done, len(self.plan))
        finally:
            self.report.requests = self._client.requests
            self.report.there = len(self._store.manifest.files(MACRO, self._names))
        return self.report

    def _series(self, name: str, span: Span) -> None:
        old = self._store.macro([name]).drop(columns="series_id")
        try:
            new = self._client.vintages(name, self._observed_from, span)
        except DataError as error:
            if error.code != "no_vintages":
                raise
            new = self._client.latest(name, self._observed_from)
            self.report.notes.append(f"{name}: no vintages are kept; a lag of its release is applied")
            # Without vintages the newest answer is all there is.
            old = old[old["date"] < new["date"].min()]
        if new.empty:
            self.report.notes.append(f"{name}: FRED sent no values; it is asked again next time")
            return
        self.report.bars += len(new)
        whole = pd.concat([old, new], ignore_index=True) if len(old) else new
        self._store.put_macro(name, merged(whole), span)


def _days(span: Span) -> int:
    return (date.fromisoformat(span[1]) - date.fromisoformat(span[0])).days + 1
