"""The data of a trial, as its result document tells them."""

from typing import Any, Literal

from mltrainer.settings.parts.part import Part


class ExcludedTicker(Part):
    """A ticker of the data that was never a member of the universe, and why."""

    ticker: str
    reason: str


class FaultEntry(Part):
    """One fault of the data, as the quality gate found it."""

    code: str
    ticker: str
    date: str
    severity: Literal["info", "warning", "error"]
    detail: str
    known_at: str | None = None


class Absent(Part):
    """Columns of the bars that the data do not have at all, and what is left out for that: nothing is filled.

    ``features`` are those of the feature set that do not exist without them, ``checks`` the faults that are not looked
    for.
    """

    columns: list[str]
    features: list[str]
    checks: list[str]


class DataPart(Part):
    """The data of a trial and their provenance."""

    source: str
    simulated: bool
    as_of: str
    first: str
    last: str
    tickers: int
    sessions: int
    rows: int
    fingerprint: str
    delay: str
    excluded: list[ExcludedTicker] = []
    faults: list[FaultEntry] = []
    fault_counts: dict[str, int] = {}
    path: str | None = None
    absent: Absent | None = None
    simulation: dict[str, Any] | None = None
