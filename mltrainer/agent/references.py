"""Results cited by reference: ``[[T12.random_forest.auc]]`` becomes the figure as the store has it.

The grammar is ``[[TRIAL.PLACE.KEY]]``. TRIAL is the id of a stored trial. PLACE is the path to a part of its result
document, such as ``regime``, ``significance`` or ``candidates.TICKER``: rows of lists go by their model, ticker or
name, and those of ``evaluation``, ``baselines`` and ``benchmarks`` by that alone. KEY is the key in it, with further
keys behind dots where it holds a part (``portfolio.sharpe``). ``[[T12.qualified]]`` has no place.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mltrainer.agent.grounding.kinds import kind_of

Open = Callable[[str], Mapping[str, Any] | None]

_REFERENCE = re.compile(r"\[\[[ \t]*([Tt]\d+)\.([^\[\]\n]{1,150}?)[ \t]*\]\]")
_OPEN = re.compile(r"\[\[?[^\[\]\n]{0,170}\]?$")
# What a row of a list is named by, and the lists whose rows may be cited by their name alone.
_NAMED_BY = ("ticker", "model", "name", "check")
_UNNAMED = ("evaluation", "baselines", "benchmarks")


@dataclass(frozen=True)
class Cited:
    """A reference in the text that is shown, at ``text[start:end]``; ``trial`` is empty where it leads nowhere."""

    start: int
    end: int
    reference: str
    trial: str


class References:
    """Replaces references in a text that arrives in pieces; an open ``[[`` is held back until it is whole.

    Parameters
    ----------
    open_trial
        Returns the result document of a trial, None where there is none.

    Attributes
    ----------
    cited
        The references so far, placed in the text that was given out.
    """

    def __init__(self, open_trial: Open) -> None:
        self.cited: list[Cited] = []
        self._open_trial = open_trial
        self._held = ""
        self._given = 0

    def feed(self, piece: str) -> str:
        """Take in a piece and return what can be shown of it."""
        text = self._held + piece
        match = _OPEN.search(text)
        # A closed reference at the end needs nothing more.
        cut = match.start() if match and not _REFERENCE.fullmatch(text[match.start() :]) else len(text)
        self._held = text[cut:]
        return self._give(text[:cut])

    def close(self) -> str:
        """Return what was held back: the text is at its end."""
        rest, self._held = self._held, ""
        return self._give(rest)

    def _give(self, text: str) -> str:
        parts: list[str] = []
        begin = 0
        for match in _REFERENCE.finditer(text):
            parts.append(text[begin : match.start()])
            trial = match[1].upper()
            document = self._open_trial(trial)
            shown = look_up(document, match[2]) if document else None
            start = self._given + sum(map(len, parts))
            parts.append(shown or f"[unresolved: {trial}.{match[2]}]")
            reference = f"{trial}.{match[2]}"
            self.cited.append(Cited(start, start + len(parts[-1]), reference, trial if shown else ""))
            begin = match.end()
        given = "".join([*parts, text[begin:]])
        self._given += len(given)
        return given


def look_up(document: Mapping[str, Any], path: str) -> str | None:
    """Return the figure at a path of a result document as it is shown, with interval and n; None if there is none."""
    parts = [part.strip() for part in path.split(".")]
    if path == "qualified" and "qualified" in document:
        return f"{document['qualified']:,} of {len(document.get('candidates', [])):,}"
    starts = [document] if parts[0] in document else [document.get(name) for name in _UNNAMED]
    for start in starts:
        if found := _follow(start, parts, {}):
            entry, value = found
            shown = _shown("regime_score" if path == "regime.score" else parts[-1], value)
            return f"{shown}{_beside(entry, parts[-1])}" if shown else None
    return None


def _follow(place: Any, parts: Sequence[str], entry: Mapping[str, Any]) -> tuple[Mapping[str, Any], Any] | None:
    """Return what lies at the end of a path, and the last entry that was passed on the way."""
    if not parts:
        return entry, place
    if isinstance(place, Mapping):
        if parts[0] in place:
            return _follow(place[parts[0]], parts[1:], place)
        # What a part holds may be cited without the part: the rows of a table, the figures of the strategy.
        inside = [one for key, one in place.items() if isinstance(one, list) or key == "portfolio"]
        return next(filter(None, (_follow(one, parts, place) for one in inside)), None)
    for row in place if isinstance(place, list) else ():
        # A ticker may hold a dot.
        for size in (1, 2):
            if isinstance(row, Mapping) and ".".join(parts[:size]).lower() in _names_of(row):
                return _follow(row, parts[size:], row)
    return None


def _names_of(row: Mapping[str, Any]) -> set[str]:
    return {str(row[key]).lower() for key in _NAMED_BY if key in row}


def _shown(key: str, value: Any) -> str:
    if isinstance(value, str) and len(value) <= 200:
        return value
    if key == "horizon" and value:
        return f"{value[0]}-{value[-1]}"
    if isinstance(value, (list, tuple)) and len(value) == 2 and all(isinstance(end, float) for end in value):
        return " to ".join(_shown(key, end) for end in value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return ""
    match kind_of(key, value):
        case "price":
            return f"${value:,.2f}"
        case "ratio":
            return f"{100 * value:.1f} %"
        case "seconds":
            return f"{value:.1f} s"
        case "bps":
            return f"{value:g} bps"
        case "score":
            return f"{value:.3f}"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _beside(entry: Mapping[str, Any], key: str) -> str:
    """Return the 90 % interval and how many rows a metric rests on, or the past record of a confidence."""
    between = (entry.get("intervals") or {}).get(key)
    if between:
        return f" ({_shown(key, between[0])} to {_shown(key, between[1])}, n {entry['test_rows']:,})"
    support = entry.get("support") or {}
    if key == "confidence" and support.get("n"):
        return f" (came true in {support['hits']:,} of {support['n']:,} past predictions)"
    return ""
