"""The numbers of a text with their units: "31.2 %", "7 of 10", "a third", "$228.80", "about 190,000"."""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Literal

from mltrainer.actions.detect_patterns import words

Unit = Literal["", "%", "points", "bps", "$", "times", "seconds", "pair", "share", "date"]
Hedge = Literal["", "about", "under", "over"]

_WORDS = {
    word: float(value)
    for value, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
} | {
    "no": 0.0,
    "none": 0.0,
    "fifteen": 15.0,
    "thirteen": 13.0,
    "fourteen": 14.0,
    "sixteen": 16.0,
    "seventeen": 17.0,
    "eighteen": 18.0,
    "nineteen": 19.0,
    "twenty": 20.0,
    "thirty": 30.0,
    "forty": 40.0,
    "fifty": 50.0,
}
_WORDS |= {"hundred": 100.0, "a hundred": 100.0, "a dozen": 12.0, "both": 2.0, "neither": 0.0}
_SHARES = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8}
_SHARES |= {"ninth": 9, "tenth": 10, "twelfth": 12}
_TIMES = {"twice": 2.0, "double": 2.0, "doubles": 2.0, "doubled": 2.0, "triple": 3.0, "triples": 3.0, "tripled": 3.0}
_TIMES |= {"quadruple": 4.0}
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9, "gb": 1e3, "mb": 1.0}
_SECONDS = {"s": 1.0, "sec": 1.0, "second": 1.0, "min": 60.0, "minute": 60.0, "hour": 3_600.0}

