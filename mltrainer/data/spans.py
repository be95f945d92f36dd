"""Spans of days that were asked for, and which sessions they leave out: pure functions on sorted pairs."""

from collections.abc import Iterable, Sequence

import numpy as np

from mltrainer.data.panel import DateArray

Span = tuple[str, str]
"""First and last day, ISO, both included."""


def joined(spans: Iterable[Span], sessions: DateArray) -> list[Span]:
    """Return the spans sorted, with those put together between which no session lies.

    Parameters
    ----------
    spans
        In any order, overlapping or not.
    sessions
        Exchange sessions that reach over all spans.
    """
    found: list[Span] = []
    for first, last in sorted(spans):
        if found and _none_between(found[-1][1], first, sessions):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def left_out(sessions: DateArray, spans: Sequence[Span]) -> DateArray:
    """Return the sessions that lie in none of the spans."""
    covered = np.zeros(len(sessions), dtype=bool)
    for first, last in spans:
        covered |= (sessions >= np.datetime64(first)) & (sessions <= np.datetime64(last))
    return sessions[~covered]


def runs(missing: DateArray, sessions: DateArray) -> list[Span]:
    """Return sessions as spans without a break: each is one request."""
    if not len(missing):
        return []
    places = np.searchsorted(sessions, missing)
    parts = np.split(missing, np.flatnonzero(np.diff(places) > 1) + 1)
    return [(str(part[0]), str(part[-1])) for part in parts]


def _none_between(end: str, start: str, sessions: DateArray) -> bool:
    return not ((sessions > np.datetime64(end)) & (sessions < np.datetime64(start))).any()
