"""What a path such as ``random_forest.portfolio.sharpe`` leads to in a result document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from mltrainer.agent.citation.rows import Rows

# The lists whose rows may be cited by their name alone.
_UNNAMED = ("evaluation", "baselines", "benchmarks", "candidates")
_ENDS = {"0": 0, "lower": 0, "low": 0, "1": 1, "upper": 1, "high": 1}
# What stands under these is of the kind that the row names as its figure.
_OF_FIGURES = ("before", "holdout", "lower", "upper")


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
        Keys with dots between them. Rows of lists go by their model, ticker, name, rank and the like; those of
        ``evaluation``, ``baselines``, ``benchmarks`` and ``candidates`` by that alone, and what the strategy of a model
        earned without ``portfolio``. A key that only one part of the document has needs no part.

    Notes
    -----
    Where no row is named, all rows are meant: ``candidates.confidence``. Rows without a name go by their range
    (``bands.60-70%``, ``sensitivity.5-7``) or by their place, from 0.
    """
    parts = _split(path)
    if parts[0] in document:
        return _follow(document[parts[0]], parts[1:], Found(parts[0], None, document))
    for name in _UNNAMED:
        if found := _follow(document.get(name), parts, Found(name, None, document)):
            return found
    inside = [one for one in document.values() if isinstance(one, Mapping) and parts[0] in one]
    return _follow(inside[0], parts, Found("", None, document)) if len(inside) == 1 else []


def names_near(document: Mapping[str, Any], path: str) -> str:
    """Return what may have been meant by a path that leads nowhere: ``random_forest has auc, auc_by_date``."""
    parts = _split(path)
    for size in range(len(parts) - 1, 0, -1):
        if found := look_up(document, ".".join(parts[:size])):
            return _names_in(".".join(parts[:size]), found[0].value, parts[size])
    rows = [name for key in _UNNAMED for name in Rows(document.get(key, [])).names()]
    parts_of = [key for key, value in document.items() if isinstance(value, (Mapping, list)) and value]
    return _names_in("it", [*rows[:6], *parts_of, *rows[6:]], parts[0])


def _names_in(place: str, value: Any, wanted: str) -> str:
    names = list(map(str, value)) if isinstance(value, (list, Mapping)) else []
    if isinstance(value, list) and any(isinstance(row, Mapping) for row in value):
        names = Rows(value).names()
    return f"{place} has {', '.join(get_close_matches(wanted, names, 4, 0.5) or names[:8])}" if names else ""


def _split(path: str) -> list[str]:
    return [part.strip() for part in path.split(".")]


def _follow(place: Any, parts: Sequence[str], passed: Found) -> list[Found]:
    """Return what lies at the end of a path; ``passed`` has the key, the entry and the rows that led to this place."""
    if not parts:
        return [replace(passed, value=place)]
    if isinstance(place, Mapping):
        # A key may hold a dot: "return_quantiles.0.05".
        for size in (1, 2):
            if (key := ".".join(parts[:size])) in place:
                meaning = _meaning(passed.key, key, place)
                return _follow(place[key], parts[size:], replace(passed, key=meaning, entry=place))
        # What a part holds may be cited without the part: the rows of a table, the figures of the strategy.
        # The place of a row says nothing there.
        inside = [
            one
            for key, one in place.items()
            if key == "portfolio" or (isinstance(one, list) and not parts[0].isdecimal())
        ]
        ways = [_follow(one, parts, replace(passed, key="", entry=place)) for one in inside]
        # The only row of a table that was not named could be any.
        return next((found for found in ways if len(found) > 1 or (found and found[0].rows == passed.rows)), [])
    if not isinstance(place, (list, tuple)):
        return []
    if len(place) == 2 and not isinstance(place[0], Mapping):
        end = _ENDS.get(parts[0]) if len(parts) == 1 else None
        return [] if end is None else [replace(passed, value=place[end])]
    rows = Rows(place)
    # Dots stand in tickers, and two of them in a range such as "0.6-0.7".
    for size in (3, 2, 1):
        meant = rows.named(".".join(parts[:size]))
        if len(meant) == 1:
            return _follow(meant[0], parts[size:], replace(passed, key="", entry=meant[0]))
        if meant and len(meant) < len(rows.all):
            return _follow(meant, parts[size:], passed)
    return [
        one
        for name, row in zip(rows.names(), rows.all, strict=True)
        for one in _follow(row, parts, Found("", None, row, (*passed.rows, name)))
    ]


def _meaning(part: str, key: str, entry: Mapping[str, Any]) -> str:
    """Return what the figure under a key is, where the key alone does not say it."""
    if (part, key) == ("regime", "score"):
        return "regime_score"
    return str(entry["figure"]) if key in _OF_FIGURES and "figure" in entry else key
