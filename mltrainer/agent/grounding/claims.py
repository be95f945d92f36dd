"""The figures that a text claims, line by line: paragraphs, lists below a heading, tables."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from mltrainer.actions.detect_patterns import words
from mltrainer.agent.grounding.claim import Claim
from mltrainer.agent.grounding.ignored import without_ignored
from mltrainer.agent.grounding.names import Mention, names_of, nicknames, with_more
from mltrainer.agent.grounding.sentences import NOTHING, Known, read_sentence
from mltrainer.agent.grounding.tables import Table

_BULLET = re.compile(r"\s*(?:[-*+•]\s|\(?\d{1,2}[.)]\s)")
_PRONOUN = words(r"\W*(?:it|its|this|that|(?:in )?both|their|they|he|the model|the former|same)\b")
_IT = words(r"\W*its?\b")


@dataclass
class _Context:
    """What goes on from one line to the next: the heading, the one ticker of a paragraph, the sentence, the table."""

    heading: list[Mention] = field(default_factory=list)
    subject: list[Mention] = field(default_factory=list)
    topic: frozenset[str] = NOTHING
    carried: list[Mention] = field(default_factory=list)
    spoken_of: frozenset[str] = NOTHING
    table: Table | None = None
    listed: list[Mention] = field(default_factory=list)


def read_claims(
    text: str,
    tickers: Collection[str] = (),
    keys: Collection[str] = (),
    models: Collection[str] = (),
    labels: Collection[str] = (),
    actions: Collection[tuple[str, str]] = (),
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
    labels
        Names of the rows, states, groups and features of results.
    actions
        What trials did, each with its id.
    """
    known = Known(frozenset(tickers), frozenset(keys), nicknames(models), frozenset(labels), frozenset(actions))
    plain = re.sub(r"[*`]|__", lambda match: " " * len(match[0]), without_ignored(text)).replace("..", "  ")
    claims: list[Claim] = []
    context = _Context()
    place = 0
    for index, line in enumerate(plain.split("\n")):
        found = _of_row(line, context, known) if line.lstrip().startswith("|") else _of_line(line, context, known)
        claims += [_placed(one, place + start, index, text) for start, one in found]
        place += len(line) + 1
    return claims


def _placed(claim: Claim, by: int, line: int, text: str) -> Claim:
    start, end = claim.number.start + by, claim.number.end + by
    return replace(claim, number=replace(claim.number, start=start, end=end, text=text[start:end]), line=line)


def _of_line(line: str, context: _Context, known: Known) -> Iterator[tuple[int, Claim]]:
    """Return the figures of a line, each with the place at which its sentence begins."""
    context.table = None
    if not line.strip():
        context.carried, context.spoken_of = [], NOTHING
        return
    bullet, heading = bool(_BULLET.match(line)), line.lstrip().startswith("#")
    if not bullet:
        context.heading, context.topic = [], NOTHING
    own: list[Mention] = []
    everybody: list[Mention] = []
    for start, end in _sentences(line):
        part = line[start:end]
        names = known.names_in(part)
        carried = with_more(own, context.heading) if bullet else []
        if not carried and _PRONOUN.match(part):
            carried = context.carried or (context.subject if _IT.match(part) else [])
        someone = carried or any(one.kind != "trial" for one in names)
        recent = NOTHING if someone else names_of("ticker", context.carried or context.listed)
        if not bullet and len(names_of("trial", everybody)) == 1:
            carried = with_more(carried, [one for one in everybody if one.kind == "trial"])
        topic = context.topic if bullet else NOTHING
        found = list(read_sentence(part, names, carried, topic, known, context.spoken_of))
        context.spoken_of = next((one.keys for one in reversed(found) if one.sure), context.spoken_of)
        yield from ((start, replace(one, recent=recent)) for one in found)
        if bullet and not own:
            # Whom an item names behind its first figure owns no more than what follows in that sentence.
            first = min((one.number.start for one in found), default=len(part))
            own = [one for one in names if one.kind != "trial" and one.start < first]
        context.carried = [one for one in names if one.kind != "trial"] or context.carried
        if heading or part.rstrip().endswith(":"):
            context.heading = names or context.subject
            context.topic = known.topic_of(part)
        everybody += names
    tickers = [one for one in everybody if one.kind == "ticker"]
    if not bullet and not names_of("trial", context.heading) and len(names_of("trial", everybody)) == 1:
        context.heading = [*context.heading, *(one for one in everybody if one.kind == "trial")]
    if not bullet and tickers:
        # A list below a paragraph on one ticker goes on with it, and so do the paragraphs that say "it".
        context.subject = tickers if len(names_of("ticker", tickers)) == 1 else []
        context.heading = with_more(context.heading, context.subject)


def _of_row(line: str, context: _Context, known: Known) -> Iterator[tuple[int, Claim]]:
    if context.table:
        context.listed = [*context.listed, *(one for one in known.names_in(line) if one.kind == "ticker")]
        yield from context.table.read_row(line, context.heading)
    else:
        context.table = Table(line, known)


def _sentences(line: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for match in re.finditer(
        r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bapprox)(?<!\bvol)(?<!\bca)[.!?]+[)\"']*(?=\s|$)", line
    ):
        yield begin, match.end()
        begin = match.end()
    if line[begin:].strip():
        yield begin, len(line)
