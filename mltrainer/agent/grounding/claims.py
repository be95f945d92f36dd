"""The figures that a text claims: each number with what it is said to be, and whose it is said to be."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.ignored import without_ignored
from mltrainer.agent.grounding.meanings import meanings_of
from mltrainer.agent.grounding.names import Mention, find_names, names_of, nicknames
from mltrainer.agent.grounding.nouns import find_nouns
from mltrainer.agent.grounding.numbers import Number, numbers_in
from mltrainer.agent.grounding.owners import Sentence, is_of_another, owner_of
from mltrainer.agent.grounding.unclaimed import is_no_claim

_FAR = 240
_NEAR = 60
_FEW_WORDS = 5
_BULLET = re.compile(r"\s*(?:[-*+•]\s|\(?\d{1,2}[.)]\s|>\s)")
_PRONOUN = words(r"\W*(?:it|its|this|that|both|their|they|he|the model|the former|same)\b")
_NO_NAMES: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Claim:
    """A figure that a text claims.

    Parameters
    ----------
    keys
        Keys of a result document that it may be; empty where the words do not tell.
    sure
        Whether the words near it tell what it is; else the keys are what the sentence spoke of before.
    models, tickers, trials
        Whose it is said to be; empty where the words do not tell.
    named
        Every model and ticker that the sentence names.
    sentence, before, after
        What it stands in, and the words around it.
    line
        The place of its line: figures of one line may follow from each other.
    """

    number: Number
    keys: frozenset[str]
    sure: bool
    models: frozenset[str]
    tickers: frozenset[str]
    trials: frozenset[str]
    named: frozenset[str]
    sentence: str
    before: str
    after: str
    line: int = 0


@dataclass
class _Context:
    """What goes on from one line to the next: the heading, the sentence before, the head of a table."""

    heading: list[Mention] = field(default_factory=list)
    topic: frozenset[str] = _NO_NAMES
    carried: list[Mention] = field(default_factory=list)
    spoken_of: frozenset[str] = _NO_NAMES
    header: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Known:
    tickers: frozenset[str]
    keys: frozenset[str]
    nicknames: Mapping[str, str]


def read_claims(
    text: str, tickers: Collection[str] = (), keys: Collection[str] = (), models: Collection[str] = ()
) -> list[Claim]:
    """Return the figures that a text claims, in order.

    Ordinals, numbers of lists, dates, horizons, small counts, ids and what a sentence only proposes are none.

    Parameters
    ----------
    tickers
        Names that are tickers in this session.
    keys
        Keys of results that may be named by their own words.
    models
        Ids of models that a part of their name is enough for: "boosting".
    """
    known = _Known(frozenset(tickers), frozenset(keys), nicknames(models))
    plain = re.sub(r"[*`]|__", lambda match: " " * len(match[0]), without_ignored(text)).replace("..", "  ")
    claims: list[Claim] = []
    context = _Context()
    place = 0
    for index, line in enumerate(plain.split("\n")):
        found = _of_row(line, context, known) if line.lstrip().startswith("|") else _of_line(line, context, known)
        claims += [replace(_moved(one, place, text), line=index) for one in found]
        place += len(line) + 1
    return claims


def _moved(claim: Claim, by: int, text: str) -> Claim:
    start, end = claim.number.start + by, claim.number.end + by
    return replace(claim, number=replace(claim.number, start=start, end=end, text=text[start:end]))


def _of_line(line: str, context: _Context, known: _Known) -> Iterator[Claim]:
    context.header = []
    if not line.strip():
        context.carried, context.spoken_of = [], _NO_NAMES
        return
    bullet, heading = bool(_BULLET.match(line)), line.lstrip().startswith("#")
    if not bullet:
        context.heading, context.topic = [], _NO_NAMES
    own: list[Mention] = []
    for start, end in _sentences(line):
        part = line[start:end]
        names = find_names(part, known.tickers, known.nicknames)
        carried = own or (context.heading if bullet else [])
        if not carried and _PRONOUN.match(part):
            carried = context.carried
        topic = context.topic if bullet else _NO_NAMES
        found = list(_of_sentence(part, names, carried, topic, known, context.spoken_of))
        context.spoken_of = next((one.keys for one in reversed(found) if one.sure), context.spoken_of)
        yield from (_shifted(one, start) for one in found)
        if bullet:
            own = own or [one for one in names if one.kind != "trial"]
        context.carried = [one for one in names if one.kind != "trial"] or context.carried
        if heading or part.rstrip().endswith(":"):
            context.heading = names
            context.topic = frozenset().union(*(one.names for one in find_nouns(part, known.keys)))


def _shifted(claim: Claim, by: int) -> Claim:
    return replace(claim, number=replace(claim.number, start=claim.number.start + by, end=claim.number.end + by))


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for match in re.finditer(
        r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bapprox)(?<!\bvol)(?<!\bca)[.!?]+[)\"']*(?=\s|$)", line
    ):
        yield begin, match.end()
        begin = match.end()
    if line[begin:].strip():
        yield begin, len(line)


def _of_sentence(
    text: str,
    names: Sequence[Mention],
    carried: Sequence[Mention],
    topic: frozenset[str],
    known: _Known,
    spoken_of: frozenset[str] = _NO_NAMES,
) -> Iterator[Claim]:
    """Read one sentence; what it does not name itself it takes from the names that are carried into it."""
    within = lambda one: any(name.start <= one.start < name.end for name in names)  # noqa: E731
    numbers = tuple(one for one in numbers_in(text) if not within(one))
    if not numbers:
        return
    nouns = [one for one in find_nouns(text, known.keys) if not within(one)]
    meanings = meanings_of(numbers, nouns, text, topic, spoken_of)
    sentence = Sentence(text, tuple(names), numbers, tuple(one.keys for one in meanings), tuple(carried))
    for number, meant in zip(numbers, meanings, strict=True):
        models, tickers, trials = (
            owner_of(kind, number, sentence) if any(one.kind == kind for one in names) else names_of(kind, carried)
            for kind in ("model", "ticker", "trial")
        )
        if trials and is_of_another(number, sentence) and len(names_of("trial", names)) == 1:
            trials = _NO_NAMES
        if not is_no_claim(number, meant.keys, text, named=bool(tickers)):
            yield Claim(
                number,
                meant.keys,
                meant.sure,
                models,
                tickers,
                trials,
                _all_of(names) or _all_of(carried),
                # What is far away in an endless sentence says nothing about a number.
                text[max(0, number.start - _FAR) : number.end + _FAR],
                text[max(0, number.start - _NEAR) : number.start],
                text[number.end : number.end + _NEAR],
            )


def _all_of(mentions: Sequence[Mention]) -> frozenset[str]:
    return names_of("model", mentions) | names_of("ticker", mentions)


def _of_row(line: str, context: _Context, known: _Known) -> Iterator[Claim]:
    """Read a row of a table: the first cells say whose or what the figures are, the head of a column the other."""
    if re.fullmatch(r"[\s|:-]+", line):
        return
    cells = list(re.finditer(r"(?<=\|)[^|]*", line))
    if not context.header:
        context.header = [one[0] for one in cells]
        return
    named: list[Mention] = []
    first = find_nouns(cells[0][0], known.keys) if not _cell_names(cells[0][0], context.header, known, row=True) else []
    for column, match in enumerate(cells):
        title = context.header[column] if column < len(context.header) else ""
        own = _cell_names(match[0], context.header, known, row=True)
        above = _cell_names(title, context.header, known)
        topic = _NO_NAMES if above else frozenset().union(*(one.names for one in find_nouns(title, known.keys)))
        topic = topic or frozenset().union(*(one.names for one in first))
        carried = [*(named or context.heading), *above]
        if len(match[0].split()) > _FEW_WORDS:
            # A sentence in a cell speaks for itself; only its trial is the row's.
            topic = _NO_NAMES
            carried = [one for one in carried if one.kind == "trial"]
        for one in _of_sentence(match[0], own, carried, topic, known):
            if one.number.unit == "" and "%" in title:
                one = replace(one, number=replace(one.number, unit="%"))
            # The head of a column names another model than the row's ticker: "volatility only" beside NVDA.
            yield replace(_shifted(one, match.start()), sentence=line.strip())
        named = named or own


def _cell_names(cell: str, header: Sequence[str], known: _Known, *, row: bool = False) -> list[Mention]:
    """Return whom a cell names; beside names of models "Volatility" is the baseline, and no figure."""
    found = find_names(cell, known.tickers, known.nicknames)
    baseline = {"volatility": "volatility_only", "momentum": "momentum_12_1"}.get(cell.strip().lower())
    across = any(names_of("model", find_names(title, known.tickers, known.nicknames)) for title in header)
    if not found and baseline and across != row:
        return [Mention(0, len(cell), "model", frozenset({baseline}))]
    return found
