"""Two numbers that stand together as the ends of something: intervals of results, and bands that only sort cases."""

from collections.abc import Sequence

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.belonging import is_of_trial, is_owned
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import Fact, Facts
from mltrainer.agent.grounding.numbers import Number
from mltrainer.agent.grounding.sizes import is_size, sizes

_TO = words(r"\s?%?\s*(?:to|and|through|[-–—,;]|\.\.)\s*")
_WIDTHS = (5, 10)


def is_a_band(place: int, numbers: Sequence[Number], text: str) -> bool:
    """Tell whether a number is an edge of a band such as "20 to 30 %": a condition, and no figure of a result."""
    own = numbers[place]
    return any(
        one.unit == own.unit in ("%", "")
        and not (one.value % 5 or own.value % 5 or one.sign or own.sign or one.hedge or own.hedge)
        and abs(one.value - own.value) in _WIDTHS
        for one in _beside(place, numbers, text)
    )


def of_interval(claim: Claim, seen: Sequence[Facts]) -> str:
    """Return the source of an interval whose two ends are this number and the one that it stands together with."""
    others = _beside(claim.place, claim.beside, claim.text)
    for facts in seen if others else ():
        for low, high in sizes(claim.number):
            for fact in facts.between(low, high, claim.tickers or claim.named):
                if fact.bound and is_size(claim.number, fact) and _fits(claim, fact):
                    ends = (one for one in facts.under([fact.key]) if one.bound and one is not fact)
                    if any(_are_ends(fact, end) and is_size(other, end) for end in ends for other in others):
                        return fact.source
    return ""


def _fits(claim: Claim, fact: Fact) -> bool:
    told = not (claim.keys and claim.sure) or fact.key in claim.keys or bool(claim.tickers or claim.models)
    return told and is_owned(claim, fact) and is_of_trial(claim, fact)


def _are_ends(one: Fact, other: Fact) -> bool:
    return (one.model, one.ticker, one.earlier, one.label) == (other.model, other.ticker, other.earlier, other.label)


def _beside(place: int, numbers: Sequence[Number], text: str) -> list[Number]:
    """Return the numbers that stand right beside one, with "to" between."""
    pairs = ((place - 1, place), (place, place + 1))
    found = []
    for first, last in pairs:
        if first >= 0 and last < len(numbers) and _TO.fullmatch(text[numbers[first].end : numbers[last].start]):
            found.append(numbers[first if last == place else last])
    return found
