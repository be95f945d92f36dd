"""References in a text: ``[[T12.random_forest.auc]]`` becomes the figure as the store has it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from mltrainer.agent.citation.expression import Open, resolve
from mltrainer.agent.citation.quantity import Unresolved, quantity_of
from mltrainer.agent.citation.shown import written
from mltrainer.agent.grounding.kinds import is_number

# Whatever names a trial in it: what cannot be read is no text either.
_REFERENCE = re.compile(r"\[\[(?=[^\[\]\n]*\b[Tt]\d+\.[^\]])([^\[\]\n]{1,400})\]\]")
_OPEN = re.compile(r"\[\[?[^\[\]\n]{0,400}\]?$")


@dataclass(frozen=True)
class Cited:
    """A reference in the text that is shown, at ``text[start:end]``.

    Parameters
    ----------
    trials
        Where its figures come from; none where it gives no figure.
    reason
        Why it gives none.
    """

    start: int
    end: int
    reference: str
    trials: tuple[str, ...] = ()
    reason: str = ""


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
        # A reply may cite one result many times.
        self._open_trial = cache(open_trial)
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
            reference, reason = match[1].strip(), ""
            trials: tuple[str, ...] = ()
            try:
                shown, trials = figure(reference, self._open_trial)
            except Unresolved as error:
                shown, reason = f"[unresolved: {reference}]", str(error)
            start = self._given + sum(map(len, parts))
            parts.append(shown)
            self.cited.append(Cited(start, start + len(shown), reference, trials, reason))
            begin = match.end()
        given = "".join([*parts, text[begin:]])
        self._given += len(given)
        return given


def figure(reference: str, open_trial: Open) -> tuple[str, tuple[str, ...]]:
    """Return a reference as it is shown, a path with interval and n, and the trials it comes from.

    Raises
    ------
    Unresolved
        If it gives no figure; the message says why.
    """
    resolved = resolve(reference, open_trial)
    if resolved.quantity:
        return written(resolved.quantity), resolved.trials
    assert resolved.found
    found = resolved.found
    if found.key == "qualified":
        return f"{found.value:,} of {len(found.entry.get('candidates', [])):,}", resolved.trials
    if shown := _shown(found.key, found.value):
        return f"{shown}{_beside(found.entry, found.key)}", resolved.trials
    raise Unresolved("it leads to no single figure")


def _shown(key: str, value: Any) -> str:
    if isinstance(value, str) and len(value) <= 200:
        return value
    if key == "horizon" and value:
        return f"{value[0]}-{value[-1]}"
    if isinstance(value, (list, tuple)) and len(value) == 2 and all(isinstance(end, float) for end in value):
        return " to ".join(_shown(key, end) for end in value)
    if not is_number(value) or not math.isfinite(value):
        return ""
    return written(quantity_of(key, value))


def _beside(entry: Mapping[str, Any], key: str) -> str:
    """Return the 90 % interval and how many rows a metric rests on, or the past record of a confidence."""
    between = (entry.get("intervals") or {}).get(key)
    if between:
        return f" ({_shown(key, between[0])} to {_shown(key, between[1])}, n {entry['test_rows']:,})"
    support = entry.get("support") or {}
    if key == "confidence" and support.get("n"):
        return f" (came true in {support['hits']:,} of {support['n']:,} past predictions)"
    return ""
