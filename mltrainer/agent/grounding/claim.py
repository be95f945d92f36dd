"""A figure that a text claims: what the number is said to be, and whose."""

import re
from dataclasses import dataclass
from functools import cached_property

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.numbers import Number

_DISTANCE = words(
    r"\b(?:(?<!\bis )by|loss of|(?:gap|edge|lead|margin|difference|improvement|gain|advantage|increase|drop|"
    r"decline|rise|"
    r"shortfall|"
    r"distance|premium|deficit)\b(?:[^.;\d]{0,60}?\b(?:is|was|of|at|amounts to|comes to))?|(?:gain|add|los|improv|"
    r"sho?r?t|bought|gave back|giv(?:es|ing) back|lift|rais|"
    r"increas|decreas|slip|drop|climb|shed|ros|fel|differ|move)(?:es?|s|ed|ped|l|t)?(?: (?:\w+ )?by)?)"
    r"(?: (?:about|only|just|roughly|an?|mere|some|around|another|almost|nearly|less than|more than|over|under))*\s*$"
)
_CHANGE_OF = words(r"\d[^.;]*(?::|=|, (?:so|that is|i\.e\.,?|a change of)|\() ?[-−+]?$")
_FARTHER = words(
    r"\s*(?:(?:to|or|and|-|–) ?\$?[\d.]+ ?(?:%|cents?|s)?\s*)?(?:points? |(?:in |of )?(?:auc|brier|skill|sharpe|"
    r"precision|confidence|"
    r"probability)(?: skill)? )?(?:above|below|higher|lower|better|worse|more|less|ahead|"
    r"behind|apart|short|shy|away|faster|slower|longer|over|under|from the (?:base|threshold|bar|target)|"
    r"of (?:each other|one another|(?:a )?(?:gap|difference|lead)|upside|downside|risk|room|headroom|reward)|"
    r"(?:relative |lower |higher )?(?:improvement|reduction|increase|decrease|drop|gain))\b"
)


@dataclass(frozen=True)
class Claim:
    """A figure that a text claims.

    Parameters
    ----------
    keys
        Keys of a result document that it may be; empty where the words do not tell.
    sure
        Whether the words near it tell what it is; else the keys are what the sentence spoke of before.
    models, tickers, trials, labels
        Whose it is said to be; empty where the words do not tell.
    named
        Every model and ticker that the sentence names.
    sentence, before, after
        What it stands in, and the words around it.
    line
        The place of its line: figures of one line may follow from each other.
    text, beside, place
        The whole sentence, all numbers in it, those too that claim nothing, and which of them this one is.
    told
        The keys of all nouns of the sentence.
    recent
        The tickers of the sentence before, where this one names nobody.
    """

    number: Number
    keys: frozenset[str]
    sure: bool
    models: frozenset[str]
    tickers: frozenset[str]
    trials: frozenset[str]
    named: frozenset[str]
    sentence: str
    before: str
    after: str
    line: int = 0
    text: str = ""
    beside: tuple[Number, ...] = ()
    place: int = 0
    told: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    recent: frozenset[str] = frozenset()

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Tell whether the sentence has such words; each pattern is looked for once."""
        if id(pattern) not in self._said:
            self._said[id(pattern)] = bool(pattern.search(self.sentence))
        return self._said[id(pattern)]

    @cached_property
    def _said(self) -> dict[int, bool]:
        return {}

    @property
    def in_table(self) -> bool:
        """Whether the number stands in a row of a table."""
        return self.sentence.rstrip().endswith("|")

    @cached_property
    def is_distance(self) -> bool:
        """Whether the number is how far two others are apart, and none of its own: "0.03 above", "by 4 points"."""
        return bool(
            self.number.unit == "points"
            or _DISTANCE.search(self.before)
            or _FARTHER.match(self.after)
            or (self.number.sign and _CHANGE_OF.search(self.before))
        )
