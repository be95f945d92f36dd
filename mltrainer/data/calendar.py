"""Sessions of the New York Stock Exchange."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np

from mltrainer.data.panel import BoolArray, DateArray

# Closing prices of the delayed feeds are out a quarter of an hour after the close.
SETTLED = timedelta(minutes=15)
_FULL_DAY = np.timedelta64(6 * 60 + 30, "m")


def sessions_between(first: np.datetime64, last: np.datetime64) -> DateArray:
    """Return the XNYS sessions from ``first`` to ``last``, both included, as ``datetime64[D]``; none backwards."""
    if last < first:
        return np.array([], dtype="datetime64[D]")
    days, _, _ = _whole_years(str(first.astype("datetime64[Y]")), str(last.astype("datetime64[Y]")))
    return days[(days >= first) & (days <= last)]


def sessions_from(start: np.datetime64, count: int) -> DateArray:
    """Return the first ``count`` XNYS sessions on or after ``start``."""
    # About 252 sessions a year; 1.5 calendar days a session always suffice.
    return sessions_between(start, start + np.timedelta64(int(count * 1.5) + 15, "D"))[:count]


def half_days(sessions: DateArray) -> BoolArray:
    """Return which of these XNYS sessions ended early, such as those before Thanksgiving's Friday and Christmas."""
    if not len(sessions):
        return np.zeros(0, dtype=bool)
    days, opens, closes = _whole_years(
        str(sessions[0].astype("datetime64[Y]")), str(sessions[-1].astype("datetime64[Y]"))
    )
    short = days[closes - opens < _FULL_DAY]
    return np.isin(sessions, short)


def last_finished_session(now: datetime | None = None) -> np.datetime64:
    """Return the latest XNYS session whose closing prices are known at ``now`` (aware; the present unless given)."""
    moment = (now or datetime.now(UTC)).astimezone(UTC) - SETTLED
    day = np.datetime64(moment.date(), "D")
    days, _, closes = _whole_years(str((day - 31).astype("datetime64[Y]")), str(day.astype("datetime64[Y]")))
    return days[closes <= np.datetime64(moment.replace(tzinfo=None), "m")][-1]


def last_finished_before(latest: np.datetime64) -> np.datetime64 | None:
    """Return the latest finished session where bars up to ``latest`` may be of a later one, else None."""
    # The calendar of this year takes a while to build.
    return last_finished_session() if latest > np.datetime64(datetime.now(UTC).date(), "D") - 31 else None


@lru_cache(maxsize=8)
def _whole_years(first: str, last: str) -> tuple[DateArray, DateArray, DateArray]:
    """Return the sessions of these years with their opening and closing times in UTC.

    A calendar takes a tenth of a second to build, so it is kept.
    """
    # Loaded here because it is slow to import.
    from exchange_calendars import get_calendar

    calendar = get_calendar("XNYS", start=f"{first}-01-01", end=f"{last}-12-31")
    days = calendar.sessions.to_numpy().astype("datetime64[D]")
    opens, closes = (
        nanoseconds.astype("datetime64[ns]").astype("datetime64[m]")
        for nanoseconds in (calendar.opens_nanos, calendar.closes_nanos)
    )
    for times in (days, opens, closes):
        times.flags.writeable = False
    return days, opens, closes
