"""References in a text: ``[[T12.random_forest.auc]]`` becomes the figure as the store has it."""

import re
from dataclasses import dataclass
from functools import cache

from mltrainer.agent.citation.expression import Open
from mltrainer.agent.citation.quantity import Unresolved
from mltrainer.agent.citation.shown import Figure, figure_of

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
    numbers
        Those in it that come from no result, as they are written.
    reason
        Why it gives none.
    """

    start: int
    end: int
    reference: str
    trials: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
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
        self._line = ""
        self._told: set[str] = set()
        # Whether it was said what is counted beside a confidence.
        self._explained = False

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
            figure = Figure("", ())
            try:
                figure = figure_of(reference, self._open_trial)
                line = (self._line + "".join(parts)).rpartition("\n")[2]
                shown = self._fitted(reference, figure, line)
            except Unresolved as error:
                shown, reason = f"[unresolved: {reference}]", str(error)
            start = self._given + sum(map(len, parts))
            parts.append(shown)
            self.cited.append(Cited(start, start + len(shown), reference, figure.trials, figure.numbers, reason))
            begin = match.end()
        given = "".join([*parts, text[begin:]])
        self._given += len(given)
        self._line = (self._line + given).rpartition("\n")[2]
        return given

    def _fitted(self, reference: str, figure: Figure, line: str) -> str:
        """Return a figure as it stands in a line, of which ``line`` is the beginning.

        In a table it has its interval in every row. Elsewhere it is told once in a reply, with what the figure rests
        on, unless another one that rests on the same was told before.
        """
        if line.lstrip().startswith("|"):
            beside = figure.interval
        elif reference in self._told:
            beside = ""
        else:
            rests_on = figure.shortly if figure.shortly and self._explained else figure.rests_on
            beside = ", ".join(one for one in (figure.interval, rests_on) if one and one not in self._told)
            self._told |= {reference, rests_on}
            self._explained |= bool(figure.shortly)
        if not beside:
            return figure.text
        is_inside = line.count("(") > line.count(")")
        return figure.text + (f", {beside}" if is_inside else f" ({beside})")
