"""Why a figure is marked: what is stored in its place, and whose figure it is instead."""

from collections.abc import Iterator, Sequence

from mltrainer.agent.grounding.belonging import is_of_trial
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import Fact, Facts, is_among
from mltrainer.agent.grounding.numbers import Number
from mltrainer.agent.grounding.sizes import can_be_in, is_size, sizes
from mltrainer.agent.grounding.support import is_meant, same_number

# What is so many times another figure is hardly meant to be it.
_FAR = 11


def stored_instead(claim: Claim, seen: Sequence[Facts]) -> str:
    """Return what the latest result holds of what the words name, empty where they do not name one figure alone."""
    if not (claim.sure and claim.keys and (claim.models or claim.tickers)) or claim.is_distance or claim.labels:
        return ""
    for facts in seen:
        named = {(fact.key, fact.value): fact for fact in facts.under(claim.keys) if _is_named(claim, fact)}
        if len(named) == 1:
            (fact,) = named.values()
            return _in_words(claim, fact) if _is_near(claim.number, fact) else ""
        if named:
            return ""
    return ""


def _is_near(number: Number, fact: Fact) -> bool:
    """Tell whether a number may have been meant to be a fact, which it is not."""
    return not is_size(number, fact) and any(
        low / _FAR <= abs(fact.value) <= high * _FAR for low, high in sizes(number)
    )


def _is_named(claim: Claim, fact: Fact) -> bool:
    single = not (fact.bound or fact.earlier or fact.inside or fact.tried or fact.row)
    if not (single and can_be_in(claim.number.unit, fact) and is_of_trial(claim, fact)):
        return False
    if claim.tickers:
        return fact.ticker in claim.tickers
    return not fact.ticker and bool(fact.model) and is_among(fact.model, claim.models)


def _in_words(claim: Claim, fact: Fact) -> str:
    owner = " ".join(filter(None, [fact.ticker, fact.model]))
    return f"{fact.source} has {_shown(claim.number.unit, fact)} as {fact.key} of {owner}"


def _shown(unit: str, fact: Fact) -> str:
    if unit in ("%", "share", "pair") and fact.kind == "ratio":
        return f"{fact.value:.1%}".replace("%", " %")
    if fact.kind == "price":
        return f"${fact.value:,.2f}"
    return f"{fact.value:,.4g}"


def owned_by(claim: Claim, seen: Sequence[Facts]) -> str:
    """Return whose figure it is, where the words give it to somebody else."""
    if claim.keys and (claim.tickers or claim.models):
        for fact in _others(claim, seen):
            trial = f" in {fact.source}" if fact.source.startswith("T") else ""
            return f"it is the figure of {fact.ticker or fact.model}{trial}"
    return ""


def _others(claim: Claim, seen: Sequence[Facts]) -> Iterator[Fact]:
    for fact in same_number(claim, seen):
        if (fact.ticker or fact.model) and fact.key and is_meant(claim, fact):
            yield fact
