"""What the rows of the tables in a result document go by."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

# In this order: the first is the one that rows of two documents are matched by.
_NAMED_BY = ("ticker", "model", "name", "check", "regime", "stop", "feature", "figure", "code", "rank")
_MEMBERS = re.compile(r"\(([^()]*)\)")

Row = Mapping[str, Any]


class Rows:
    """The rows of a list, and what they go by; what else is in the list is left out."""

    def __init__(self, place: Sequence[Any]) -> None:
        self.all: list[Row] = [row for row in place if isinstance(row, Mapping)]
        self._names = [_names_of(row, at) for at, row in enumerate(self.all)]

    def named(self, name: str) -> list[Row]:
        """Return the rows that go by a name: the figures of one model, say."""
        wanted = plain(name)
        return [row for row, names in zip(self.all, self._names, strict=True) if wanted in names]

    def names(self) -> list[str]:
        """Return a name of each row, or their places where two have the same."""
        first = [names[0] for names in self._names]
        return first if len(set(first)) == len(first) else list(map(str, range(len(first))))


def _names_of(row: Row, place: int) -> list[str]:
    """Return what a row goes by: its names, else its range and its place from 0."""
    if names := [plain(str(row[key])) for key in _NAMED_BY if key in row]:
        return names
    if "horizon" in row:
        return ["-".join(map(str, row["horizon"])), str(place)]
    if "score_from" in row:
        return [f"{row['score_from']:g}-{row['score_to']:g}", str(place)]
    if "from" in row and "to" in row:
        ends = f"{100 * row['from']:g}-{100 * row['to']:g}"
        return [f"{ends}%", ends, f"{row['from']:g}-{row['to']:g}", f"{row['from']:g}", str(place)]
    return [str(place)]


def plain(name: str) -> str:
    """Return a name as it is compared; the members of an ensemble may be written in any order, with spaces."""
    if name.isalnum():
        return name.lower()
    joined = "".join(name.split()).lower()
    return _MEMBERS.sub(_sorted, joined) if "(" in joined else joined


def _sorted(members: re.Match[str]) -> str:
    return f"({','.join(sorted(members[1].split(',')))})"
