"""The numbers of a text with their units: "31.2 %", "7 of 10", "a third", "$228.80", "about 190,000"."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from mltrainer.actions.detect_patterns import words

Unit = Literal["", "%", "points", "bps", "$", "times", "seconds", "minutes", "pair", "share"]
Hedge = Literal["", "about", "under", "over"]

_WORDS = {
    word: value
    for value, word in enumerate(
        ["none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
} | {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100, "no": 0, "zero": 0}
_SHARES = {
    "half": 1 / 2,
    "third": 1 / 3,
    "quarter": 1 / 4,
    "fifth": 1 / 5,
    "sixth": 1 / 6,
    "eighth": 1 / 8,
    "tenth": 1 / 10,
}
_TIMES = {"twice": 2.0, "double": 2.0, "triple": 3.0, "threefold": 3.0, "quadruple": 4.0}

_WORD = "|".join(_WORDS)
_PAIR = words(
    rf"(?<![\w.,$])(?P<hits>\d[\d,]*|{_WORD})(?: (?:\w+ ){{0,2}}?(?:of|out of) (?:the |its |their |all |those |"
    rf"these |every )*"
    rf"(?:(?:top|last|past|first|most \w+|own|earlier) ){{0,2}}| ?/ ?| in (?:every )?)(?P<of>\d[\d,]*|"
    rf"{_WORD})(?![\w%]|[.,]\d| ?%)"
)
_SHARE = words(
    r"\b(?P<count>an?|one|two|three|four|five) ?-?(?P<part>half|thirds?|quarters?|fifths?|sixths?|eighths?|tenths?)\b"
    r"|\b(?P<alone>half)(?= (?:of|the|its|that|what)\b)|\b(?P<times>twice|double|triple|threefold|"
    r"quadruple|(?:two|three|four|five|six|seven|eight|nine|ten) times)(?= (?:the|its|that|what|as|more|higher)\b)"
)
_CLOCK = words(
    r"\b(?P<minutes>\d{1,4}) ?min(?:utes?)?\.?,?(?: and)? (?P<seconds>\d{1,2}(?:\.\d+)?) ?s(?:ec(?:ond)?s?)?\b"
)
_NUMBER = words(
    r"(?<![\w.])(?<!\d,)(?P<sign>(?<![\d%)\]] )(?<![\d%)\]])[-−–+±] ?)?(?P<dollar>\$ ?)?(?P<sign2>[-−–])?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?P<scale> ?(?:k|thousand|m|million|bn|billion)\b)?"
    r"(?P<unit> ?%(?:[- ]points?|[- ]pts?)?| ?per ?cent(?:age points?)?\b| percentage points?\b| ?pp\b| ?p\.p\.|"
    r" (?:points?|pts?)\b"
    r"| ?bps?\b| basis points?\b|-? ?fold\b| ?[x×](?!\w)| times\b| ?s\b| ?sec(?:ond)?s?\b| ?min(?:ute)?s?\b|"
    r" ?(?:USD|dollars?)\b)?"
    r"(?![\w]|\.\d|,\d{3})"
)
_SCALES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_HEDGES: tuple[tuple[Hedge, re.Pattern[str]], ...] = (
    (
        "about",
        words(
            r"(?:about|around|roughly|approximately|approx\.?|circa|ca\.?|some|close to|near|or so|"
            r"of the order of|[~≈]) ?(?:a |an |the )?$"
        ),
    ),
    (
        "under",
        words(
            r"(?:nearly|almost|just (?:under|below|shy of)|under|less than|fewer than|below|at most|not even|"
            r"up to) ?(?:a |an |the )?$"
        ),
    ),
    (
        "over",
        words(
            r"(?:over|more than|just (?:over|above)|above|at least|upwards of|a little over|well over|"
            r"a bit over|slightly (?:over|above)) ?(?:a |an |the )?$"
        ),
    ),
)


@dataclass(frozen=True)
class Claim:
    """A figure in a text, at ``text[start:end]``.

    Parameters
    ----------
    value, of
        The number as written, without sign; ``of`` is what a pair is out of.
    step
        The unit of the last digit that was written: 0.01 for 0.72.
    sign
        -1, 0 (none written) or 1.
    keys
        Keys of a result document that it may be; empty where the words do not tell.
    models, tickers, trials
        Whose it is said to be; empty where the words do not tell.
    sentence
        What it stands in; ``before`` and ``after`` are the words around it.
    named
        Every model that the sentence names.
    """

    start: int
    end: int
    text: str
    value: float
    step: float
    unit: Unit
    sign: int
    hedge: Hedge
    keys: frozenset[str]
    sentence: str
    before: str
    after: str
    of: float = 0.0
    models: frozenset[str] = frozenset()
    tickers: frozenset[str] = frozenset()
    trials: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()


def numbers_in(text: str) -> list[Claim]:
    """Return every number of a text with its unit, whatever it counts; what it is and whose stays open."""
    found: list[Claim] = []
    for match in _PAIR.finditer(text):
        hits, of = _integer(match["hits"]), _integer(match["of"])
        if of > 0 and hits <= of and not (re.search(r"[a-z]", match["hits"]) and of == 1):
            found.append(_claim(text, match.start(), match.end(), hits, 1.0, "pair", of=of))
    for match in _SHARE.finditer(text):
        if match["times"]:
            found.append(_claim(text, match.start(), match.end(), _times(match["times"]), 0.5, "times"))
            continue
        part = (match["part"] or match["alone"]).lower().removesuffix("s")
        count = 1 if match["alone"] else {"a": 1, "an": 1}.get(match["count"].lower()) or _WORDS[match["count"].lower()]
        # "one half" is where chance lies, "a fifth" may count folds: only a share of something is a claim.
        if count < 1 / _SHARES[part] and not (part == "half" and not match["alone"]):
            found.append(_claim(text, match.start(), match.end(), count * _SHARES[part], 0.0, "share"))
    for match in _CLOCK.finditer(text):
        seconds = 60 * int(match["minutes"]) + float(match["seconds"])
        found.append(_claim(text, match.start(), match.end(), seconds, 1.0, "seconds"))
    taken = [(one.start, one.end) for one in found]
    for match in _NUMBER.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        digits = match["digits"].replace(",", "")
        decimals = len(digits.partition(".")[2])
        scale = _SCALES[match["scale"].strip().lower()] if match["scale"] else 1.0
        unit = _unit(match["unit"] or "", bool(match["dollar"]))
        minus = bool((match["sign"] or match["sign2"] or "").strip(" +±"))
        sign = -1 if minus else 1 if (match["sign"] or "").startswith("+") else 0
        claim = _claim(text, match.start(), match.end(), float(digits) * scale, scale * 10.0**-decimals, unit)
        found.append(replace(claim, sign=sign))
    return sorted(found, key=lambda one: one.start)


def _claim(text: str, start: int, end: int, value: float, step: float, unit: Unit, of: float = 0.0) -> Claim:
    before = text[max(0, start - 60) : start]
    hedge: Hedge = next((name for name, pattern in _HEDGES if pattern.search(before)), "")
    none: frozenset[str] = frozenset()
    return Claim(start, end, text[start:end], value, step, unit, 0, hedge, none, text, before, text[end : end + 40], of)


def _times(written: str) -> float:
    word = written.lower().removesuffix(" times")
    return _TIMES[word] if word in _TIMES else float(_WORDS[word])


def _integer(written: str) -> float:
    return float(_WORDS[written.lower()]) if written.lower() in _WORDS else float(written.replace(",", ""))


def _unit(written: str, dollar: bool) -> Unit:
    word = written.strip(" -").lower()
    if dollar or word.startswith(("usd", "dollar")):
        return "$"
    if "point" in word and not word.startswith("basis") or word in ("pp", "p.p.", "pt", "pts", "% pt", "%-pt"):
        return "points"
    if word.startswith(("%", "per")):
        return "%"
    if word.startswith(("bp", "basis")):
        return "bps"
    if word.startswith(("fold", "x", "×", "times")):
        return "times"
    if word.startswith("min"):
        return "minutes"
    return "seconds" if word else ""
