"""What each number of a sentence is said to be: the keys of a result that the nouns around it name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.names import Mention
from mltrainer.agent.grounding.numbers import Number
from mltrainer.agent.grounding.vocabulary import COUNTS, OF_PREDICTIONS, PRICES

# What ends a thought: nouns before it say less of what a number after it is.
_TURN = words(
    r"; | — | – |, (?:and|but|while|whereas|so|yet|with the|although|though|which)\b|\b(?:while|whereas|although|"
    r"but|so)\b|"
    r"\. "
)
# What may stand between a number and the noun that follows it.
_NOT_NOUN_AFTER = words(
    r"[,;:(|)\]→=>•+]|\b(?:and|or|but|for|in|at|on|over|from|to|by|against|with|than|while|versus|vs|is|was|were|are|"
    r"as|its|the|among|across|that|which|has|have|had|gives?|gave|reach\w*|shows?|after|before|despite|if|when|"
    r"since|because|per|plus|once|"
    r"one|two|three|four|five|six|seven|eight|nine|ten)\b|\d"
)
# What may stand between a noun and the number that it names right away.
_LINK = words(
    r"[\s:=(\[\"“,~≈]*(?:(?:of|is|was|are|were|be|at|to|only|just|merely|even|still|now|about|around|roughly|some|"
    r"nearly|"
    r"almost|approximately|an?|mere|modest|tiny|small|high|low|as|the|stands?|sits?|stood|lies|comes? (?:in|out)|"
    r"reach(?:es|ed)?|"
    r"amounts?|equals?|level|value|a little|slightly|under|over|below|above|more than|less than|up to|"
    r"no more than|negative|"
    r"positive|minus|barely|exactly)[\s:=(\[~≈,]*)*"
)
_INNER = words(r"\s*(?:of|for|in)\b[^\d,;]*$")
_VERB = words(
    r"\s*(?:[:=|]|(?:was|is|of|were|are|at|took|took only|needed|: about))\s*(?:about |only |just |roughly |some )?"
)
_OF_CASES = words(
    r",? of (?:the |all |its |such |these |those |them )*(?:[\w-]+ )?(?:cases|times?|predictions|picks|signals|calls|"
    r"trades|stock-days|days)\b"
)
_CALIBRATED = words(
    r" of [\w, -]{0,50}\b(?:is|are|was|were|be|been)(?:n't|n’t)? (?:not |yet |already |un)*calibrated\b"
)
_USUALLY = words(r" (?:in general|usually|normally|as a rule|otherwise)\b")
_SUPERLATIVE = words(r"(?:at (?:its )?|the |its |their )*(?:highest|largest|lowest|worst|best|peak|maximum)\b")
_AGAINST_BASE = words(r" ?(?:against|vs\.?|versus|over|compared (?:with|to)) (?:an? |the |its )?base rate\b")
_OWN = words(r" ?= ?[-−+]?\.?\d")
_RETURNS = frozenset(["cagr", "expected_return", "max_drawdown", "return_quantile", "target_return", "confidence"])
_NOT = words(r"\b(?:not|un\w*)\b|n['’]t\b")
_SPEED = words(r"\b(?:slow|fast|quick)\w*\b|\bas long\b")
# No share costs so much.
_BIG = 100_000
_INTERVALS = words(r"\b(?:intervals?|ranges?)\b")
_OUGHT = words(r"\b(?:should|ought|would|means?|meant)\b")


@dataclass(frozen=True)
class Meaning:
    """The keys that a number may have; ``sure`` where the words of its own thought tell."""

    keys: frozenset[str]
    sure: bool = True


def meanings_of(
    numbers: Sequence[Number],
    nouns: Sequence[Mention],
    text: str,
    carried: frozenset[str] = frozenset(),
    before: frozenset[str] = frozenset(),
) -> list[Meaning]:
    """Return what each number of a sentence is said to be, without keys where the words do not tell.

    Parameters
    ----------
    nouns
        Those of the sentence, in order.
    carried
        What the numbers are by the heading or the column that the sentence stands under.
    before
        What the sentence before spoke of.
    """
    found: list[Meaning] = []
    for place, number in enumerate(numbers):
        meaning = _meaning_of(number, nouns, text, carried, before)
        if not meaning.sure:
            # "One earned 8.8 % with a Sharpe of 0.52, the other 7.2 % with 0.45": alike is what is written alike.
            alike = [
                earlier.keys
                for earlier, other in zip(found, numbers[:place], strict=True)
                if earlier.sure and (other.unit, other.step) == (number.unit, number.step)
            ]
            meaning = replace(meaning, keys=meaning.keys.union(*alike[-1:])) if meaning.keys else meaning
        found.append(meaning)
    return found


def _meaning_of(
    number: Number, nouns: Sequence[Mention], text: str, carried: frozenset[str], before: frozenset[str]
) -> Meaning:
    around = next((one for one in nouns if one.start <= number.start and number.end <= one.end), None)
    if around:
        return Meaning(around.names | {"target_return"})
    if number.unit == "$" and number.value >= _BIG:
        return Meaning(frozenset({"dollar_volume"}))
    nouns = [one for one in nouns if _is_open(one, number, text)]
    if number.unit in ("%", "points", "times", "share"):
        nouns = [one for one in nouns if one.names - PRICES]
    if number.unit == "$":
        nouns = [one for one in nouns if one.names & PRICES]
    if number.unit == "points" or (number.unit == "" and number.step < 0.1):
        # "A gain of 0.004" is none of a price.
        nouns = [one for one in nouns if one.names - _RETURNS]
    keys, linked = _keys_of(number, nouns, text)
    if not keys and carried and not ((number.unit == "%" or number.step < 1) and _only_counts(carried)):
        keys, linked = carried, True
    if "hit_rate" in keys and _INTERVALS.search(text):
        keys |= {"coverage"}
    keys = keys or _opened(number, nouns, text) or before
    if number.unit == "" and number.value >= _BIG and number.step >= 1_000:
        # "S027 trades 661 million a day" leaves the dollars out.
        keys |= {"dollar_volume"}
    if keys & {"regime_probability", "base_rate"}:
        # "Turbulent has a probability of 69 %", "a fall of 10 % has a base rate of 2 %".
        told = frozenset(key for one in nouns for key in one.names)
        keys |= frozenset(key for key in told if key.startswith(("p_", "stay")))
        if "fall_risk" in told:
            keys |= {"fall_base_rate" if "base_rate" in keys and "confidence" not in keys else "fall_risk"}
    return Meaning(keys, linked)


def _is_open(noun: Mention, number: Number, text: str) -> bool:
    """Tell whether a noun is in no bracket that has closed before the number."""
    between = text[noun.end : number.start]
    return not re.match(r"[^()\[\]]*[)\]]", between) or not re.search(r"[(\[][^()\[\]]*$", text[: noun.start])


def _keys_of(number: Number, nouns: Sequence[Mention], text: str) -> tuple[frozenset[str], bool]:
    """Return the keys of the nouns near a number, and whether one is right beside it."""
    after = text[number.end :]
    if number.unit in ("%", "share", "pair") and (calibrated := _CALIBRATED.match(after)):
        return frozenset({"uncalibrated_share" if _NOT.search(calibrated[0]) else "calibrated_share"}), True
    if number.unit == "%" and _AGAINST_BASE.match(after):
        keys, linked = _before(number, nouns, text)
        return (keys if linked and keys else OF_PREDICTIONS | {"highest_probability"}), True
    if number.unit == "%" and _USUALLY.match(after):
        return frozenset({"base_rate", "fall_base_rate"}), True
    if number.unit == "%" and _OF_CASES.match(after):
        return _shares(text), True
    following = next((one for one in nouns if one.start >= number.end), None)
    # "0.047 t = 2.3": a noun with a number of its own right behind it is that one's.
    own = following is not None and bool(_OWN.match(text, following.end))
    if following and not own and _belongs_after(text[number.end : following.start]):
        if number.unit == "pair":
            # "5 of 60 candidates" is no share of predictions.
            return following.names if "at_threshold" in following.names else following.names | _shares(text), True
        if number.unit in ("", "seconds", "bps") or not _only_counts(following.names):
            before = [one for one in nouns if one.end <= number.start and not _only_counts(one.names)]
            linked = bool(before and _LINK.fullmatch(text[before[-1].end : number.start]))
            return following.names | (before[-1].names if linked else frozenset()), True
    told = frozenset().union(*(one.names for one in nouns if not _only_counts(one.names)))
    if number.unit in ("share", "pair"):
        return _shares(text) | told if told else told, True
    # A distance is measured in whatever the sentence speaks of.
    distance = told if number.unit in ("points", "times") else frozenset()
    if number.unit == "times" and _SPEED.search(text):
        distance = frozenset({"seconds"})
    keys, linked = _before(number, nouns, text)
    return keys or distance, linked


def _shares(text: str) -> frozenset[str]:
    """Return what a share of cases can be: what happened, and in "85 of 100 should come true" what was asked for."""
    return OF_PREDICTIONS | frozenset({"confidence_threshold"} if _OUGHT.search(text) else ())


def _belongs_after(between: str) -> bool:
    return len(between.split()) <= 4 and not _NOT_NOUN_AFTER.search(between.replace(" of ", " "))


def _before(number: Number, nouns: Sequence[Mention], text: str) -> tuple[frozenset[str], bool]:
    """Return the keys of the noun that a number stands right behind, else those of all nouns of its thought."""
    before = [one for one in nouns if one.end <= number.start]
    if not before:
        return frozenset(), False
    last = before[-1]
    between = text[last.end : number.start]
    if (
        _only_counts(last.names)
        and _VERB.fullmatch(between)
        and number.unit != "%"
        and (number.unit or number.step >= 1)
    ):
        return last.names, True
    telling = [one for one in before if not _only_counts(one.names)]
    if not telling:
        return frozenset(), False
    nearest, outer = telling[-1], telling[-2] if len(telling) > 1 else None
    if outer and _SUPERLATIVE.match(text[nearest.start : nearest.end]):
        # "Drawdown is the highest at 0.76" speaks of the drawdown.
        nearest = replace(nearest, names=nearest.names | outer.names)
        telling = [*telling[:-1], nearest]
    between = text[nearest.end : number.start]
    inner = outer is not None and bool(_INNER.match(text[outer.end : nearest.start]))
    if outer and "regime_probability" in nearest.names and any(key.startswith("p_") for key in outer.names):
        return outer.names, True
    if _LINK.fullmatch(between):
        # "The t-statistic of its rank IC is 1.4": the first noun is as good.
        return nearest.names | (outer.names if outer and inner else frozenset()), True
    turns = [match.end() for match in _TURN.finditer(text, 0, number.start)]
    begin = turns[-1] if turns else 0
    thought = [
        one.names for one in telling if one.start >= begin and not re.search(r"\d", text[one.end : number.start])
    ]
    if thought:
        return frozenset().union(*thought), True
    return nearest.names if not turns else frozenset(), False


def _opened(number: Number, nouns: Sequence[Mention], text: str) -> frozenset[str]:
    """Return the keys of what a sentence began with, or its thought ends with: "69 % of the rows were calibrated"."""
    before = [one.names for one in nouns if one.end <= number.start and not _only_counts(one.names)]
    if before:
        return before[-1]
    turn = _TURN.search(text, number.end)
    after = [one.names for one in nouns if number.end <= one.start < (turn.start() if turn else len(text))]
    return next((keys for keys in after if not _only_counts(keys)), frozenset())


def _only_counts(keys: frozenset[str]) -> bool:
    return keys <= COUNTS
