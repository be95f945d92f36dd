"""Figures that stand in a row of a table: "of 80 predictions between 70 and 80 %, 3.75 % came true"."""

from collections.abc import Iterator, Sequence

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.belonging import is_of_trial, is_owned
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import Fact, Facts
from mltrainer.agent.grounding.numbers import Number
from mltrainer.agent.grounding.sizes import is_size, share_of, sizes

_ABOVE = words(r"\b(?:above|over|beyond|more than|at least)\b")
_SIDE = words(r"\b(?:above|over|beyond|more than|at least|exceed\w*|reach\w*|below|under|less than) $")
_OPEN = words(r" ?%?(?:[- ]plus\b|\+| (?:or|and) (?:more|above|less|below|over|under)\b)")
_BELOW = words(r"\b(?:below|under|less than)\b")
_SHARES = frozenset(["hit_rate", "share_of_predictions"])
# What the names of rows mean where they stand alone.
_OF_NAMES = frozenset(["p_calm", "p_normal", "p_nervous", "p_turbulent", "p_crisis", "turbulent_probability"])
_OF_NAMES |= {"regime_score", "score"}


def of_row(claim: Claim, seen: Sequence[Facts], peers: Sequence[Claim]) -> str:
    """Return the source where a row of a table holds the number together with what else the sentence says of the row.

    Parameters
    ----------
    peers
        Figures near by: a row may be named in the sentence before.
    """
    near = [*claim.beside, *(number for one in peers for number in one.beside)]
    for facts in seen:
        for fact in _in_rows(claim.number, facts):
            if (claim.models or claim.tickers) and not is_owned(claim, fact) or not is_of_trial(claim, fact):
                continue
            row = facts.row(fact.row)
            keys = {one.key for one in row}
            named = fact.label in claim.labels
            if claim.sure and claim.keys - _OF_NAMES and not claim.keys & keys and fact.key != "edge":
                continue
            if named and claim.told - _OF_NAMES and fact.key not in claim.told:
                named = False
            if named or _is_spoken_of(claim, fact, row, near):
                return fact.source
    return ""


def _in_rows(number: Number, facts: Facts) -> Iterator[Fact]:
    if number.unit == "pair":
        yield from (fact for fact in facts.in_rows(number.value, number.value) if is_size(number, fact))
        low, high = share_of(number)
        yield from (fact for fact in facts.in_rows(low, high) if high and fact.key in _SHARES)
        return
    for low, high in sizes(number):
        yield from (fact for fact in facts.in_rows(low, high) if is_size(number, fact))


def _is_edge(number: Number, fact: Fact) -> bool:
    """Tell whether a number is an edge in percent that leaves the sign out: "14,874 rows at 30-40"."""
    bare = fact.key == "edge" and fact.kind == "ratio" and number.unit == "" and number.step >= 1
    return bare and abs(100 * fact.value - number.value) < 1e-6


def _is_said(number: Number, fact: Fact) -> bool:
    whole = number.unit == "" and number.step >= 1 and fact.kind in ("ratio", "score")
    return is_size(number, fact) and (not whole or number.value == fact.value)


def _is_spoken_of(claim: Claim, fact: Fact, row: Sequence[Fact], near: Sequence[Number]) -> bool:
    """Tell whether another figure of a row stands beside one of it."""
    own = claim.number
    said = [number for number in near if (number.text, number.value) != (own.text, own.value)]
    # Who writes one edge in percent writes the other so.
    bare = fact.key != "edge" or own.unit != "%"
    others = [
        one
        for one in row
        if one is not fact and any(_is_said(number, one) or (bare and _is_edge(number, one)) for number in said)
    ]
    edges = sum(one.key == "edge" for one in others)
    # One end alone is that of the row beside it as well.
    if fact.key == "edge":
        return bool(others) and bool(_SIDE.search(claim.before) or _OPEN.match(claim.after))
    if len(others) > edges or edges > 1:
        return bool(others)
    low = min((one.value for one in row if one.key == "edge"), default=0.0)
    return edges == 1 and claim.says(_BELOW if not low else _ABOVE) and (not low or others[0].value == low)
