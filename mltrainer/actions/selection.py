"""Picking among numbered things: "1-5", "1 and 3", "the second one", "all"."""

import re

_ORDINALS = {
    word: index
    for index, words in enumerate(
        (
            ("first", "1st"),
            ("second", "2nd"),
            ("third", "3rd"),
            ("fourth", "4th"),
            ("fifth", "5th"),
            ("sixth", "6th"),
            ("seventh", "7th"),
            ("eighth", "8th"),
            ("ninth", "9th"),
            ("tenth", "10th"),
        ),
        start=1,
    )
    for word in words
}
_LEAD = re.compile(r"^(?:(?:only|just|run|do|approve|execute|take|pick|choose|go with|go for|proceed with)\s+)*")
_NOUN = re.compile(r"\b(?:options?|numbers?|proposals?|choices?|steps?|ones?|no\.)\s*(?=\d|$|,|and\b|&|\+)")
_CARDINALS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5"}
_WORD = "|".join(_CARDINALS)
_NAMED = re.compile(rf"\b(?:option|number|proposal|choice)\s+(?P<word>{_WORD})\b")
_ALL_BUT = re.compile(r"(?:all|everything)\s+(?:but|except)\s+(?P<pick>.+)")
_SEVERAL = re.compile(r"(?:the\s+)?(?P<end>first|last)\s+(?P<many>two|three|four|five|[2-9])(?:\s+(?:ones|proposals))?")
_SPAN = re.compile(r"#?(\d{1,2})\s*(?:-|–|to|through)\s*#?(\d{1,2})")
_ALL = frozenset({"all", "all of them", "all of these", "everything", "every one", "them all"})


def read_selection(text: str, count: int) -> tuple[int, ...] | None:
    """Return the positions, from 1, that a whole answer picks among ``count`` things, or None where it picks none.

    A range is cut to what exists, but must still cover two of them: "1-5" of three is all three, "1-5" of one is no
    pick, for nobody would say so. A single number that does not exist makes the whole answer no pick.

    Parameters
    ----------
    text
        The whole answer; anything in it that is no pick makes it none.
    count
        How many things are numbered.
    """
    answer = " ".join(text.lower().split()).strip(" .!")
    answer = _LEAD.sub("", re.sub(r"[\s,.]+please$", "", answer))
    if count and answer in _ALL:
        return tuple(range(1, count + 1))
    if answer in ("both", "both of them"):
        return (1, 2) if count == 2 else None
    if match := _ALL_BUT.fullmatch(answer):
        left_out = read_selection(match["pick"], count) or ()
        return tuple(place for place in range(1, count + 1) if place not in left_out) or None if left_out else None
    if match := _SEVERAL.fullmatch(answer):
        many = int(_CARDINALS.get(match["many"], match["many"]))
        if not 1 < many <= count:
            return None
        return tuple(range(1, many + 1)) if match["end"] == "first" else tuple(range(count - many + 1, count + 1))
    answer = re.sub(r"^the\s+|(?<=[,&+ ])the\s+", "", answer)
    answer = _NAMED.sub(lambda found: _CARDINALS[found["word"]], answer)
    answer = _NOUN.sub(" ", answer).strip()
    picked: list[int] = []
    for part in re.split(r"\s*(?:,\s*and\b|,|&|\+|\band\b)\s*", answer):
        positions = _read_part(part.strip(), count)
        if not positions:
            return None
        picked += [position for position in positions if position not in picked]
    return tuple(picked) or None


def _read_part(part: str, count: int) -> tuple[int, ...]:
    if span := _SPAN.fullmatch(part):
        first, last = int(span[1]), min(int(span[2]), count)
        return tuple(range(first, last + 1)) if 1 <= first < last else ()
    if part == "last":
        return (count,)
    number = _ORDINALS.get(part) or (int(part.lstrip("#")) if re.fullmatch(r"#?\d{1,2}", part) else 0)
    return (number,) if 1 <= number <= count else ()
