"""Of which stage of a search a figure is: with the old parameters or the new, inside its window or walk-forward."""

import re
from collections.abc import Sequence

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import Fact, Facts
from mltrainer.models.registry import MODELS

PARAMETERS = frozenset(name for model in MODELS.values() for name in model.params)
_TRIES = words(
    r"\b(?:tr(?:y|ies|ied|ials?)|sets?|candidates?|combinations?|configurations?|worst|runner-up|others?|next|"
    r"(?:second|third)[- ]best|search(?:ed)?|space|bounds?|rang\w+|between|grid)\b"
)
_TUNED = words(r"\b(?:tun(?:ed|ing)|search(?:ed)?|optimi[sz]\w+)\b")
_OF_THE_TRIAL = frozenset(["deflated_sharpe", "probabilistic_sharpe", "luck", "sharpe_by_luck", "trials_in_family"])
_THE_SEARCH = words(r"\bthe (?:search|tuning) (?:took|needed|tried|used|made|ran|cost|fitted)\b")
_IMPROVED = words(r"\bimprove\w*|\btuning\b|\bthe search\b")
_OF_SEARCH = words(
    r"\b(?:in-sample|inside|walk[- ]forward|out[- ]of[- ]sample|afterwards|tun(?:ed|ing)|search|defaults?|"
    r"tr(?:y|ies))\b"
)
# What "gain" and "lost" may mean beside percentages.
_GAINS = frozenset(["target_return", "expected_return", "return_quantile", "cagr", "max_drawdown"])
_CHOSEN = words(r"\b(?:best|winning|winner|tuned|found|chosen|chose|picked|new|optimal|settled)\b")
_WINNER = words(
    r"(?<!second )(?<!third )(?<!second-)(?<!third-)\b(?:best|winning|winner|chosen|optimal|settled|tuned)\b"
)
_OLD = r"before|defaults?|untuned|original\w*|previous\w*|unsearched"
_NEW = r"after(?:wards?)?(?= (?:the |its )?(?:search|tuning)|[,.;:)]|$| it\b)|tuned|now"
_INSIDE = r"in-sample|inside|(?:first|initial|training|search) (?:training )?window|cross-validat\w+|validation"
_OUTSIDE = r"walk[- ]forward|out[- ]of[- ]sample|afterwards?|outside|unseen"
_WHEN = words(rf"\b(?:(?P<old>{_OLD})|(?P<new>{_NEW}))\b")
_WHERE = words(rf"\b(?:(?P<inside>{_INSIDE})|(?P<outside>{_OUTSIDE}))\b")
# A word that belongs to the number before it: "0.628 in-sample".
_RIGHT_BEHIND = re.compile(r" ?%?[\s)]*(?:[a-z]+ ){0,3}$", re.IGNORECASE)
_ARROW_BEHIND, _ARROW_BEFORE = words(r" ?%? ?(?:→|->|=>)"), words(r"(?:→|->|=>) ?[-−+]?$")
_FROM = words(r"\bfrom (?:about |around )?$")
_OF_ANOTHER = re.compile(r"\d ?%?[\s)]*$")
_THOUGHT_ENDS = re.compile(r"[.;:]\s")


def fits_stage(claim: Claim, fact: Fact, facts: Facts, seen: Sequence[Facts]) -> bool:
    """Tell whether a fact can be of the stage of a search that the words name.

    Parameters
    ----------
    facts
        Those that the fact is one of.
    """
    searched = frozenset().union(*(one.searched for one in seen))
    if searched and fact.key.startswith("to_") and not claim.named and claim.says(_IMPROVED):
        return False
    own = not fact.model and fact.source.startswith("T") and fact.kind in ("count", "seconds")
    if own and claim.says(_THE_SEARCH) and not claim.trials and _is_older(facts, seen):
        return False
    when = "" if fact.bound else _arrow(claim) or _nearest(claim, _WHEN)
    if _FROM.search(claim.before) and not _behind(claim, _WHEN):
        when = "old" if claim.says(_TUNED) and not fact.bound else ""
    of_tuned = fact.model in searched or fact.key in _OF_THE_TRIAL
    if when == "new" and of_tuned and not claim.trials and _is_older(facts, seen):
        return False
    if fact.tried and (not claim.says(_TRIES) or _WINNER.search(claim.before)):
        return False
    if claim.says(_TUNED) and searched and fact.model and not claim.models and fact.model not in searched:
        return fact.key.startswith(("difference", "to_"))
    if not facts.searched:
        # Where a search is at hand, what is best is what it found.
        return not (searched and fact.key in PARAMETERS and _CHOSEN.search(claim.before))
    if not fact.model or fact.key.startswith(("difference", "to_")):
        return True
    if fact.model not in facts.searched:
        return True
    if fact.key in PARAMETERS:
        return not (fact.earlier and _CHOSEN.search(claim.before) and when != "old")
    where = _nearest(claim, _WHERE)
    if when and fact.earlier != (when == "old") and not fact.tried:
        return False
    if when and not where and fact.inside and "|" in claim.sentence:
        return False
    return not where or fact.inside == (where == "inside")


def is_of_search(claim: Claim, fact: Fact) -> bool:
    """Tell whether a fact without a noun can be what a search compares: "in-sample it rose from 0.55 to 0.56"."""
    told = claim.keys - _GAINS if claim.number.unit == "" and claim.number.digits >= 3 else claim.keys
    return fact.key == "auc" and not fact.bound and not told and claim.says(_OF_SEARCH)


def _arrow(claim: Claim) -> str:
    """Return on which side of an arrow from old to new a number stands."""
    return "old" if _ARROW_BEHIND.match(claim.after) else "new" if _ARROW_BEFORE.search(claim.before) else ""


def _is_older(facts: Facts, seen: Sequence[Facts]) -> bool:
    """Tell whether facts were seen before a search."""
    place = next(place for place, one in enumerate(seen) if one is facts)
    return not facts.searched and any(one.searched for one in seen[:place])


def _behind(claim: Claim, pattern: re.Pattern[str]) -> str:
    """Return which of the words of a pattern stands right behind a number."""
    behind = pattern.search(claim.after)
    return str(behind.lastgroup) if behind and _RIGHT_BEHIND.fullmatch(claim.after[: behind.start()]) else ""


def _nearest(claim: Claim, pattern: re.Pattern[str]) -> str:
    """Return which of the words of a pattern belongs to a number: right behind it, else the last before it."""
    if behind := _behind(claim, pattern):
        return behind
    if _FROM.search(claim.before):
        return ""
    # "0.625 before and 0.626": a word right behind a number says when that one was.
    found = [one for one in pattern.finditer(claim.before) if not _OF_ANOTHER.search(claim.before[: one.start()])]
    if found and not _THOUGHT_ENDS.search(claim.before[found[-1].end() :]):
        return str(found[-1].lastgroup)
    return ""
