"""What an amount of money comes to: shares for it, their cost, the loss at the stop, its growth, its share of a day."""

from collections.abc import Iterator, Sequence

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.belonging import WORDS
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import Facts
from mltrainer.agent.grounding.numbers import Number, is_written, numbers_in
from mltrainer.agent.grounding.vocabulary import PRICES

_LEAST = 100
_ROUND = (1_000, 10_000, 100_000, 1_000_000)
_EACH = words(r" (?:each|apiece|becomes?|would|invested|in each|a (?:name|stock|position))\b")
# What is traded in a day is no price.
_DAILY = 100_000
_PARTS = range(1, 11)
_LATEST = 2


def is_an_amount(number: Number, text: str) -> bool:
    """Tell whether a number is an amount to think of, "on $10,000", and no figure of a result."""
    return number.value in _ROUND and (number.unit == "$" or bool(number.unit == "" and _EACH.match(text, number.end)))


def amounts_in(text: str, seen: Sequence[Facts]) -> frozenset[float]:
    """Return the amounts that a text or the user speaks of."""
    found = {one.value for one in numbers_in(text) if is_an_amount(one, text)}
    for facts in seen:
        said = (one.value for one in facts.under([""]) if one.source == WORDS and one.kind in ("count", "price"))
        found |= {one for one in said if one >= _LEAST}
    return frozenset(found)


def of_amount(claim: Claim, seen: Sequence[Facts], peers: Sequence[Claim], amounts: frozenset[float]) -> bool:
    """Tell whether a number is what one of the amounts comes to with the supported figures of its line."""
    number = claim.number
    if not amounts or number.unit not in ("", "$", "%") or (number.unit == "" and number.step < 1):
        return False
    near = [one.number for one in peers]
    if number.unit == "%":
        traded = [one.value for one in near if one.value >= _DAILY]
        return any(is_written(number, 100 * amount / one) for amount in amounts for one in traded)
    return any(is_written(number, one) for one in _made(claim, seen, near, amounts))


def _made(claim: Claim, seen: Sequence[Facts], near: Sequence[Number], amounts: frozenset[float]) -> Iterator[float]:
    prices = [one.value for one in near if one.unit == "$" and one.value < _DAILY]
    theirs = (one for facts in seen[:_LATEST] for one in facts.under(sorted(PRICES)) if one.ticker in claim.tickers)
    prices += [one.value for one in theirs]
    if claim.number.unit == "":
        # Nobody buys parts of shares.
        yield from (amount / part // one for amount in amounts for part in _PARTS for one in prices if one)
    else:
        shares = [one.value for one in near if one.unit == "" and one.step == 1]
        yield from (n * one for n in shares for one in prices)
        yield from (n * abs(one - other) for n in shares for one in prices for other in prices)
    rates = [one.signed / 100 for one in near if one.unit == "%"]
    rates += [one.value for facts in seen[:_LATEST] for one in facts.under(["cagr"]) if one.is_plain]
    for amount in amounts:
        yield from (value for rate in rates for value in (abs(amount * rate), amount * (1 + rate)))
