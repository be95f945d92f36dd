"""Figures that an analyst was shown, and how to find those of a certain size among many."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from mltrainer.agent.grounding.names import ANY_BASELINE, ANY_MODEL
from mltrainer.models.registry import BASELINES, members_of

Kind = Literal["ratio", "score", "count", "price", "index", "seconds", "bps", "pair", "date"]

# Without a ticker beside it a figure of a candidate can only be one of the first.
SHOWN = 10
# The rank of the lowest and the highest figure of all candidates.
OF_ALL = -1
# The key of what a warning says without a noun that tells what it is.
TOLD = "told"


@dataclass(frozen=True)
class Fact:
    """One figure that the analyst has seen.

    Parameters
    ----------
    value
        As the document has it: ratios as fractions. For a ``pair``, the hits.
    key
        What it is, by the document's own key; empty where it comes from words.
    source
        The trial it belongs to, or ``settings``, ``data``, ``registry`` and the like.
    of
        For a ``pair``, what the hits are out of.
    bound
        Whether it is an end of an interval.
    rank
        Place of the candidate, 0 for what is none.
    earlier
        Whether it is what something was before the trial changed it.
    inside
        Whether a search saw it inside the first training window.
    tried
        Whether it is of a try that a search did not choose, or of a bound of what it tried.
    row
        Which row of a table it stands in ("70 to 80 %: 80 predictions, 3.75 % came true"), empty for none. What stands
        in one is spoken of together with the rest of it, or with the name of the row.
    label
        The name of the row, state, group or feature that it belongs to: "turbulent".
    action
        What the trial did: "momentum_screening".
    """

    value: float
    kind: Kind
    key: str
    source: str
    model: str = ""
    ticker: str = ""
    of: float = 0.0
    bound: bool = False
    rank: int = 0
    earlier: bool = False
    inside: bool = False
    tried: bool = False
    row: str = ""
    label: str = ""
    action: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it is what the trial came to: no end of an interval, and of no other stage."""
        return not (self.bound or self.inside or self.earlier or self.tried)


class Facts:
    """The figures of one result, or of anything else that was shown at once, ordered by size.

    Parameters
    ----------
    facts
        In the order in which they are to be thought of.
    """

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.all = list(facts)
        self.keys = frozenset(fact.key for fact in self.all)
        self.models = frozenset(fact.model for fact in self.all)
        self.ensembles = frozenset(model for model in self.models if "(" in model)
        self.tickers = frozenset(fact.ticker for fact in self.all) - {""}
        self.source = self.all[0].source if self.all else ""
        self.actions = frozenset((fact.action, fact.source) for fact in self.all if fact.action)
        self.labels = frozenset(fact.label for fact in self.all) - {""}
        self.searched = frozenset(fact.model for fact in self.all if fact.inside)
        self._shown = _Sorted([fact for fact in self.all if fact.rank <= SHOWN and not fact.row])
        self._in_rows = _Sorted([fact for fact in self.all if fact.row])
        self._pairs = [fact for fact in self.all if fact.kind == "pair" and fact.rank <= SHOWN and not fact.row]
        rest: dict[str, list[Fact]] = {}
        for fact in self.all:
            if fact.rank > SHOWN:
                rest.setdefault(fact.ticker, []).append(fact)
        self._rest = rest
        self._by_key: dict[str, list[Fact]] = {}
        self._by_row: dict[str, list[Fact]] = {}
        for fact in self.all:
            if fact.row:
                self._by_row.setdefault(fact.row, []).append(fact)
            else:
                self._by_key.setdefault(fact.key, []).append(fact)

    def between(self, low: float, high: float, tickers: Iterable[str] = ()) -> Iterator[Fact]:
        """Return the facts with a size from low to high, those of lower candidates only of the named tickers."""
        yield from self._shown.between(low, high)
        for ticker in tickers:
            yield from (fact for fact in self._rest.get(ticker, ()) if low <= abs(fact.value) <= high)

    def in_rows(self, low: float, high: float) -> list[Fact]:
        """Return the facts of this size that stand in rows of tables."""
        return self._in_rows.between(low, high)

    def row(self, name: str) -> list[Fact]:
        """Return the facts of one row of a table."""
        return self._by_row.get(name, [])

    def pairs(self, tickers: Iterable[str] = ()) -> Iterator[Fact]:
        """Return the facts of the kind "142 of 388"."""
        yield from self._pairs
        for ticker in tickers:
            yield from (fact for fact in self._rest.get(ticker, ()) if fact.kind == "pair")

    def under(self, keys: Iterable[str]) -> Iterator[Fact]:
        """Return the facts that are known by these keys."""
        for key in keys:
            yield from self._by_key.get(key, ())


class _Sorted:
    def __init__(self, facts: list[Fact]) -> None:
        order = sorted(range(len(facts)), key=lambda place: abs(facts[place].value))
        self._facts = [facts[place] for place in order]
        self._sizes = [abs(fact.value) for fact in self._facts]

    def between(self, low: float, high: float) -> list[Fact]:
        return self._facts[bisect_left(self._sizes, low) : bisect_right(self._sizes, high)]


def is_among(model: str, named: frozenset[str]) -> bool:
    """Tell whether a model is one of those named; an ensemble is where its members are all named."""
    if (ANY_BASELINE if model in BASELINES else ANY_MODEL) in named:
        return True
    members = set(members_of(model))
    return model in named or (len(members) > 1 and ("ensemble" in named or members <= named))


def is_distance(key: str) -> bool:
    """Tell whether a figure says how far two others are apart, and is no test of that."""
    return (key.startswith("to_") or "difference" in key) and not key.endswith(("_p", "_q"))
