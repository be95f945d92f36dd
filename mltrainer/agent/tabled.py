"""Figures of a result in few characters: tables with a line a row, whose heads are the keys that references take."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from mltrainer.agent.citation.rows import Rows

Row = Mapping[str, Any]
Column = tuple[str, Callable[[Row], Any]]


def key(name: str) -> Column:
    """Return a column of a figure; one of a part of the row is called as references to it are: ``portfolio.cagr``."""
    *parts, last = name.split(".")

    def show(row: Row) -> Any:
        for part in parts:
            row = row.get(part) or {}
        return row.get(last)

    return name, show


def with_interval(name: str) -> Column:
    """Return a column of a metric with its 90 % interval."""

    def show(row: Row) -> Any:
        value, between = row.get(name), (row.get("intervals") or {}).get(name)
        return value if value is None or not between else f"{short(value)} [{pair(between)}]"

    return name, show


def table(
    title: str, rows: Sequence[Row], columns: Sequence[Column], *, separated: tuple[int, str] = (0, "")
) -> list[str]:
    """Return a table; what no row has is left out, and what all rows have alike is told once, in the title.

    Parameters
    ----------
    separated
        Before which row a line of its own stands, and that line.
    """
    cells = {name: [read(row) for row in rows] for name, read in columns}
    texts = {
        name: ["" if one is None else short(one) for one in column]
        for name, column in cells.items()
        if any(one is not None for one in column)
    }
    if not texts:
        return []
    first, *rest = texts
    alike = [name for name in rest if len(rows) > 1 and len(set(texts[name])) == 1]
    beside = f" (in all rows {', '.join(f'{name} {texts[name][0]}' for name in alike)})" if alike else ""
    shown = [first, *(name for name in rest if name not in alike)]
    lines = ["|".join(texts[name][place] for name in shown) for place in range(len(rows))]
    place, line = separated
    if line and 0 < place < len(rows):
        lines.insert(place, line)
    return [f"{title}{beside}:", "|".join(shown), *lines]


def flat(part: Row, before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield what a part holds with the path that leads there; rows go by their names, longer lists are left out."""
    for name, value in part.items():
        path = f"{before}{name}"
        if isinstance(value, Mapping):
            yield from flat(value, f"{path}.")
        elif isinstance(value, list) and len(value) == 2 and all(isinstance(end, (int, float)) for end in value):
            yield path, pair(value)
        elif isinstance(value, list):
            rows = Rows(value)
            for row_name, row in zip(rows.names(), rows.all, strict=True):
                yield from flat(row, f"{path}.{row_name}.")
        elif value is not None:
            yield path, value


def pair(ends: Sequence[float]) -> str:
    """Return an interval, to three digits: enough to see whether two overlap."""
    return ",".join(f"{end:.3g}" for end in ends)


def short(value: Any) -> str:
    """Return a value to four significant digits."""
    return str(_rounded(value))


def as_json(value: Any) -> str:
    """Return a value in one line, its figures to four significant digits: enough to explain, short to read."""
    return json.dumps(_rounded(value), separators=(",", ":"), ensure_ascii=False)


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, Mapping):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(one) for one in value]
    return value
