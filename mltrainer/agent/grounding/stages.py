"""Of which stage of a search a figure is: with the old parameters or the new, inside its window or walk-forward."""

import re
from collections.abc import Sequence

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.facts import Fact, Facts
from mltrainer.models.registry import MODELS

PARAMETERS = frozenset(name for model in MODELS.values() for name in model.params)
_TUNED = words(r"\b(?:tun(?:ed|ing)|search(?:ed)?|optimi[sz]\w+)\b")
_WINNER = words(r"(?<!second )(?<!second-)(?<!third-)\b(?:best|winning|winner|chosen|optimal|settled|tuned)\b")
_WHEN = words(
    r"\b(?:(?P<old>before|defaults?|untuned|original\w*|previous\w*|unsearched)|"
    r"(?P<new>after(?:wards?)?(?= (?:the |its )?(?:search|tuning)|[,.;:)]|$| it\b)|tuned|now))\b"
)
_WHERE = words(
    r"\b(?:(?P<inside>in-sample|inside|(?:first|initial|training|search) (?:training )?window|cross-validat\w+|"
    r"validation)|(?P<outside>walk[- ]forward|out[- ]of[- ]sample|afterwards?|outside|unseen))\b"
)
# A word that belongs to the number before it: "0.628 in-sample".
_RIGHT_BEHIND = re.compile(r" ?%?[\s)]*(?:[a-z]+ ){0,3}$", re.IGNORECASE)
_THOUGHT_ENDS = re.compile(r"[.;:]\s")


def fits_stage(claim: Claim, fact: Fact, facts: Facts, seen: Sequence[Facts]) -> bool:
    """Tell whether a fact can be of the stage of a search that the words name.

    Parameters
    ----------
    facts
        Those that the fact is one of.
    """
    if not any(one.searched for one in seen):
        return True
    searched = frozenset().union(*(one.searched for one in seen))
    when = "" if fact.bound else _nearest(claim, _WHEN)
    if when == "new" and fact.model in searched and not claim.trials and _is_older(facts, seen):
        return False
    if fact.tried and _WINNER.search(claim.before):
        return False
    of_both = fact.key.startswith(("difference", "to_"))
    if fact.model and fact.model not in searched and not claim.models and claim.says(_TUNED):
        return of_both
    if fact.model not in facts.searched or of_both:
        return True
    if fact.key in PARAMETERS:
        return not fact.earlier or when == "old"
    if when and fact.earlier != (when == "old") and not fact.tried:
        return False
    where = _nearest(claim, _WHERE)
    return not where or fact.inside == (where == "inside")


def _is_older(facts: Facts, seen: Sequence[Facts]) -> bool:
    """Tell whether facts were seen before a search."""
    place = next(place for place, one in enumerate(seen) if one is facts)
    return not facts.searched and any(one.searched for one in seen[:place])


def _nearest(claim: Claim, pattern: re.Pattern[str]) -> str:
    """Return which of the words of a pattern belongs to a number: right behind it, else the last before it."""
    behind = pattern.search(claim.after)
    if behind and _RIGHT_BEHIND.fullmatch(claim.after[: behind.start()]):
        return str(behind.lastgroup)
    found = list(pattern.finditer(claim.before))
    if found and not _THOUGHT_ENDS.search(claim.before[found[-1].end() :]):
        return str(found[-1].lastgroup)
    return ""
