"""Whether words point at a definite figure: then another one of that size does not support them."""

from collections.abc import Sequence

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.belonging import WORDS
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import Fact, Facts, is_among
from mltrainer.agent.grounding.names import ANYBODY

# What is set or holds for everybody may be spoken of beside any name.
_FOR_ALL = frozenset(["base_rate", "ece_if_calibrated", "confidence_threshold", "target_return", "cost_bps"])
_RANK = words(r"\brank\w*|\border\w*")
_RETURN = words(r"\breturns?\b|\bsharpe|portfolio|strateg")
_TESTS = ("_p", "_q", "_q_session", "_q_store", "p_value")


def is_of_what_is_named(claim: Claim, fact: Fact, seen: Sequence[Facts]) -> bool:
    """Tell whether a fact is the figure that the words name by noun and owner, or whether they name none that exists.

    "S045 has a confidence of 18.7 %" speaks of the confidence of S045: where that was seen, no other figure will do.
    """
    if claim.trials and fact.source == "settings":
        return not any(one.source in claim.trials for facts in seen for one in facts.under([fact.key]))
    if claim.models and fact.key.startswith(("rank_", "return_")) and fact.key.endswith(_TESTS):
        return claim.says(_RANK if fact.key.startswith("rank_") else _RETURN)
    names = claim.tickers or claim.models or claim.labels
    definite = claim.keys and claim.sure and names and not any(one.startswith(ANYBODY) for one in names)
    distance = claim.is_distance and fact.key.startswith(("to_", "difference")) and not fact.key.endswith(_TESTS)
    if not definite or distance or claim.number.unit == "pair" or fact.kind == "count":
        return True
    if fact.source == WORDS or fact.key in _FOR_ALL or (fact.key.endswith(_TESTS) and len(claim.models) < 2):
        return True
    if fact.key in claim.keys and (_is_theirs(claim, fact) or not (claim.tickers or claim.models or fact.label)):
        return True
    return not any(_is_theirs(claim, one) and not one.bound for facts in seen for one in facts.under(claim.keys))


def _is_theirs(claim: Claim, fact: Fact) -> bool:
    if claim.tickers:
        return fact.ticker in claim.tickers
    if not claim.models:
        return fact.label in claim.labels
    return bool(fact.model) and not fact.ticker and is_among(fact.model, claim.models)
