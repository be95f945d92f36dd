"""The figures of a table in Markdown: a row says whose they are, the head of a column what."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.names import Mention, names_of, with_more
from mltrainer.agent.grounding.sentences import NOTHING, Known, read_sentence

_FEW_WORDS = 5
_BRACKET, _BRACKETED = re.compile(r"\(([^)]*)\)"), re.compile(r"\([^)]*$")
# Beside names of models these are baselines, and no figures.
_LETTERS = {"t": frozenset({"ic_t", "rank_ic_t"})}
_BASELINES = {"volatility": "volatility_only", "momentum": "momentum_12_1"}


class Table:
    """A table whose rows are read one after another.

    Parameters
    ----------
    header
        Its first line.
    """

    def __init__(self, header: str, known: Known) -> None:
        self._known = known
        self._titles = titles = [one[0] for one in _cells(header)]
        self._compares_models = any(names_of("model", known.names_in(title)) for title in titles)
        self._names = [self._names_in(title, in_header=True) for title in titles]
        # "Rank IC (t)": what stands in brackets in a cell is what its title has in brackets.
        self._topics = [self._topic_of(_BRACKET.sub("", title), in_header=True) for title in titles]
        self._inner = [
            self._topic_of(match[1], in_header=True) if (match := _BRACKET.search(title)) else NOTHING
            for title in titles
        ]
        self._percent = ["%" in title for title in titles]

    def read_row(self, line: str, heading: Sequence[Mention]) -> Iterator[tuple[int, Claim]]:
        """Return the figures of a row with the places of their cells; ``heading`` is whom the text above names."""
        if re.fullmatch(r"[\s|:-]+", line):
            return
        cells = _cells(line)
        named: list[Mention] = []
        first = self._topic_of(cells[0][0]) if cells else NOTHING
        for column, match in enumerate(cells):
            inside = column < len(self._names)
            own = self._names_in(match[0])
            carried = [*with_more(named, heading), *(self._names[column] if inside else ())]
            # Where columns are owners, rows say what: "turbulent state | 4.5 % | 99 %" below "T2 | T4".
            column_says = self._topics[column] if inside else NOTHING
            topic = (first or column_says) if inside and self._names[column] else (column_says or first)
            if len(match[0].split()) > _FEW_WORDS:
                # A sentence in a cell speaks for itself; only its trial is the row's.
                carried, topic = [one for one in carried if one.kind == "trial"], NOTHING
            # The numbers of a row's own name are conditions: "worst 5 % below", "P(-4 %)".
            is_label = column == 0 and not own and re.search("[A-Za-z]", match[0])
            for one in read_sentence(match[0], own, carried, topic, self._known) if not is_label else ():
                if one.number.unit == "" and inside and self._percent[column]:
                    one = replace(one, number=replace(one.number, unit="%"))
                of = f"{self._titles[column]} {cells[0][0]} " if inside and column and topic else ""
                if inside and self._inner[column] and _BRACKETED.search(match[0][: one.number.start]):
                    one = replace(one, keys=self._inner[column], sure=True)
                yield match.start(), replace(one, sentence=of + line.strip(), before=of + one.before)
            named = named or own

    def _topic_of(self, cell: str, *, in_header: bool = False) -> frozenset[str]:
        only_a_name = self._names_in(cell, in_header=in_header) and not self._known.names_in(cell)
        return NOTHING if only_a_name else self._known.topic_of(cell) or _LETTERS.get(cell.strip().lower(), NOTHING)

    def _names_in(self, cell: str, *, in_header: bool = False) -> list[Mention]:
        found = self._known.names_in(cell)
        baseline = _BASELINES.get(cell.strip().lower())
        if not found and baseline and self._compares_models == in_header:
            return [Mention(0, len(cell), "model", frozenset({baseline}))]
        return found


def _cells(line: str) -> list[re.Match[str]]:
    return list(re.finditer(r"(?<=\|)[^|]*", line))
