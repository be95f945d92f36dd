"""What a path such as ``random_forest.portfolio.sharpe`` leads to in a result document."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

# What a row of a list is named by, and the lists whose rows may be cited by their name alone.
_NAMED_BY = ("ticker", "model", "name", "check", "regime", "rank")
_UNNAMED = ("evaluation", "baselines", "benchmarks", "candidates")
_MEMBERS = re.compile(r"\(([^()]*)\)")
_ENDS = {"0": 0, "lower": 0, "low": 0, "1": 1, "upper": 1, "high": 1}


@dataclass(frozen=True)
class Found:
    """What lies at the end of a path.

    Parameters
    ----------
    key
        What it is, by the document's own key; the score of the regime is ``regime_score``.
    entry
        The part of the document it stands in.
    rows
        The rows that it was found in because none was named, by their names.
    """

    key: str
    value: Any
    entry: Mapping[str, Any]
    rows: tuple[str, ...] = ()


def look_up(document: Mapping[str, Any], path: str) -> list[Found]:
    """Return what a path leads to: one thing, or one for each row of a list; nothing where it leads nowhere.

    Parameters
    ----------
    document
        A result document.
    path
        Keys with dots between them. Rows of lists go by their model, ticker, name or rank; those of ``evaluation``,
        ``baselines``, ``benchmarks`` and ``candidates`` by that alone, and what the strategy of a model earned without
        ``portfolio``. A key that only one part of the document has needs no part.

    Notes
    -----
    Where no row is named, all rows are meant: ``candidates.confidence``.
    """
    parts = [part.strip() for part in path.split(".")]
    if parts[0] in document:
        return _follow(document[parts[0]], parts[1:], Found(parts[0], None, document))
    for name in _UNNAMED:
        if found := _follow(document.get(name), parts, Found(name, None, document)):
            return found
    inside = [one for one in document.values() if isinstance(one, Mapping) and parts[0] in one]
    return _follow(inside[0], parts, Found("", None, document)) if len(inside) == 1 else []


def _follow(place: Any, parts: Sequence[str], passed: Found) -> list[Found]:
    """Return what lies at the end of a path; ``passed`` has the key, the entry and the rows that led to this place."""
    if not parts:
        return [replace(passed, value=place)]
    if isinstance(place, Mapping):
        # A key may hold a dot: "return_quantiles.0.05".
        for size in range(1, min(3, len(parts) + 1)):
            if (key := ".".join(parts[:size])) in place:
                name = "regime_score" if (passed.key, key) == ("regime", "score") else key
                return _follow(place[key], parts[size:], replace(passed, key=name, entry=place))
        # What a part holds may be cited without the part: the rows of a table, the figures of the strategy.
        inside = [one for key, one in place.items() if isinstance(one, list) or key == "portfolio"]
        return next(filter(None, (_follow(one, parts, replace(passed, key="", entry=place)) for one in inside)), [])
    if not isinstance(place, (list, tuple)):
        return []
    if len(place) == 2 and not isinstance(place[0], Mapping):
        end = _ENDS.get(parts[0]) if len(parts) == 1 else None
        return [] if end is None else [replace(passed, value=place[end])]
    rows = [row for row in place if isinstance(row, Mapping)]
    names_of = [[_plain(str(row[key])) for key in _NAMED_BY if key in row] for row in rows]
    # A ticker may hold a dot.
    for size in (1, 2):
        wanted = _plain(".".join(parts[:size]))
        for row, names in zip(rows, names_of, strict=True):
            if wanted in names:
                return _follow(row, parts[size:], replace(passed, key="", entry=row))
    names = [(*names, "")[0] for names in names_of]
    if len(set(names)) < len(names):
        names = list(map(str, range(len(rows))))
    return [
        one
        for row, name in zip(rows, names, strict=True)
        for one in _follow(row, parts, Found("", None, row, (*passed.rows, name)))
    ]


def _plain(name: str) -> str:
    """Return a name as it is compared; the members of an ensemble may be written in any order, with spaces."""
    plain = "".join(name.split()).lower()
    return _MEMBERS.sub(_sorted, plain) if "(" in plain else plain


def _sorted(members: re.Match[str]) -> str:
    return f"({','.join(sorted(members[1].split(',')))})"
