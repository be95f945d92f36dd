"""Sessions of the New York Stock Exchange."""

import numpy as np

from mltrainer.data.panel import DateArray

_MARGIN = np.timedelta64(15, "D")


def sessions_between(first: np.datetime64, last: np.datetime64) -> DateArray:
    """Return the XNYS sessions from ``first`` to ``last``, both included, as ``datetime64[D]``."""
    # Loaded here because it is slow to import and its calendars are built on call.
    from exchange_calendars import get_calendar

    # The library refuses spans without a session, hence the margin that is cut off again.
    calendar = get_calendar("XNYS", start=str(first - _MARGIN), end=str(last + _MARGIN))
    days = calendar.sessions.to_numpy().astype("datetime64[D]")
    return days[(days >= first) & (days <= last)]


def sessions_from(start: np.datetime64, count: int) -> DateArray:
    """Return the first ``count`` XNYS sessions on or after ``start``."""
    # About 252 sessions a year; 1.5 calendar days a session always suffice.
    return sessions_between(start, start + np.timedelta64(int(count * 1.5) + 15, "D"))[:count]