_WORD = "|".join(sorted(_WORDS, key=len, reverse=True))
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_PAIR = words(
    rf"(?<![\w.,$-])(?P<hits>{_DIGITS}|(?P<not>not )?(?:{_WORD}))(?: (?!s |sec|min|hours?|instead|"
    rf"because)(?:\w+ ){{0,2}}?(?:out )?of "
    r"(?:(?:the|its|their|all|those|these|every|some|about|roughly) )*"
    r"(?:(?:top|last|past|first|most \w+|own|earlier|whole) ){0,2}| ?/ ?|(?:(?<=one) \w+)?[ -]in[ -](?:every )?)"
    rf"(?P<of>\d{{1,3}}(?:,\d{{3}})+|\d+|(?!both|no\b|none|neither)(?:{_WORD}))(?![\w%]|[.,]\d| ?%| (?:s|sec\w*|"
    rf"min\w*|hours?)\b)"
)
_SHARE = words(
    r"\b(?:(?P<count>an?|one|two|three|four|five|seven|eight|nine)[ -](?P<part>half|thirds?|quarters?|fourths?|"
    r"fifths?|"
    r"sixths?|sevenths?|eighths?|ninths?|tenths?|twelfths?)\b(?: of an? (?P<of>second|minute|hour)\b)?|"
    r"(?<!middle )(?<!first )(?<!second )(?<!other )(?P<alone>half)(?= (?:of|the|its|that|what|as)\b))"
)
_MULTIPLE = words(
    rf"\b(?:(?P<times>twice|double|triple|quadruple|(?:{_WORD})(?:[ -]and[ -]a[ -]half)? times)"
    r"(?= (?:(?:the|its|that|what|as|more|less|[a-z]+er|of|volatility|momentum)\b|"
    r"[\w.-]+['’]s?\b))|(?P<verb>(?:doubl|tripl)(?:es|ed))|"
    r"(?P<fold>two|three|four|five|six|seven|eight|nine|ten)-?fold)\b"
)
_CLOCK = words(
    r"\b(?P<minutes>\d{1,4}) ?min(?:utes?)?\.?,?(?: and)? (?P<seconds>\d{1,2}(?:\.\d+)?) ?s(?:ec(?:ond)?s?)?\b|"
    r"\b(?P<half>\w+) minutes? and a half\b|\b(?P<one>an?) minute and a half\b"
)
_COUNTED = words(
    rf"(?<!the )(?<!these )\b(?!both|neither)(?P<word>{_WORD})(?= (?:(?:other|different|more|single|of|the|them|"
    rf"distinct|walk-forward|"
    rf"registered) ){{0,3}}"
    r"(?:candidates?|names?|stocks?|tickers?|of them|folds?|fits?|strategies|trials?|qualif\w+|reach\w*|clears?|"
    r"pass\w*|(?:are|is) (?:above|below|over|under))\b|(?P<unit> (?:seconds?|minutes?|hours?|"
    r"(?:percentage )?points?)\b))"
)
_NUMBER = words(
    r"(?<![\w.])(?<!\d,)(?P<sign>(?<![\d%)\]] )(?<![\d%)\]])(?:[-−–+±]|"
    r"[−+±] ))?(?P<dollar>(?:US)?\$ ?)?(?P<sign2>[-−–])?"
    rf"(?P<digits>{_DIGITS})"
    r"(?P<scale> ?(?:k|thousand|m|million|bn|billion|gb|mb)\b)?"
    r"(?P<unit>(?:st|nd|rd|th)(?= percentile)| ?%(?:[- ]points?|[- ]pts?)?| ?per ?cent(?:age points?)?\b|"
    r" percentage points?\b| ?pp\b| ?p\.p\.|"
    r" (?:points?|pts?)\b| ?bps?\b| basis points?\b|-? ?fold\b| ?[x×](?!\w)| times\b(?! a (?:year|month))(?= (?:the|"
    r"its|that|what|as|more|less|[a-z]+er|of|chance|random|volatility|momentum|today|"
    r"[\w.-]+['’]s)\b|[.,;)]|$)| ?s\b|"
    r"[ -]?(?:sec(?:ond)?s?|min(?:ute)?s?|hours?)\b| ?(?:USD|dollars?|cents?)\b| ?¢)?"
    r"(?![\w]|\.\d|,\d{3})"
)
_RANGE = words(r"\s*(?:to|vs\.?|versus|against|-|–)\s")
_OFTEN = 20
_LIFT = words(r"\b(?:lift|factor|multiple) (?:of|is|was|to|=)(?: (?:about|only|just|roughly|almost|nearly))? ?$")
DATE = words(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
_SCORE = words(r"\b(?:score|ratio|factor|slope|sharpe|auc|ic|skill) (?:of |is |was |at |about )*$")
_SHARED = words(r"\s*(?:(?:to|and|or|vs\.?|versus|against|/|-|–|—|,)\s*)+(?:(?:about|only|just|to) )?")
_HEDGED_AFTER = re.compile(r"\s*(?:\+|or (?:so|thereabouts))(?!\w)")
_HEDGES: tuple[tuple[Hedge, re.Pattern[str]], ...] = (
    (
        "about",
        words(
            r"(?:about|around|roughly|approximately|approx\.?|circa|ca\.?|c\.|some|close to|near|or so|"
            r"in the region of|"
            r"of the order of|order of|on the order of|[~≈∼]) ?(?:a |an |the |\$)?$"
        ),
    ),
    (
        "under",
        words(
            r"(?:nearly|almost|just (?:under|below|shy of|short of)|(?:slightly |a bit |somewhat )?(?:under|"
            r"less than|"
            r"below)|fewer than|at most|not even|not quite|up to|a little (?:under|below|less than)|shy of) ?"
            r"(?:a |an |the )?$"
        ),
    ),
    (
        "over",
        words(
            r"(?:over|more than|above|at least|upwards of|in excess of|north of|better than|beyond) ?(?:a |an |"
            r"the )?$"
        ),
    ),
)


@dataclass(frozen=True)
class Number:
    """A number in a text, at ``text[start:end]``.

    Parameters
    ----------
    value, of
        As written, without sign; ``of`` is what a pair is out of. Times are in seconds, dates proleptic ordinals.
    step
        The unit of the last digit that was written: 0.01 for 0.72. It is 0 for a share such as "a third".
    sign
        -1, 0 (none written) or 1.
    spelled
        Whether it is a word.
    """

    start: int
    end: int
    text: str
    value: float
    step: float
    unit: Unit
    hedge: Hedge
    sign: int = 0
    of: float = 0.0
    spelled: bool = False

    @cached_property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest value that is written so."""
        return _written_range(self)

    @property
    def signed(self) -> float:
        """The value with the sign that was written."""
        return -self.value if self.sign < 0 else self.value

    @property
    def plain(self) -> float:
        """The value as results have it: shares as fractions."""
        return self.value / 100 if self.unit in ("%", "points") else self.value

    @cached_property
    def digits(self) -> int:
        """How many significant digits were written: 3 for 37.6, 2 for 0.050."""
        return len(f"{round(self.value / self.step):d}") if self.step else 1


def _written_range(number: Number) -> tuple[float, float]:
    """Return the lowest and the highest value that is written so: the rounding, and the room of "about" or "nearly"."""
    written = number.value
    if number.unit == "date":
        return written, written
    if number.unit == "share" or (number.unit == "times" and number.step == 0.5):
        low = 0.7 if number.hedge == "under" else 0.98 if number.hedge == "over" else 0.88
        high = 1.35 if number.hedge == "over" else 1.02 if number.hedge == "under" else 1.12
        return low * written, high * written
    slack = number.step / 2
    if number.step >= 1 and written >= 10 and number.unit not in ("%", "points"):
        zeros = len(f"{written:.0f}") - len(f"{written:.0f}".rstrip("0"))
        digits = len(f"{written:.0f}") - zeros
        if number.hedge == "about" or (written >= 1_000 and digits >= 2):
            slack = max(slack, min(10.0**zeros / 2, 0.1 * written))
    slack *= 1 + 1e-6
    if number.hedge == "about" and round(written / number.step) % 10 == 0:
        # "About 70 %" leaves room, "about 68 %" is only rounded.
        slack = max(slack, (0.07 if number.digits == 2 else 0.025) * written)
    # Who writes three digits means them: "up to 92.3 %" is not 85 %.
    room = max((0.1 if number.digits < 3 else 0.01) * written, slack)
    below = room if number.hedge == "under" else slack
    above = room if number.hedge == "over" else slack
    if number.hedge == "under" and round(written / number.step) == 1:
        # "Less than 0.1 %" is said of what is next to nothing.
        below = written
    return written - below, written + above


def is_written(number: Number, value: float) -> bool:
    """Tell whether a value rounds to what was written."""
    low, high = number.range
    return low <= value <= high


def numbers_in(text: str) -> list[Number]:
    """Return every number of a text with its unit, whatever it counts."""
    found = [*_dates(text), *_pairs(text), *_shares(text), *_multiples(text), *_clocks(text)]
    # Which letters belong to a number: a text may hold thousands of numbers.
    taken = bytearray(len(text))
    for one in found:
        taken[one.start : one.end] = b"\1" * (one.end - one.start)
    for match in _NUMBER.finditer(text):
        if not any(taken[match.start() : match.end()]):
            found.append(_number(text, match))
            taken[match.start() : match.end()] = b"\1" * len(match[0])
    for match in _COUNTED.finditer(text):
        if not any(taken[match.start() : match.end()]):
            unit, factor = _unit(match["unit"] or "", dollar=False)
            made = _made(text, match, _integer(match["word"]) * factor, factor, unit)
            found.append(replace(made, spelled=True))
    return _with_shared_units(text, sorted(found, key=lambda one: one.start))


def _with_shared_units(text: str, found: list[Number]) -> list[Number]:
    """Give a number the unit that only the last of several states: "34.9 to 37.6 %", "34 vs. 109 s"."""
    for place in range(len(found) - 2, -1, -1):
        one, after = found[place], found[place + 1]
        cents = after.unit == "$" and after.text.endswith(("cent", "cents", "¢"))
        shares = one.unit == "" and not one.spelled and (after.unit in ("%", "points", "bps", "seconds") or cents)
        between = text[one.end : after.start]
        shares = shares and not _SCORE.search(_before(text, one.start))
        if shares and (one.step == after.step or _RANGE.match(between)) and _SHARED.fullmatch(between):
            scale = 0.01 if cents else 1.0
            found[place] = replace(one, unit=after.unit, value=one.value * scale, step=one.step * scale)
    signed: dict[float, Unit] = {}
    for place, one in enumerate(found):
        # "Trailed by 32 bps, interval -52 to -9", "A lost -6.8 points, B -5.5": a sign is in the unit of those before.
        if one.unit == "" and one.sign and one.step in signed:
            found[place] = replace(one, unit=signed[one.step])
        elif one.unit in ("bps", "points"):
            signed[one.step] = one.unit
    return found


def _before(text: str, place: int) -> str:
    """Return the words before a place: enough for what a number is introduced with, whatever the length of the text."""
    return text[max(0, place - 40) : place]


def _made(text: str, match: re.Match[str], value: float, step: float, unit: Unit, of: float = 0.0) -> Number:
    before = _before(text, match.start())
    hedge: Hedge = next((name for name, pattern in _HEDGES if pattern.search(before)), "")
    if _HEDGED_AFTER.match(text, match.end()):
        hedge = "about" if "or" in text[match.end() : match.end() + 4] else "over"
    return Number(match.start(), match.end(), match[0], value, step, unit, hedge, of=of)


def date_of(written: str) -> int:
    """Return the ordinal of a date as the system writes it, 0 for what is none."""
    try:
        return date.fromisoformat(written).toordinal()
    except ValueError:
        return 0


def _dates(text: str) -> list[Number]:
    found = (_made(text, match, date_of(match[0]), 1.0, "date") for match in DATE.finditer(text))
    return [replace(one, hedge="") for one in found if one.value]


def _pairs(text: str) -> list[Number]:
    found = []
    for match in _PAIR.finditer(text):
        hits, of = 0.0 if match["not"] else _integer(match["hits"]), _integer(match["of"])
        # "One of the 120 names" is a member of them, no count.
        member = hits == 1 and match["hits"].lower() == "one" and " of the" in match[0] and of > 12
        if of > 1 and hits <= of and not member and match["hits"].lower() not in ("both", "neither"):
            found.append(_made(text, match, hits, 1.0, "pair", of))
    return found


def _shares(text: str) -> list[Number]:
    found = []
    for match in _SHARE.finditer(text):
        part = "half" if match["alone"] else match["part"].lower().removesuffix("s")
        count = _integer(match["count"]) if match["count"] and match["count"][0] not in "aA" else 1.0
        # "One half" is where chance lies, "a fifth" may count folds: only a share of something is a claim.
        if match["of"]:
            seconds = _SECONDS[match["of"].lower()] * count / _SHARES[part]
            found.append(_made(text, match, seconds, seconds / 4, "seconds"))
        elif count < _SHARES[part] and not (part == "half" and not match["alone"]):
            found.append(_made(text, match, count / _SHARES[part], 0.0, "share"))
    return found


def _multiples(text: str) -> list[Number]:
    found = []
    for match in _MULTIPLE.finditer(text):
        word = (match["times"] or match["verb"] or match["fold"]).lower().removesuffix(" times")
        whole = re.sub(r"[ -]and[ -]a[ -]half$", "", word)
        value = _TIMES.get(whole) or _integer(whole)
        found.append(_made(text, match, value + 0.5 * (whole != word), 0.5, "times"))
    return found


def _clocks(text: str) -> list[Number]:
    found = []
    for match in _CLOCK.finditer(text):
        if match["minutes"]:
            found.append(_made(text, match, 60 * int(match["minutes"]) + float(match["seconds"]), 1.0, "seconds"))
        elif match["one"] or match["half"].lower() in _WORDS:
            minutes = 1.0 if match["one"] else _integer(match["half"])
            found.append(_made(text, match, 60 * (minutes + 0.5), 12.0, "seconds"))
    return found


def _number(text: str, match: re.Match[str]) -> Number:
    digits = match["digits"].replace(",", "")
    scale = _SCALES[match["scale"].strip().lower()] if match["scale"] else 1.0
    unit, factor = _unit(match["unit"] or "", bool(match["dollar"]))
    written = (match["sign"] or match["sign2"] or "").strip()
    sign = -1 if written in ("-", "−", "–") else 1 if written == "+" else 0
    if not unit and _LIFT.search(_before(text, match.start())):
        unit = "times"
    if unit == "times" and float(digits) >= _OFTEN and "times" in match["unit"]:
        # "209 times" says how often, and no multiple.
        unit = ""
    step = scale * factor * 10.0 ** -len(digits.partition(".")[2])
    return replace(_made(text, match, float(digits) * scale * factor, step, unit), sign=sign)


def _integer(written: str) -> float:
    return _WORDS[written.lower()] if written.lower() in _WORDS else float(written.replace(",", ""))


def _unit(written: str, dollar: bool) -> tuple[Unit, float]:
    """Return the unit and what a number in it is multiplied by."""
    word = written.strip(" -").lower()
    if dollar or word.startswith(("usd", "dollar")):
        return "$", 1.0
    if word.startswith(("cent", "¢")):
        return "$", 0.01
    if "point" in word and not word.startswith("basis") or word in ("pp", "p.p.", "pt", "pts", "% pt", "%-pt", "% pts"):
        return "points", 1.0
    if word.startswith(("%", "per")) or word in ("st", "nd", "rd", "th"):
        return "%", 1.0
    if word.startswith(("bp", "basis")):
        return "bps", 1.0
    if word.startswith(("fold", "x", "×", "times")):
        return "times", 1.0
    return ("seconds", _SECONDS[word.removesuffix("s") or word]) if word else ("", 1.0)
