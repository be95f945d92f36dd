"""Whose a number is: the model, ticker or trial that its sentence gives it to."""

import re
from dataclasses import dataclass

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding_terms import Mention

_JOINED = words(r"[\s,()]*(?:and|or|&|\+|/|plus|as well as|with|,)?[\s(]*(?:the |its |of )*")
_COMPARED = words(
    r"[^\d,;:]{0,30}?\b(?:beats?|beaten|outperform\w*|over|than|against|versus|vs\.?|trail\w*|lead\w*|ahead of|"
    r"edg\w+(?: out)?|"
    r"tops?|topped|above|below|behind|compared (?:to|with)|exceed\w*|pass\w*|to)\s+(?:the |its |that of |"
    r"plain ){0,2}\s*"
)
_ATTACHED = words(
    r"[\s)\]]*(?:[\w@%'’-]+\s+){0,4}?(?:for|by|of|from|with|on|in|gives|belongs to|\()[\s(]*(?:the |its |a |an |"
    r"plain |such |these |all |those )?\s*|\s*\(\s*"
)
_NOT_ATTACHED = words(
    r"\b(?:and|but|while|than|against|versus|vs|over|above|below|ahead|behind|contrast|compared|comparison|"
    r"relative|front|"
    r"better|worse|higher|lower|instead|short|clear|as|so)\b|[,;:\d]"
)
_TURN = words(
    r";|:| — |, (?:and|but|while|whereas|so|yet|with the|although|though|the)\b|\b(?:while|whereas|although|but)\b"
)
# What is added or left out owns none of the figures that follow.
_ADDED = words(r"\b(?:adding|added|add|including|dropping|without|replacing|besides) (?:the )?$")
_OPENING = words(
    r"\W*(?:with|at|on|reaching|posting|having|by|an?|its|only|about|just|despite|\d)[^,]*,\s*(?:the )?\s*"
)


@dataclass(frozen=True)
class Sentence:
    """A sentence with what it names and its numbers as (start, end, keys), all in order."""

    text: str
    subjects: tuple[Mention, ...]
    numbers: tuple[tuple[int, int, frozenset[str]], ...]


def subject_of(kind: str, start: int, sentence: Sentence) -> frozenset[str]:
    """Return the names of this kind that the number at ``start`` may belong to; empty where the words do not tell."""
    named = [one for one in sentence.subjects if one.kind == kind and not _ADDED.search(sentence.text[: one.start])]
    if not named:
        return frozenset()
    end = next(one[1] for one in sentence.numbers if one[0] == start)
    if after := _attached(end, named, sentence):
        return after
    before = [one for one in named if one.end <= start]
    if not before:
        match = _OPENING.match(sentence.text)
        opened = bool(match) and start < match.end() == named[0].start  # type: ignore[union-attr]
        return named[0].names if opened else frozenset()
    group = [before[-1]]
    for one in reversed(before[:-1]):
        between = sentence.text[one.end : group[0].start]
        if not (_JOINED.fullmatch(between) or _COMPARED.fullmatch(between)):
            break
        group.insert(0, one)
    between = sentence.text[group[-1].end : start]
    turns = list(_TURN.finditer(between))
    others = [one for one in sentence.subjects if one.kind != kind and group[-1].end <= one.start < start]
    if turns and any(one.start >= group[-1].end + turns[-1].start() for one in others):
        return frozenset()
    return _share(group, start, named, sentence)


def _attached(end: int, named: list[Mention], sentence: Sentence) -> frozenset[str]:
    """Return what is named right after a number: "0.74 for RandomForest", "31 % (AAPL)"."""
    following = next((one for one in named if one.start >= end), None)
    if not following:
        return frozenset()
    between = sentence.text[end : following.start]
    # A baseline's name may bring its own preposition: "0.71 for volatility".
    opening = re.match(r"(?:on|by|with|for|from|of)\s", sentence.text[following.start : following.end], re.IGNORECASE)
    if _NOT_ATTACHED.search(between):
        return frozenset()
    if _ATTACHED.fullmatch(between) or (opening and len(between.split()) <= 4):
        names = following.names
        for one in named[named.index(following) + 1 :]:
            if not re.fullmatch(r"\s*(?:\+|and|&)\s*", sentence.text[following.end : one.start]):
                break
            # "0.74 for RandomForest and 0.73 for XGBoost" names the second one for its own number.
            names, following = names | one.names, one
        return names
    return frozenset()


def _share(group: list[Mention], start: int, named: list[Mention], sentence: Sentence) -> frozenset[str]:
    """Return whose a number is among several named together: in the order of naming where there are as many."""
    together = frozenset().union(*(one.names for one in group))
    if len(group) == 1:
        return together
    until = next((one.start for one in named if one.start >= group[-1].end), len(sentence.text))
    numbers = [one for one in sentence.numbers if group[-1].end <= one[0] < until]
    outside = [one for one in numbers if not _in_range(one[0], sentence)] or numbers
    same = len({keys for _, _, keys in outside if keys}) <= 1
    if len(outside) == len(group) and same:
        place = max((index for index, one in enumerate(outside) if one[0] <= start), default=0)
        return group[place].names
    return together


def _in_range(start: int, sentence: Sentence) -> bool:
    """Tell whether a number is an end of an interval in brackets."""
    opening = max(sentence.text.rfind("(", 0, start), sentence.text.rfind("[", 0, start))
    if opening < 0 or re.search(r"[)\]]", sentence.text[opening:start]):
        return False
    closing = re.search(r"[)\]]", sentence.text[start:])
    inside = sentence.text[opening : start + closing.end()] if closing else sentence.text[opening:]
    return bool(re.search(r"\d\S*\s*(?:to|–|-|,|\.\.|  )\s*[-−]?\d", inside))
