"""Sessions of the New York Stock Exchange."""

from functools import lru_cache

import numpy as np

from mltrainer.data.panel import DateArray


def sessions_between(first: np.datetime64, last: np.datetime64) -> DateArray:
    """Return the XNYS sessions from ``first`` to ``last``, both included, as ``datetime64[D]``."""
    days = _whole_years(str(first.astype("datetime64[Y]")), str(last.astype("datetime64[Y]")))
    return days[(days >= first) & (days <= last)]


def sessions_from(start: np.datetime64, count: int) -> DateArray:
    """Return the first ``count`` XNYS sessions on or after ``start``."""
    # About 252 sessions a year; 1.5 calendar days a session always suffice.
    return sessions_between(start, start + np.timedelta64(int(count * 1.5) + 15, "D"))[:count]


@lru_cache(maxsize=8)
def _whole_years(first: str, last: str) -> DateArray:
    """Return the sessions of these years; a calendar takes a tenth of a second to build, so it is kept."""
    # Loaded here because it is slow to import.
    from exchange_calendars import get_calendar

    days = get_calendar("XNYS", start=f"{first}-01-01", end=f"{last}-12-31").sessions.to_numpy().astype("datetime64[D]")
    days.flags.writeable = False
    return days
