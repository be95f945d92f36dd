"""Whose a fact is: whether it can be of those whom the words name, and whether these have another one so called."""

from collections.abc import Sequence

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import OF_ALL, SHOWN, Fact, Facts, is_among, is_distance
from mltrainer.agent.grounding.names import ANY_MODEL, ANYBODY

# The source of what the user said.
WORDS = "your words"
# Words by which a figure of a candidate can be meant where no ticker is named.
_ONE_OF_THEM = words(
    r"best|highest|top|first|lead|strongest|candidate|rang|lowest|last|next|second|third|closest|nearest|level|"
    r"\bits?\b|today|name|pick|such|claim|list|three|four|both|each|all\b"
)
# What the user has set may be spoken of beside anything, and some of what holds for everybody beside any name.
_AS_SET = frozenset(["confidence_threshold", "target_return", "cost_bps"])
_FOR_ALL = _AS_SET | {"base_rate", "ece_if_calibrated"}
_EXACT = 3
_FITTING = words(r"\b(?:fits?|fitting|training)\b")
# What is said of all, never of one ticker.
_OF_THE_WHOLE = frozenset(
    [
        *("deflated_sharpe", "probabilistic_sharpe", "luck", "pbo", "fall_risk", "highest_probability"),
        *("volatility_20", "vix", "drawdown", "weak_breadth", "credit_spread", "below_200_day_mean"),
    ]
)
_MEMBERS = words(r"\bmembers?\b|\bhalves\b|\bdisagree\w*|\bapart\b")
_RANK = words(r"\brank\w*|\border\w*")
_RETURN = words(r"\breturns?\b|\bsharpe|portfolio|strateg")
_TESTS = ("_p", "_q", "_q_session", "_q_store", "p_value")


def is_as_set(claim: Claim, fact: Fact) -> bool:
    """Tell whether a fact is a setting that the words leave room for."""
    return fact.key in _AS_SET and claim.number.unit in ("%", "bps") and not (claim.sure and not claim.number.sign)


def is_owned(claim: Claim, fact: Fact) -> bool:
    """Tell whether a fact may be what those have whom the words name."""
    if fact.source == WORDS or fact.kind == "date" or is_as_set(claim, fact):
        return True
    if fact.rank == OF_ALL and (claim.tickers or claim.models):
        return False
    said = fact.key in claim.keys and not (claim.tickers and fact.key in _OF_THE_WHOLE)
    said = bool(fact.key) and said or fact.label in claim.labels
    if claim.tickers:
        of_all = not fact.ticker and (said or fact.key in ("", "qualified"))
        if fact.ticker not in claim.tickers and not of_all:
            return False
    elif fact.ticker and not _may_be_unnamed(claim, fact):
        return False
    if not fact.model:
        if not claim.models or ANYBODY in claim.models or fact.kind == "pair":
            return True
        if fact.ticker:
            return fact.kind == "price" or (said and fact.key != "confidence") or _are_several(claim.models)
        # What belongs to nobody may stand beside any name, where the words say what it is: how many tickers there are
        # is said of all of them in many ways.
        return said or fact.key == "tickers"
    if claim.models:
        # A test is of one model against another.
        against = fact.key.endswith(("_p", "_q")) and not fact.key.startswith("difference")
        return ANYBODY in claim.models or is_among(fact.model, claim.models | (claim.named if against else frozenset()))
    if fact.ticker:
        return fact.ticker in claim.tickers and claim.says(_MEMBERS)
    # A figure of some model is meant only where the words say which figure.
    scored = fact.key == "auc" and claim.number.digits >= _EXACT
    return bool(claim.keys) or scored or fact.bound or fact.inside or _is_of_fits(claim, fact)


def _may_be_unnamed(claim: Claim, fact: Fact) -> bool:
    """Tell whether a figure of a ticker may be meant where the words give the number to none."""
    if claim.recent and fact.ticker not in claim.recent:
        return False
    return (
        fact.ticker in claim.named | claim.recent or fact.rank <= 1 or (fact.rank <= SHOWN and claim.says(_ONE_OF_THEM))
    )


def _is_of_fits(claim: Claim, fact: Fact) -> bool:
    return claim.number.unit == fact.kind and (fact.kind == "bps" or (fact.kind == "seconds" and claim.says(_FITTING)))


def is_of_trial(claim: Claim, fact: Fact) -> bool:
    """Tell whether a fact may be of the trial that the words name."""
    of_trial = fact.source[:1] == "T" and fact.source[1:].isdecimal()
    return not claim.trials or not of_trial or fact.source in claim.trials


def _are_several(named: frozenset[str]) -> bool:
    """Tell whether the names are those of models together, or of their ensemble."""
    return ANY_MODEL in named or "ensemble" in named or len(named) > 1 or any("(" in one for one in named)


def is_of_what_is_named(claim: Claim, fact: Fact, seen: Sequence[Facts]) -> bool:
    """Tell whether a fact is the figure that the words name by noun and owner, or whether they name none that exists.

    "S045 has a confidence of 18.7 %" speaks of the confidence of S045: where that was seen, no other figure will do.
    """
    if claim.trials and fact.source == "settings":
        return not any(one.source in claim.trials for facts in seen for one in facts.under([fact.key]))
    tests = fact.key.endswith(_TESTS)
    if claim.models and tests and fact.key.startswith(("rank_", "return_")):
        return claim.says(_RANK if fact.key.startswith("rank_") else _RETURN)
    names = claim.tickers or claim.models or claim.labels
    if not (claim.keys and claim.sure and names) or any(one.startswith(ANYBODY) for one in names):
        return True
    if claim.number.unit == "pair" or fact.kind == "count" or fact.source == WORDS or fact.key in _FOR_ALL:
        return True
    if (tests and len(claim.models) < 2) or (claim.is_distance and is_distance(fact.key)):
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
