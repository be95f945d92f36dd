"""The prose of a text: what its writer says, without quotations, code, tables and results, as sentences."""

import re
from dataclasses import dataclass
from typing import Literal

from mltrainer.actions.detect_patterns import exactly, words

# Everything here is somebody else's words or no words at all. Each part is blanked before the next is looked for.
_FENCE = words(r"^[ \t]*(?P<fence>`{3,}|~{3,}).*?(?:^[ \t]*(?P=fence)[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_CLOSING_TAG = words(r"</(?P<tag>(?!(?:b|i|em|strong|u|p)>)[a-z_][\w:-]{0,40})>")
_INLINE_CODE = exactly(r"(?P<ticks>`{1,3})(?!`)[^`\n]{1,400}(?P=ticks)")
# A name in ticks is still the writer's own word: "train `lightgbm` and save it to `t3.csv`".
_NAME = exactly(r"`(?P<name>[\w~./+=%-]{1,60})`")
_QUOTED_LINE = words(r"^[ \t]*(?:[-*+][ \t]+)?>.*$", re.MULTILINE)
_TABLE_LINE = words(r"^[ \t]*\|.*$|^[^|\n]{0,300}\|[^|\n]{0,300}\|[^\n]*$", re.MULTILINE)
_JSON_LINE = words(r'^[ \t]*(?:[{}\[\]][^\n]*|"[\w .-]{1,60}"[ \t]*:[^\n]*)$', re.MULTILINE)
_STRUCK = exactly(r"~~[^~\n]{1,400}~~")
_DOUBLE_QUOTES = exactly(r'"[^"]{0,2000}"|“[^”]{0,2000}”|«[^»]{0,2000}»|„[^“”]{0,2000}[“”]')
_SINGLE_QUOTES = exactly(r"(?<![\w])'(?=\S)[^'\n]{1,400}(?<=\S)'(?!\w)|‘[^‘\n]{1,400}?’(?!\w)")
_ADDRESS = exactly(r"\]\([^)\n]{0,500}\)|https?://\S+")
_INDENTED = exactly(r"(?:(?<=\n)[ \t]*\n|\A)(?:(?: {4}|\t)(?![ \t]*(?:[-*+•]|\d{1,2}[.)])[ \t])[^\n]*(?:\n|\Z))+")
_FOREIGN = (
    _FENCE,
    _QUOTED_LINE,
    _INDENTED,
    _INLINE_CODE,
    _TABLE_LINE,
    _JSON_LINE,
    _STRUCK,
    _DOUBLE_QUOTES,
    _SINGLE_QUOTES,
    _ADDRESS,
)
# Emphasis is taken out and not blanked: "**7**-10" must read like "7-10".
_EMPHASIS = exactly(r"(?<!\S)\*+(?=\S)|(?<=\S)\*+|(?<![A-Za-z0-9])_+(?=[^\s_])|(?<=[^\s_])_+(?![A-Za-z0-9_])")

_HEADING = exactly(r"[ \t]*#{1,6}[ \t]+")
_ITEM = exactly(
    r"[ \t]*(?:[-*+•–][ \t]+|\(?\d{1,2}[.)][ \t]+|\(?[a-hA-H]\)[ \t]+|Option[ \t]+\w{1,2}[ \t]*[:.)–-]+[ \t]*)"
)
_INLINE_ITEM = exactly(r"(?<!\S)(?:\(?(?P<number>\d)[.)]|\((?P<letter>[a-h])\))[ \t]+(?=\S)")
_SENTENCE_END = exactly(r"(?<!\be\.g)(?<!\bi\.e)(?<!\bvs)(?<!\bapprox)(?<!\bca)[.!?…]+[)\]]*(?=\s|$)")

# Nobody proposes in a sentence longer than this; what is longer is data or an attack.
_LONGEST_SENTENCE = 1_000

Role = Literal["plain", "item", "heading"]


@dataclass(frozen=True)
class Sentence:
    """One sentence of the prose, ``start`` counted in the original text.

    Parameters
    ----------
    role
        ``item`` for the first sentence of a list item, ``heading`` for a heading, ``plain`` otherwise.
    block
        Number of the paragraph, item or heading it stands in.
    """

    text: str
    places: tuple[int, ...]
    role: Role
    block: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where ``self.text[start:end]`` stands in the original text."""
        return self.places[start], self.places[max(end - 1, start)] + 1


def read_prose(text: str) -> list[Sentence]:
    """Return the sentences of a text in order; foreign words in them are blanks."""
    own = _without_tagged(text)
    for pattern in _FOREIGN:
        own = pattern.sub(_blank_but_names if pattern is _INLINE_CODE else _blank, own)
    places = _without_emphasis(own)
    sentences: list[Sentence] = []
    for block, (role, start, end) in enumerate(_blocks(own)):
        kept = [place for place in places[start:end] if place >= 0]
        _add_sentences(own, kept, role, block, sentences)
    return sentences


def _without_tagged(text: str) -> str:
    """Blank what stands between tags, such as the results of tools; tags of mere emphasis hold prose."""
    own, place = text, 0
    for closing in _CLOSING_TAG.finditer(text):
        opening = re.compile(rf"<{re.escape(closing['tag'])}\b", re.IGNORECASE).search(text, place, closing.start())
        if opening:
            start, place = opening.start(), closing.end()
            own = own[:start] + _spaces(own[start:place]) + own[place:]
    return own


def _blank(match: re.Match[str]) -> str:
    return _spaces(match[0])


def _blank_but_names(match: re.Match[str]) -> str:
    name = _NAME.fullmatch(match[0])
    return f" {name['name']} " if name else _spaces(match[0])


def _spaces(text: str) -> str:
    # Line ends stay: they part paragraphs and items.
    return re.sub(r"[^\n]", " ", text)


def _without_emphasis(own: str) -> list[int]:
    """Return each character's place, -1 where it only marks emphasis."""
    places = list(range(len(own)))
    for match in _EMPHASIS.finditer(own):
        line_start = own.rfind("\n", 0, match.start()) + 1
        is_bullet = not own[line_start : match.start()].strip() and own[match.end() : match.end() + 1] in (" ", "\t")
        if not is_bullet:
            places[match.start() : match.end()] = [-1] * (match.end() - match.start())
    return places


def _blocks(own: str) -> list[tuple[Role, int, int]]:
    """Return paragraphs, list items and headings with their first and last place, markers left out."""
    blocks: list[tuple[Role, int, int]] = []
    place = 0
    is_open = False
    for line in own.splitlines(keepends=True):
        start, place = place, place + len(line)
        if not line.strip():
            is_open = False
        elif mark := _HEADING.match(line):
            blocks.append(("heading", start + mark.end(), place))
            is_open = False
        elif mark := _ITEM.match(_bare(line)):
            blocks.append(("item", start, place))
            is_open = True
        elif is_open:
            role, first, _ = blocks[-1]
            blocks[-1] = (role, first, place)
        else:
            blocks.append(("plain", start, place))
            is_open = True
    return [part for block in blocks for part in _numbered_inside(own, *block)]


def _bare(line: str) -> str:
    """Return a line in which emphasis hides no list marker: "**1. Run it**"."""
    return line.replace("*", " ") if line.lstrip()[:2] in ("**", "__") else line


def _numbered_inside(own: str, role: Role, start: int, end: int) -> list[tuple[Role, int, int]]:
    """Part a paragraph that numbers its options within the line: "Options: 1. ... 2. ... 3. ..."."""
    if role == "heading":
        return [(role, start, end)]
    marks: list[re.Match[str]] = []
    for mark in _INLINE_ITEM.finditer(own, start, end):
        number = int(mark["number"]) if mark["number"] else ord(mark["letter"]) - ord("a") + 1
        if number == len(marks) + 1:
            marks.append(mark)
    if len(marks) < 2:
        lead = _ITEM.match(_bare(own[start:end])) if role == "item" else None
        return [(role, start + (lead.end() if lead else 0), end)]
    parts: list[tuple[Role, int, int]] = (
        [("plain", start, marks[0].start())] if own[start : marks[0].start()].strip() else []
    )
    ends = [mark.start() for mark in marks[1:]] + [end]
    return parts + [("item", mark.end(), stop) for mark, stop in zip(marks, ends, strict=True)]


def _add_sentences(own: str, kept: list[int], role: Role, block: int, sentences: list[Sentence]) -> None:
    joined = "".join(own[place] for place in kept).replace("\n", " ").replace("’", "'").replace("\u00a0", " ")
    start = 0
    for end in [match.end() for match in _SENTENCE_END.finditer(joined)] + [len(joined)]:
        text = joined[start:end]
        if text.strip() and len(text) <= _LONGEST_SENTENCE:
            lead = len(text) - len(text.lstrip())
            sentences.append(Sentence(text[lead:], tuple(kept[start + lead : end]), role, block))
            role = "plain" if role == "item" else role
        start = end
