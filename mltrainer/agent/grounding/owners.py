"""Whose each number of a sentence is: the model, ticker or trial that the words around give it to."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.names import ANY_MODEL, ANYBODY, Mention
from mltrainer.agent.grounding.numbers import Number
from mltrainer.models.registry import MODELS

# What may stand between two names that share the numbers after them: a list of both, or one set against the other.
_JOINED = words(
    r"[\s,()]*(?:and|or|&|\+|/|plus|as well as|with|,)?[\s(]*(?:the |its |of |then )*|"
    r"[^\d,;:]{0,40}?\b(?:beats?|beating|beaten|outperform\w*|over|than|against|versus|vs\.?|trail\w*|lead\w*|"
    r"ahead of|edg\w+"
    r"(?: out)?|tops?|topped|above|below|behind|compared (?:to|with)|exceed\w*|pass\w*|to|from|with|close to)\s+"
    r"(?:the |its |that of |those of |plain |simple ){0,2}\s*"
)
_JOINED_OR_PLAIN = words(r"[^,:;]*|\s*,\s*(?:and |or )?(?:the )?")
# What may stand between a number and a name behind it that it belongs to: "0.74 for LightGBM", "31 % (AAPL)".
_ATTACHED = words(
    r"[\s)\]]*(?:[\w@%'’-]+\s+){0,4}?(?:for|by|of|from|with|on|in|after|gives|belongs to|goes to|"
    r"\()[\s(]*(?:the |its |"
    r"a |an |"
    r"plain |such |these |all |those |trial )*\s*|\s*\(\s*| "
)
_LISTED = words(r"\s?%?\s*(?:,|and|,\s*and|/|vs\.?|versus|against|to)\s*(?:the |their |its )?")
_VERSUS = words(r"\s?%?,?\s*(?:vs\.?|versus|against)\s*")
_FOR = words(r"\s?%?,?\s*(?:a year |each |respectively )?\(?(?:for|in|with|of|from|by)\s+(?:the )?")
_RELATIVE = words(r"\s*(?:that|which)\s+(?:the |its )?")
_NOT_ATTACHED = words(
    r"\b(?:and|but|while|than|against|versus|vs|over|above|below|ahead|behind|contrast|compared|comparison|"
    r"relative|front|better|worse|higher|lower|instead|short|clear|as|so|unlike|where|which|that|is|was|are|"
    r"were)\b|[,;:\d–—]"
)
# What ends a thought: a name before it no longer owns a number after it, if something else is named in between.
_TURN = words(
    r";|:| — | – |, (?:and|but|while|whereas|so|yet|with the|although|though|the)\b|\b(?:while|whereas|although|"
    r"but)\b"
)
# A number that is set against the one before it belongs to somebody else.
_CONTRAST = words(
    r"^[\s)%\]]*,?\s*(?:(?:vs\.?|versus|against|compared (?:with|to)|as opposed to|rather than|instead of|up from|"
    r"down from|"
    r"where|in contrast to|and not|not)\s+)(?:(?:the|only|just|about|around|roughly|an?|some|usual\w*|before) ?)*$"
)
# "38 s of the 42 s": what it is of is not theirs alone.
_WHOLE = words(
    r"\d ?[a-z%]{0,7} (?:out )?of (?:(?:the|all|its|their|about|roughly|around|some|altogether) )+(?:[a-z]+ )?$"
)
_OWN_NUMBER = words(r"\s*[-−+]?\d")
_ITS = words(r"\bits?\b")
_FROM = words(r"\b(?:from|previously|formerly|before:?) (?:about |around |roughly )?$")


@dataclass(frozen=True)
class Sentence:
    """A sentence with whom it names, its numbers, and what the nouns say each number is, all in order."""

    text: str
    names: tuple[Mention, ...]
    numbers: tuple[Number, ...]
    keys: tuple[frozenset[str], ...] = ()
    carried: tuple[Mention, ...] = ()

    @cached_property
    def brackets(self) -> list[tuple[int, int]]:
        """The spans in brackets."""
        return [match.span() for match in re.finditer(r"\([^()]*\)|\[[^\[\]]*\]", self.text)]


def owner_of(kind: str, number: Number, sentence: Sentence) -> frozenset[str]:
    """Return the names of this kind that a number may belong to; empty where the words do not tell."""
    named = [one for one in sentence.names if one.kind == kind]
    if not named:
        return frozenset()
    if kind == "model" and _WHOLE.search(sentence.text[: number.start]):
        return frozenset()
    if listed := _listed_behind(number, named, sentence):
        return listed
    if after := _attached(number, named, sentence):
        return after
    before = [one for one in named if one.end <= number.start]
    # What is named in a bracket that has closed is named for the numbers in that bracket.
    open_ = [one for one in before if not _closed_between(one, number, sentence)]
    before = open_ or before
    if not before:
        first = named[0]
        between = sentence.text[number.end : first.start]
        # "With an AUC of 0.72, RandomForest is best."
        opens = bool(re.match(r"\W*[^,]*$", sentence.text[: number.start]))
        opens = opens and bool(re.match(r"[^,;]*,\s*(?:the )?$", between))
        # "AUC 0.67, volatility 0.65" gives the second figure to the name.
        opens = opens and not _OWN_NUMBER.match(sentence.text, first.end)
        return _together(named, 0, sentence) if opens else frozenset()
    if len(before) == 1 and _is_aside(before[0], number, named, sentence):
        return frozenset()
    if in_order := _in_order(number, before, named, sentence):
        return in_order
    if kind == "ticker" and _in_list_of(number, len({one.names for one in named}), sentence):
        # As many figures as names, in no order that the words tell: each may be anybody's of them.
        return frozenset().union(*(one.names for one in named))
    group = [before[-1]]
    for one in reversed(before[:-1]):
        if not _JOINED.fullmatch(sentence.text[one.end : group[0].start]):
            break
        group.insert(0, one)
    between = sentence.text[group[-1].end : number.start]
    if kind != "trial" and _ITS.search(between):
        # "It" may be whoever was named before, and of another kind.
        if kind == "model" and any(one.kind == "ticker" for one in sentence.names):
            return frozenset({ANYBODY})
        return frozenset().union(*(one.names for one in (*before, *sentence.carried) if one.kind == kind))
    if kind == "model" and ";" in between and len(before) > 1:
        # Behind a semicolon the words do not tell whom they go on with.
        return frozenset().union(*(one.names for one in before))
    # A colon right behind a name opens what is said of it.
    turns = [match for match in _TURN.finditer(between) if between[: match.start()].strip()]
    others = [
        one for one in sentence.names if one.kind not in (kind, "trial") and group[-1].end <= one.start < number.start
    ]
    if turns and any(one.start >= group[-1].end + turns[-1].start() for one in others):
        return frozenset()
    return _share(group, number, sentence)


def _is_aside(name: Mention, number: Number, named: Sequence[Mention], sentence: Sentence) -> bool:
    """Tell whether a name was only what a figure before was set against: "0.61 against 0.60 for volatility, t 0.4"."""
    pairs = zip(sentence.numbers, sentence.numbers[1:], strict=False)
    against = (one for other, one in pairs if _CONTRAST.match(sentence.text[other.end : one.start]))
    ended = "," in sentence.text[name.end : number.start]
    return ended and any(one.end <= name.start and _attached(one, named, sentence) == name.names for one in against)


def _listed_behind(number: Number, named: Sequence[Mention], sentence: Sentence) -> frozenset[str]:
    """Return whose a number is of several that as many names follow: "0.675, 0.650 and 0.474 for A, B and C"."""
    first, last = _list_around(number, sentence)
    place, text, numbers = sentence.numbers.index(number), sentence.text, sentence.numbers
    names = [one for one in named if one.start >= numbers[last].end]
    group = names[:1] if names and _FOR.fullmatch(text[numbers[last].end : names[0].start]) else []
    for one in names[1:]:
        if group and _LISTED.fullmatch(text[group[-1].end : one.start]):
            group.append(one)
    if len(group) < 2 or len(group) != last - first + 1:
        return frozenset()
    return group[place - first].names


def _list_around(number: Number, sentence: Sentence) -> tuple[int, int]:
    """Return the first and the last place of the numbers that a number is listed with."""
    text, numbers = sentence.text, sentence.numbers
    first = last = numbers.index(number)
    while first and _LISTED.fullmatch(text[numbers[first - 1].end : numbers[first].start]):
        first -= 1
    while last + 1 < len(numbers) and _LISTED.fullmatch(text[numbers[last].end : numbers[last + 1].start]):
        last += 1
    return first, last


def _in_list_of(number: Number, size: int, sentence: Sentence) -> bool:
    first, last = _list_around(number, sentence)
    return size > 2 and last - first + 1 == size


def _closed_between(name: Mention, number: Number, sentence: Sentence) -> bool:
    return any(start < name.start and name.end <= end <= number.start for start, end in sentence.brackets)


def _attached(number: Number, named: Sequence[Mention], sentence: Sentence) -> frozenset[str]:
    """Return what is named right after a number: "0.74 for RandomForest", "31 % (AAPL)"."""
    following = next((one for one in named if one.start >= number.end), None)
    if not following:
        return frozenset()
    between = sentence.text[number.end : following.start]
    if _RELATIVE.fullmatch(between):
        return following.names
    # What stands in brackets between says more of the number: "0.009 (t 0.46) for XGBoost".
    between = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", between)
    inside = next((end for start, end in sentence.brackets if number.end <= start < following.start < end), 0)
    if any(following.end <= one.start < inside for one in sentence.numbers):
        # "44 % (volatility alone: 39 %)" names whose the second one is.
        return frozenset()
    if _NOT_ATTACHED.search(between):
        return frozenset()
    # A baseline's name may bring its own preposition: "0.71 for volatility".
    opening = re.match(r"(?:on|by|with|for|from|of)\s", sentence.text[following.start : following.end], re.IGNORECASE)
    if _ATTACHED.fullmatch(between) or (opening and len(between.split()) <= 4):
        return _together(named, list(named).index(following), sentence)
    return frozenset()


def _together(named: Sequence[Mention], place: int, sentence: Sentence) -> frozenset[str]:
    """Return a name with those that are listed with it and have no number of their own between."""
    names = named[place].names
    for one, other in zip(named[place:], named[place + 1 :], strict=False):
        if not re.fullmatch(r"\s*(?:\+|and|&)\s*(?:the )?", sentence.text[one.end : other.start]):
            break
        names |= other.names
    return names


def _share(group: Sequence[Mention], number: Number, sentence: Sentence) -> frozenset[str]:
    """Return whose a number is among several named together: in the order of naming where there are as many."""
    place = sentence.numbers.index(number)
    last = sentence.numbers[place - 1] if place else None
    if len(group) == 1:
        after_one = last is not None and last.start >= group[-1].end
        contrast = last and after_one and _CONTRAST.match(sentence.text[last.end : number.start])
        return frozenset() if contrast and group[0].kind != "ticker" else group[0].names
    everybody = frozenset().union(*(one.names for one in group))
    # "Of the three models LightGBM ranks best" speaks of one.
    return everybody - {ANY_MODEL} if everybody & MODELS.keys() else everybody


def _in_order(
    number: Number, before: Sequence[Mention], named: Sequence[Mention], sentence: Sentence
) -> frozenset[str]:
    """Return whose a number is where as many names stand together as figures of a kind after them, else nothing."""
    two = len(named) == len(before) == 2 and not _TURN.search(sentence.text[before[0].end : before[1].start])
    if two and (pair := _set_against(number, sentence)) and pair[0].start >= before[1].end:
        return before[pair.index(number)].names
    last = max((one.end for one in sentence.numbers if one.end <= before[-1].start), default=0)
    group = [one for one in before if one.start >= last]
    apart = [sentence.text[one.end : other.start] for one, other in zip(group, group[1:], strict=False)]
    if not all(len(between) <= 40 and _JOINED_OR_PLAIN.fullmatch(between) for between in apart):
        return frozenset()
    until = next((one.start for one in named if one.start >= group[-1].end), len(sentence.text))
    place = sentence.numbers.index(number)
    # Two models and AUC, AUC, skill, skill: in order for each figure.
    alike = [
        index
        for index, one in enumerate(sentence.numbers)
        if group[-1].end <= one.start < until
        and not _is_an_end(one, sentence)
        and _are_alike(sentence.keys, index, place)
    ]
    if len(group) > 1 and len(alike) == len(group) and place in alike:
        return group[alike.index(place)].names
    return frozenset()


def _set_against(number: Number, sentence: Sentence) -> tuple[Number, ...]:
    """Return the two numbers of "111 seconds versus 11", if a number is one of them."""
    first, last = _list_around(number, sentence)
    numbers = sentence.numbers[first : last + 1]
    if len(numbers) == 2 and _VERSUS.fullmatch(sentence.text[numbers[0].end : numbers[1].start]):
        return numbers
    return ()


def _are_alike(keys: Sequence[frozenset[str]], one: int, other: int) -> bool:
    return not keys or not keys[one] or not keys[other] or bool(keys[one] & keys[other])


def _is_an_end(number: Number, sentence: Sentence) -> bool:
    """Tell whether a number is an end of an interval in brackets."""
    for start, end in sentence.brackets:
        if start < number.start < end:
            inside = sentence.text[start:end]
            return bool(re.search(r"\d\S*\s*(?:to|–|-|,|\.\.|  )\s*[-−+]?\d", inside)) and " vs" not in inside
    return False


def is_of_another(number: Number, sentence: Sentence) -> bool:
    """Tell whether a number is what something was before: "from 0.47 to 0.49", "up from 0.47"."""
    return bool(_FROM.search(sentence.text[: number.start]))
