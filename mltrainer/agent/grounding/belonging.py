"""Whose a fact is: whether it can be of those whom the words name."""

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import OF_ALL, SHOWN, Fact, is_among
from mltrainer.agent.grounding.names import ANY_MODEL, ANYBODY
from mltrainer.agent.grounding.stages import is_of_search
from mltrainer.models.registry import MODELS

# The source of what the user said.
WORDS = "your words"
# Words by which a figure of a candidate can be meant where no ticker is named.
_ONE_OF_THEM = words(
    r"best|highest|top|first|lead|strongest|candidate|rang|lowest|last|next|second|third|closest|nearest|level|"
    r"\bits?\b|"
    r"today|name|pick|such|claim|list|three|four|both|each|all\b"
)
_OTHERS = words(
    r"\b(?:best|highest|top|first|leader|lowest|last|next|second|third|others?|rest|all|each|candidates?)\b"
)
# What the user has set may be spoken of beside anything.
_AS_SET = frozenset(["confidence_threshold", "target_return", "cost_bps"])
_FITTING = words(r"\b(?:fits?|fitting|training)\b")
# What is said of all, never of one ticker.
_OF_THE_WHOLE = frozenset(
    [
        *("deflated_sharpe", "probabilistic_sharpe", "luck", "pbo", "fall_risk", "highest_probability"),
        *("volatility_20", "vix", "drawdown", "weak_breadth", "credit_spread", "below_200_day_mean"),
    ]
)
_MEMBERS = words(r"\bmembers?\b|\bhalves\b|\bdisagree\w*|\bapart\b|\b(?:two|three) models\b")
# A number alone in brackets behind another one.
_ASIDE = words(r"\d ?%? \([^()]{0,3}#\)")


def is_as_set(claim: Claim, fact: Fact) -> bool:
    """Tell whether a fact is a setting that the words leave room for."""
    return (
        fact.key in _AS_SET
        and claim.number.unit in ("%", "bps")
        and not (claim.keys and claim.sure and not claim.number.sign)
    )


def is_owned(claim: Claim, fact: Fact) -> bool:
    """Tell whether a fact may be what those have whom the words name."""
    if fact.source == WORDS or fact.kind == "date":
        return True
    if fact.rank == OF_ALL and (claim.tickers or claim.models):
        return False
    if is_as_set(claim, fact):
        return True
    said = bool(fact.key) and fact.key in claim.keys and not (claim.tickers and fact.key in _OF_THE_WHOLE)
    said = said or fact.label in claim.labels
    if claim.tickers:
        if fact.ticker not in claim.tickers and (fact.ticker or not (said or not fact.key or fact.key == "qualified")):
            return False
    elif fact.ticker and not _may_be_unnamed(claim, fact):
        return False
    if not fact.model:
        if not claim.models or ANYBODY in claim.models or fact.kind == "pair":
            return True
        if fact.ticker:
            return fact.kind == "price" or (said and fact.key != "confidence") or _are_several(claim.models)
        # What belongs to nobody may stand beside any name, where the words say what it is.
        return said
    if fact.key.endswith(("_p", "_q")):
        # A test is of one model against another.
        others = frozenset() if fact.key.startswith("difference") else claim.named
        return not claim.models or is_among(fact.model, claim.models | others)
    if ANYBODY in claim.models:
        return True
    if claim.models:
        return is_among(fact.model, claim.models)
    if fact.ticker in claim.tickers and claim.says(_MEMBERS):
        return True
    if fact.ticker and _ASIDE.search(claim.before + "#" + claim.after):
        return True
    # A figure of some model is meant only where the words say which figure.
    return (
        bool(claim.keys) or fact.bound or fact.inside or is_of_search(claim, fact) or _is_of_fits(claim, fact)
    ) and not fact.ticker


def _may_be_unnamed(claim: Claim, fact: Fact) -> bool:
    """Tell whether a figure of a ticker may be meant where the words give the number to none."""
    if claim.recent and fact.ticker not in claim.recent and not claim.says(_OTHERS):
        return False
    return fact.ticker in claim.named or fact.rank <= 1 or (fact.rank <= SHOWN and claim.says(_ONE_OF_THEM))


def _is_of_fits(claim: Claim, fact: Fact) -> bool:
    return claim.number.unit == fact.kind and (fact.kind == "bps" or (fact.kind == "seconds" and claim.says(_FITTING)))


def is_of_trial(claim: Claim, fact: Fact) -> bool:
    """Tell whether a fact may be of the trial that the words name."""
    of_trial = fact.source[:1] == "T" and fact.source[1:].isdecimal()
    return not claim.trials or not of_trial or fact.source in claim.trials


def _are_several(named: frozenset[str]) -> bool:
    """Tell whether the names are those of models together, or of their ensemble."""
    return ANY_MODEL in named or "ensemble" in named or any("(" in one for one in named) or len(named & set(MODELS)) > 1
