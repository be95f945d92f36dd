"""The figures of one sentence: its numbers, each with what the words around it say it is and whose it is."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.counts import is_a_tally
from mltrainer.agent.grounding.labels import find_labels
from mltrainer.agent.grounding.meanings import meanings_of
from mltrainer.agent.grounding.names import Mention, find_actions, find_names, names_of
from mltrainer.agent.grounding.nouns import find_nouns
from mltrainer.agent.grounding.numbers import numbers_in
from mltrainer.agent.grounding.owners import Sentence, is_of_another, owner_of
from mltrainer.agent.grounding.ranges import is_a_band
from mltrainer.agent.grounding.unclaimed import is_no_claim

_FAR = 240
_NEAR = 100
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Known:
    """What may be named in a text: tickers, keys of results, and models by a part of their name."""

    tickers: frozenset[str]
    keys: frozenset[str]
    nicknames: Mapping[str, str]
    labels: frozenset[str]
    actions: frozenset[tuple[str, str]]

    def names_in(self, text: str) -> list[Mention]:
        """Return whom a text names."""
        found = find_names(text, self.tickers, self.nicknames)
        if any(one.kind == "trial" for one in found):
            return found
        return sorted([*found, *find_actions(text, self.actions)], key=lambda one: one.start)

    def topic_of(self, text: str) -> frozenset[str]:
        """Return the keys that the nouns of a title name."""
        names = self.names_in(text)
        nouns = (
            one for one in find_nouns(text, self.keys) if not any(name.start <= one.start < name.end for name in names)
        )
        return frozenset().union(*(one.names for one in nouns))


def read_sentence(
    text: str,
    names: Sequence[Mention],
    carried: Sequence[Mention],
    topic: frozenset[str],
    known: Known,
    spoken_of: frozenset[str] = NOTHING,
) -> Iterator[Claim]:
    """Read one sentence; what it does not name itself it takes from the names that are carried into it."""
    labels = tuple(find_labels(text, known.labels))
    features = [one for one in labels if "_" in text[one.start : one.end]]
    within = lambda one: any(name.start <= one.start < name.end for name in (*names, *features))  # noqa: E731
    tally = lambda one: one.unit == "pair" and is_a_tally(text[one.end :])  # noqa: E731
    numbers = tuple(one for one in numbers_in(text) if tally(one) or not within(one))
    if not numbers:
        return
    nouns = [one for one in find_nouns(text, known.keys) if not within(one)]
    told = frozenset().union(*(one.names for one in nouns))
    meanings = meanings_of(numbers, nouns, text, topic, spoken_of)
    sentence = Sentence(text, tuple(names), numbers, tuple(one.keys for one in meanings), tuple(carried))
    labelled = Sentence(text, labels, numbers)
    for place, (number, meant) in enumerate(zip(numbers, meanings, strict=True)):
        models, tickers, trials = (
            owner_of(kind, number, sentence) if any(one.kind == kind for one in names) else names_of(kind, carried)
            for kind in ("model", "ticker", "trial")
        )
        if trials and is_of_another(number, sentence) and len(names_of("trial", names)) == 1:
            trials = NOTHING
        if not is_a_band(place, numbers, text) and not is_no_claim(number, meant.keys, text, named=bool(tickers)):
            yield Claim(
                number,
                meant.keys,
                meant.sure,
                models,
                tickers,
                trials,
                _everybody(names) or _everybody(carried),
                # What is far away in an endless sentence says nothing about a number.
                text[max(0, number.start - _FAR) : number.end + _FAR],
                text[max(0, number.start - _NEAR) : number.start],
                text[number.end : number.end + _NEAR],
                text=text,
                beside=numbers,
                place=place,
                told=told,
                labels=owner_of("label", number, labelled),
            )


def _everybody(mentions: Sequence[Mention]) -> frozenset[str]:
    return names_of("model", mentions) | names_of("ticker", mentions)
