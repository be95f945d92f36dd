"""Figures that stand in a row of a table: "of 80 predictions between 70 and 80 %, 3.75 % came true"."""

from collections.abc import Iterable, Iterator, Sequence

from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import Fact, Facts
from mltrainer.agent.grounding.nouns import OF_PREDICTIONS
from mltrainer.agent.grounding.numbers import Number
from mltrainer.agent.grounding.support import is_of_trial, is_owned, is_size, sizes


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
            if not is_owned(claim, fact) or not is_of_trial(claim, fact):
                continue
            row = facts.row(fact.row)
            keys = {one.key for one in row}
            if claim.keys and claim.sure and not claim.keys & keys and not (OF_PREDICTIONS & claim.keys & keys):
                continue
            if _is_spoken_of(claim, fact, row, near):
                return fact.source
    return ""


def _in_rows(number: Number, facts: Facts) -> Iterator[Fact]:
    for low, high in sizes(number):
        yield from (fact for fact in facts.in_rows(low, high) if is_size(number, fact))


def _is_spoken_of(claim: Claim, fact: Fact, row: Iterable[Fact], near: Sequence[Number]) -> bool:
    """Tell whether the words name a row: by its name, or by another of its figures."""
    if fact.row_name and fact.row_name in claim.sentence.lower():
        return True
    others = [one for one in row if one is not fact]
    return any(number != claim.number and any(is_size(number, one) for one in others) for number in near)
