"""What stands between ``[[`` and ``]]``: a path into a result, or arithmetic on such paths.

    sum       := product (("+" | "-") product)*
    product   := signed (("*" | "/") signed)*
    signed    := "-" signed | operand
    operand   := "(" sum ")" | FUNCTION "(" list ("," list)* ")" | PATH | NUMBER
    list      := sum [COMPARISON (sum | WORD) ("and" sum COMPARISON (sum | WORD))*]
    PATH      := TRIAL "." KEY ("." KEY)*

A comparison (``>=``, ``>``, ``<=``, ``<``, ``=``, ``!=``) stands in ``count`` alone. Names may hold hyphens, slashes
and brackets: within a path ``-``, ``/``, ``+`` and ``*`` only count with a space beside them, or before a trial, a
bracket, a function or the last number.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from mltrainer.agent.citation.by_row import (
    COMPARE,
    Values,
    are_both,
    figure,
    is_so,
    pairwise,
    reckoned,
    reduced,
    single,
    value_of,
)
from mltrainer.agent.citation.lookup import Found, look_up, names_near
from mltrainer.agent.citation.quantity import Quantity, Unresolved

Open = Callable[[str], Mapping[str, Any] | None]

_TRIAL = re.compile(r"([Tt]\d+)\.")
_NUMBER = re.compile(r"(\$?)(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?|\.\d+)\s*(%?)")
_FUNCTION = re.compile(r"(count|min|max|mean|sum)\s*\(", re.IGNORECASE)
_WORD = re.compile(r"[\"']?([A-Za-z][\w &-]*?)[\"']?(?=\s*\)|\s+and\s)")
_AND = re.compile(r"and\s")
_CLOSES = re.compile(r"\s*\)|\s+and\s")
# Where a path ends: at an operator that belongs to no name.
_END = re.compile(
    r"\s+[-−–+*/×÷]|[-−–+*/×÷](?=\s|[Tt]\d+\.|\(|(?:count|min|max|mean|sum)\(|[\d.,]+%?(?:\s|\)|$))|\s*[,<>=!≥≤≠]|\s+and\s"
)
_COMPARISON = re.compile("|".join(COMPARE))
_Reckon = Callable[[Quantity, Quantity], Quantity]
_SUMS: dict[str, _Reckon] = {"+": operator.add, **dict.fromkeys("-−–", operator.sub)}
_PRODUCTS: dict[str, _Reckon] = {
    **dict.fromkeys("*×", operator.mul),
    **dict.fromkeys("/÷", operator.truediv),
}
# Numbers that say nothing of their own: halves, complements, "of 100", "on $10,000".
_PLAIN = (0.0, 0.5, 1.0, 2.0, *(10.0**power for power in range(1, 7)))
# Brackets and signs within one another.
_DEPTH = 20


@dataclass(frozen=True)
class Resolved:
    """What a reference gives: a `Quantity`, or what a path leads to, ``found``, where it is nothing but a path.

    Parameters
    ----------
    numbers
        Those that stand in it and come from no result, as they are written.
    """

    trials: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    quantity: Quantity | None = None
    found: Found | None = None


def resolve(text: str, open_trial: Open) -> Resolved:
    """Return what a reference gives.

    Raises
    ------
    Unresolved
        If it gives nothing; the message says why.
    """
    reader = _Reader(text, open_trial)
    if reader.is_path():
        rows = reader.path()
        value, first = single({name: found.value for name, found in rows.items()}), next(iter(rows.values()))
        # What all rows have in common has no interval of its own.
        found = first if len(rows) == 1 else Found(first.key, value, {})
        return Resolved(tuple(reader.trials), found=found)
    values = reader.sum()
    reader.ends()
    return Resolved(tuple(reader.trials), tuple(reader.numbers), figure(single(values)))


class _Reader:
    """Reads an expression from left to right and reckons as it goes.

    Attributes
    ----------
    trials
        The trials that were cited so far, each once.
    numbers
        The numbers that were reckoned with, as they are written, but for those that everybody reckons with.
    """

    def __init__(self, text: str, open_trial: Open) -> None:
        self.trials: list[str] = []
        self.numbers: list[str] = []
        self._text = text
        self._open_trial = open_trial
        self._at = 0
        self._depth = 0

    def is_path(self) -> bool:
        """Tell whether the whole text is a path into a result and nothing else."""
        trial = _TRIAL.match(self._text)
        return trial is not None and self._end_of_path(trial.end()) == len(self._text)

    def ends(self) -> None:
        """Raise an error unless the whole text was read."""
        if self._space() < len(self._text):
            raise Unresolved(f"{self._text[self._at :]!r} cannot be read")

    def path(self) -> dict[tuple[str, ...], Found]:
        """Read a path and return what it leads to, by the rows it goes through."""
        match = _TRIAL.match(self._text, self._at)
        assert match
        start, self._at = match.end(), self._end_of_path(match.end())
        trial, path = match[1].upper(), self._text[start : self._at].strip()
        document = self._open_trial(trial)
        if not document:
            raise Unresolved(f"there is no result {trial}")
        if trial not in self.trials:
            self.trials.append(trial)
        if not (found := look_up(document, path)):
            near = names_near(document, path)
            raise Unresolved(f"{trial}.{path} leads nowhere{'; ' if near else ''}{near}")
        return {one.rows: one for one in found}

    def sum(self) -> Values:
        """Read terms with ``+`` and ``-`` between them."""
        return self._row_of(_SUMS, self._product)

    def _product(self) -> Values:
        return self._row_of(_PRODUCTS, self._signed)

    def _row_of(self, signs: Mapping[str, _Reckon], part: Callable[[], Values]) -> Values:
        values = part()
        while self._space() < len(self._text) and (sign := signs.get(self._text[self._at])):
            self._at += 1
            values = pairwise(values, part(), partial(reckoned, sign))
        return values

    def _signed(self) -> Values:
        self._depth += 1
        if self._depth > _DEPTH:
            raise Unresolved("it has too many brackets")
        if any(map(self._takes, "-−–")):
            values = {name: -figure(one) for name, one in self._signed().items()}
        else:
            values = self._operand()
        self._depth -= 1
        return values

    def _operand(self) -> Values:
        if self._takes("("):
            values = self.sum()
            self._needs(")")
            return values
        if match := _FUNCTION.match(self._text, self._at):
            self._at = match.end()
            return {(): self._count() if match[1].lower() == "count" else self._reduced(match[1].lower())}
        if _TRIAL.match(self._text, self._at):
            return {name: value_of(found) for name, found in self.path().items()}
        if match := _NUMBER.match(self._text, self._at):
            self._at = match.end()
            number = _written(*match.groups())
            if number.value not in _PLAIN:
                self.numbers.append(match[0].strip())
            return {(): number}
        raise Unresolved(f"{self._text[self._at :]!r} cannot be read" if self._text[self._at :] else "it is not whole")

    def _reduced(self, name: str) -> Quantity:
        """Read what a function is of, and return the lowest, highest, mean or sum of it all."""
        values = [*self.sum().values()]
        while self._takes(","):
            values += self.sum().values()
        self._needs(")")
        return reduced(name, values)

    def _count(self) -> Quantity:
        """Read a list, or a list that is compared, and return how many are in it, or how many of them are so."""
        values = self._condition()
        while match := _AND.match(self._text, self._space()):
            self._at = match.end()
            values = pairwise(values, self._condition(), are_both)
        if isinstance(values.get(()), list):
            number = len(values[()])
        elif () in values:
            raise Unresolved("it counts what is no list")
        else:
            number = sum(one is not False for one in values.values())
        self._needs(")")
        return Quantity(number, "count")

    def _condition(self) -> Values:
        """Read a list, or a comparison, which tells of each row whether it is so."""
        values = self.sum()
        self._space()
        if not (match := _COMPARISON.match(self._text, self._at)):
            return values
        self._at = match.end()
        return pairwise(values, self._compared_with(), partial(is_so, match[0]))

    def _compared_with(self) -> Values:
        """Read a number, a word, or a sum."""
        self._space()
        for form in (_NUMBER, _WORD):
            if (match := form.match(self._text, self._at)) and _CLOSES.match(self._text, match.end()):
                self._at = match.end()
                return {(): _written(*match.groups()) if form is _NUMBER else match[1]}
        return self.sum()

    def _end_of_path(self, at: int) -> int:
        brackets = 0
        while at < len(self._text):
            if self._text[at] == "(" and self._text[at - 1].isalnum():
                brackets += 1
            elif brackets and self._text[at] == ")":
                brackets -= 1
            elif not brackets and (self._text[at] == ")" or _END.match(self._text, at)):
                break
            at += 1
        return at

    def _space(self) -> int:
        """Pass what is blank and return the place reached."""
        while self._text[self._at : self._at + 1].isspace():
            self._at += 1
        return self._at

    def _takes(self, sign: str) -> bool:
        """Pass a sign if it is the next; tell whether it was."""
        is_next = self._text.startswith(sign, self._space())
        self._at += is_next
        return is_next

    def _needs(self, sign: str) -> None:
        if not self._takes(sign):
            raise Unresolved(f"a {sign} is missing")


def _written(dollar: str, digits: str, percent: str) -> Quantity:
    value = float(digits.replace(",", ""))
    if percent:
        return Quantity(value / 100, "ratio")
    return Quantity(value, "price" if dollar else "number")
