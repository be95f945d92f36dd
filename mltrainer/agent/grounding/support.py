"""Whether a fact is what a claim says: of its size, of the same thing, and of whom the words name."""

from collections.abc import Iterator, Sequence

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.belonging import is_as_set, is_of_trial, is_of_what_is_named, is_owned
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import TOLD, Fact, Facts, is_distance
from mltrainer.agent.grounding.names import ANYBODY
from mltrainer.agent.grounding.sizes import can_be_so_written, of_this_size
from mltrainer.agent.grounding.stages import PARAMETERS, fits_stage
from mltrainer.agent.grounding.vocabulary import OF_PREDICTIONS
from mltrainer.models.registry import BASELINES

# How far two of these are apart is no other figure.
_SCORES = frozenset(["auc", "auc_by_date", "brier", "brier_skill", "rank_ic", "sharpe", "sharpe_by_luck", "log_loss"])
# What a number without a noun or a name can be.
_FEW = 12
# What an ensemble has, as its members do; so many figures alike are a list of all.
_OF_MODELS = frozenset(
    ["auc", "brier_skill", "rank_ic", "sharpe", "cagr", "max_drawdown", "precision_at_k", "highest_probability"]
)
_OF_LUCK = frozenset({"deflated_sharpe", "luck"})
_LIST = 3
_ONE_OF_THEM = words(
    r"\b(?:best|highest|largest|worst(?! fall| draw)|lowest|smallest|least|all|each|every|both|between|from|single|"
    r"members?|others?|another|models?|none|any|top|first|second|trick|rule)\b"
)
_ALL = words(r"\b(?:all|of the) $")
_HEADLINE = frozenset(
    ["base_rate", "confidence", "confidence_threshold", "target_return", "regime_score", "horizon", ""]
)


def supporting(claim: Claim, seen: Sequence[Facts]) -> Fact | None:
    """Return the first fact that supports a claim, those of the most recent result first."""
    for facts in seen:
        for fact in of_this_size(claim, facts):
            if (
                is_meant(claim, fact)
                and is_owned(claim, fact)
                and is_of_trial(claim, fact)
                and can_be_so_written(claim, fact)
                and fits_stage(claim, fact, facts, seen)
                and is_of_what_is_named(claim, fact, seen)
                and not _is_of_a_member(claim, fact, facts)
            ):
                return fact
    return None


def _is_of_a_member(claim: Claim, fact: Fact, facts: Facts) -> bool:
    """Tell whether a figure is of a member or a baseline where an ensemble was chosen, and the words name nobody."""
    if fact.key not in _OF_MODELS or not fact.is_plain or fact.model in facts.ensembles or not facts.ensembles:
        return False
    if claim.models or claim.named - BASELINES.keys() or claim.labels or claim.told & (PARAMETERS | _OF_LUCK):
        return False
    alike = [one for one in claim.beside if (one.unit, one.step) == (claim.number.unit, claim.number.step)]
    one_of_them = fact.key != "highest_probability" and claim.says(_ONE_OF_THEM)
    return len(alike) < _LIST and not one_of_them


def same_number(claim: Claim, seen: Sequence[Facts]) -> Iterator[Fact]:
    """Return the facts that are the number that was written, whosever they are."""
    for facts in seen:
        yield from (fact for fact in of_this_size(claim, facts) if can_be_so_written(claim, fact))


def is_meant(claim: Claim, fact: Fact) -> bool:
    """Tell whether a fact may be what the words say that the number is."""
    number, keys = claim.number, claim.keys
    if not fact.key or number.unit == fact.kind in ("bps", "date", "seconds") or is_as_set(claim, fact):
        return True
    if fact.key == "tickers" and number.unit == "" and _ALL.search(claim.before):
        return True
    if fact.key == TOLD:
        return not (keys and claim.sure) and number.digits >= 3
    if claim.is_distance:
        if is_distance(fact.key):
            return True
        if not (number.sign or keys):
            return False
    if fact.kind == "pair":
        # So many of so many are hardly alike by chance.
        exact = bool(fact.ticker) and fact.ticker in claim.tickers and number.of > _FEW
        return exact or fact.key in keys | {"qualified", "checks"} or not keys
    if (
        fact.key in keys
        or (fact.label and fact.label in claim.labels)
        or (number.unit == "pair" and fact.kind == "count")
    ):
        return True
    if number.unit in ("pair", "share"):
        return not keys and fact.key in OF_PREDICTIONS
    named = fact.model in claim.models | {""} and fact.ticker in claim.tickers | {""}
    if number.digits >= 3 and (fact.key == "auc" or (named and fact.key in claim.told)):
        return True
    if keys and (claim.sure or (claim.is_distance and keys <= _SCORES)):
        return False
    if fact.key in PARAMETERS or (fact.kind == "count" and number.digits >= 2):
        return True
    if claim.models or claim.tickers:
        # The less is said of what a number is, the more of its digits must agree.
        general = any(one.startswith(ANYBODY) for one in claim.models)
        return not fact.key.startswith("auc_by_") and (number.digits >= (3 if general else 2) or fact.key in _HEADLINE)
    if claim.trials and not keys and number.digits >= 2 and not (fact.model or fact.ticker):
        return True
    return fact.key in _HEADLINE and (not keys or number.unit != "" or fact.kind != "ratio")
