"""Whether a fact is what a claim says: of its size, of the same thing, and of whom the words name."""

from collections.abc import Iterator, Sequence

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.belonging import is_as_set, is_of_trial, is_owned
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import SHOWN, TOLD, Fact, Facts
from mltrainer.agent.grounding.names import ANYBODY
from mltrainer.agent.grounding.referred import is_of_what_is_named
from mltrainer.agent.grounding.sizes import INTERVAL, can_be_so_written, of_this_size
from mltrainer.agent.grounding.stages import PARAMETERS, fits_stage, is_of_search
from mltrainer.agent.grounding.vocabulary import CHANCES, OF_PREDICTIONS

# Words by which several of them are meant.
_SEVERAL = words(r"\b(?:between|range\w*|rest|others|all|lies?|around|each)\b")
# Words that speak of parameters: further ones may be listed without their name.
_PARAMETERS = words(r"\b(?:trees|iterations|rounds|leaves|depth|learning rate|parameters|hyper-?parameters)\b")
# Behind these stands how far two are apart, and no figure of theirs.
_GAP = words(
    r"\b(?:gap|edge|lead|margin|difference|advantage|distance)\b[^.;\d]{0,60}?\b(?:is|was|of|at) "
    r"(?:about |only |just )?$"
)
_ADJUSTED = words(r"\b(?:correct|adjust|account)(?:s|ed|ing)? for\b")
# How far two of these are apart is no other figure.
_SCORES = frozenset(["auc", "auc_by_date", "brier", "brier_skill", "rank_ic", "sharpe", "sharpe_by_luck", "log_loss"])
_OF_BASE = frozenset(["base_rate", "ece_if_calibrated", "fall_base_rate"])
# Figures that nobody means without saying so.
_NAMED_ONLY = frozenset(
    ["seed", "workers", "episodes", "simulation", "calibration_slope", "calibration_intercept", "error", "level"]
)
_DETAILS = frozenset(["reliability", "bands", "resolution", "uncertainty", "within"])
_BEFORE = words(
    r"→|->|=>|\b(?:before|from|earlier|previous\w*|untuned|default\w*|old|without|originally|both|same|rose|fell)\b"
)
_THEY = words(r"\b(?:they|both|it|these|those)\b")
# What a number without a noun or a name can be.
_HEADLINE = frozenset(
    ["base_rate", "confidence", "confidence_threshold", "target_return", "regime_score", "horizon", ""]
)


def supporting(claim: Claim, seen: Sequence[Facts]) -> Fact | None:
    """Return the first fact that supports a claim, those of the most recent result first."""
    for place, facts in enumerate(seen):
        for fact in of_this_size(claim, facts):
            # How far two are apart whom nobody names is said of the latest result.
            if place and _is_distance(fact) and not (claim.named or claim.trials) and _has_distances(seen[0]):
                continue
            fits = is_meant(claim, fact) and is_owned(claim, fact) and is_of_trial(claim, fact)
            fits = fits and can_be_so_written(claim, fact) and fits_stage(claim, fact, facts, seen)
            if fits and is_of_what_is_named(claim, fact, seen):
                return fact
    return None


def _is_distance(fact: Fact) -> bool:
    return (fact.key.startswith("to_") or "difference" in fact.key) and not fact.key.endswith(("_p", "_q"))


def _has_distances(facts: Facts) -> bool:
    return any(key.startswith("to_") or "difference" in key for key in facts.keys)


def same_number(claim: Claim, seen: Sequence[Facts]) -> Iterator[Fact]:
    """Return the facts that are the number that was written, whosever they are."""
    for facts in seen:
        yield from (fact for fact in of_this_size(claim, facts) if can_be_so_written(claim, fact))


def is_meant(claim: Claim, fact: Fact) -> bool:
    """Tell whether a fact may be what the words say that the number is."""
    if not fact.key or claim.number.unit == fact.kind in ("bps", "date"):
        return True
    if claim.number.unit == fact.kind == "seconds" and not claim.keys:
        return True
    if fact.key in _NAMED_ONLY and fact.key not in claim.keys | claim.told:
        return False
    if is_as_set(claim, fact):
        return True
    loose = fact.bound and claim.number.digits >= 3 and not (claim.keys and claim.sure)
    if loose and claim.says(INTERVAL):
        return True
    if fact.earlier and not claim.says(_BEFORE):
        return False
    if claim.number.unit == "pair" and fact.kind == "count":
        return True
    if fact.key == TOLD:
        return not claim.keys and claim.number.digits >= 3
    of_brier = not claim.keys <= _SCORES or bool(claim.keys & {"brier", "brier_skill"}) or not claim.keys
    is_distance = fact.key.startswith("to_") or "difference" in fact.key
    if claim.is_distance and is_distance and of_brier and not fact.key.endswith(("_p", "_q")):
        return True
    if claim.keys & _SCORES and len(claim.named) > 1 and _GAP.search(claim.before):
        return False
    if "p_value" in claim.keys and fact.key.startswith(("rank_q", "return_q")) and claim.says(_ADJUSTED):
        return True
    of_prices = claim.number.unit == "%" and claim.tickers and not claim.sure
    if claim.is_distance and claim.number.sign == 0 and (of_prices or not claim.keys):
        return False
    if claim.number.unit == "points" and fact.key in CHANCES:
        return False
    if fact.kind == "pair":
        return fact.key in claim.keys | {"qualified"} or not claim.keys or bool(claim.keys & OF_PREDICTIONS)
    if fact.key in claim.keys or (fact.label and fact.label in claim.labels):
        return True
    if claim.number.unit in ("pair", "share"):
        return not claim.keys and fact.key in OF_PREDICTIONS and bool(claim.tickers or claim.models)
    # What a search compares is the AUC.
    if is_of_search(claim, fact) and claim.number.digits >= 3:
        return True
    if _is_told(claim, fact):
        return True
    if claim.keys and (claim.sure or (claim.is_distance and claim.keys <= _SCORES)):
        return False
    if fact.key in PARAMETERS and claim.says(_PARAMETERS):
        return True
    counted = (
        fact.kind == "count"
        and not fact.ticker
        and fact.key != "train_rows"
        and not fact.inside
        and claim.number.digits >= 2
    )
    if counted and not (claim.keys and claim.sure):
        return True
    if claim.models or claim.tickers:
        # The less is said of what a number is, the more of its digits must agree.
        if fact.key.startswith("auc_by_") or fact.key in _DETAILS:
            return False
        general = any(one.startswith(ANYBODY) for one in claim.models)
        return claim.number.digits >= (3 if general else 2) or fact.key in _HEADLINE
    if claim.trials and not claim.keys:
        owned = bool(fact.model or fact.ticker)
        return claim.number.digits >= 2 and (not owned or claim.says(_THEY))
    first = SHOWN if claim.says(_SEVERAL) else 1
    return fact.key in _HEADLINE and fact.rank <= first


def _is_told(claim: Claim, fact: Fact) -> bool:
    """Tell whether another noun of the sentence names a fact of those whom the words name."""
    if fact.key == "confidence" and not fact.model and fact.ticker in claim.tickers and claim.number.digits >= 3:
        # Nothing is said of a ticker as often as its confidence.
        return not claim.is_distance and claim.number.unit == "%" and claim.keys <= _OF_BASE
    named = fact.ticker in claim.tickers if fact.ticker else not fact.model or fact.model in claim.models
    return fact.key in claim.told and not claim.is_distance and named and claim.number.digits >= 3
