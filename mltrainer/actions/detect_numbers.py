"""Numbers with a meaning in prose: confidence, target, horizon, counts, seeds, and changes of what holds now."""

import re
from dataclasses import dataclass
from typing import Any

from mltrainer.actions.detect_choices import CHOICES
from mltrainer.actions.detect_patterns import words
from mltrainer.settings.parameters import Settings


@dataclass(frozen=True)
class Value:
    """A value that a text states, at ``text[start:end]``, for the argument ``name``."""

    name: str
    value: Any
    start: int
    end: int


_WORDS = {
    word: number
    for number, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
        ],
        start=1,
    )
} | {
    "a": 1,
    "an": 1,
    "next": 1,
    "coming": 1,
    "couple of": 2,
    "twenty": 20,
    "thirty": 30,
    "fifty": 50,
    "hundred": 100,
    "a hundred": 100,
}
COUNT = rf"(?:\d{{1,4}}|{'|'.join(word for word in _WORDS if word not in ('next', 'coming', 'a', 'an'))})"
_N = rf"(?:\d{{1,4}}|{'|'.join(sorted(_WORDS, key=len, reverse=True))})"
_PERCENT = r"\d{1,3}(?:\.\d{1,4})?\s*(?:%|percent\b|per\s+cent\b|pct\b)"
_SHARE = rf"(?:{_PERCENT}|0?\.\d{{1,4}})"
_POINTS = (
    r"(?P<by>\d{1,2}(?:\.\d+)?)\s*(?:%-?\s*points?|percentage\s+points?|points?|pp\b|pts\b|%|percent\b|per\s+cent\b)"
)
_UP = r"(?:rais|increas|lift|bump|push|higher|up\b|extend|lengthen|widen|tighten|mov(?:e|ing)\s+up|rise)"
_DOWN = r"(?:lower|reduc|decreas|cut|drop|relax|loosen|eas(?:e|ing)|shorten|narrow|down\b|bring(?:ing)?\s+down)"
_CONFIDENCE = (
    r"(?:confidence(?:[\s_]+(?:threshold|level|bar|cut-?off|requirement))?|"
    r"(?:probability\s+)?threshold|cut-?off|confident|certainty|probability)"
)
_TARGET = (
    r"(?:(?:return|profit|price|gain)[\s_]+target|target(?:[\s_]+(?:return|gain|move))?|"
    r"target(?:ing|s)|hurdle|required\s+return|gains?|returns?)"
)
_BPS = r"(?P<bps>\d{1,3}(?:\.\d+)?)[\s-]*(?:bps?|basis\s+points?)\b(?:\s+(?:a|per|each)\s+side\b)?"
# What a stock does that reaches a target; "by 8 %" behind it is no change of a setting.
_RISES = words(
    rf"\b(?:stocks?|shares?|names|tickers?|companies|equities|securities|picks|candidates|ones)\b[^.;:%\d]{{0,40}}?"
    rf"\b(?P<taken>(?:rise|climb|gain|go|move|grow|increase|appreciate|jump|rally|advance|make|earn|yield)s?\s+(?:up\s+)?"
    rf"(?:(?:by|at\s+least|more\s+than|over|about|around|some|up\s+to)\s+){{0,3}}(?P<share>\+?{_PERCENT}))"
)
_UNIT = r"(?P<unit>(?:trading\s+|business\s+)?(?:days?|sessions?|weeks?|months?|quarters?)|d\b)"
_IN_SECONDS = {"s": 1, "m": 60, "h": 3600}
_SIZE = {"d": 1, "s": 1, "w": 5, "m": 21, "q": 63}
_RANGE = r"(?P<from>\d{1,3}|[a-z]{3,5})\s*(?:-|–|—|to|or|and)\s*(?P<to>\d{1,3}|[a-z]{3,6})"
_PAST = r"(?<!last\s)(?<!past\s)(?<!previous\s)(?<!trailing\s)(?<!prior\s)(?<!every\s)(?<!\w)(?<![\d.]-)(?<!\d[.,–])"
_AHEAD = (
    r"(?:horizons?|momentum|ahead|holding|time\s*-?frames?|forward|"
    r"outlook|window|period|target(?:s|ed)?|forecasts?|predictions?|swing|moves?\b)"
)
# Words between a name and its number; another name in between would own the number.
_BETWEEN = r"(?:(?!confiden|threshold|target|return|horizon|gain|top\b|seed|day|session)[^\d%.;+\n]){0,40}?"
_BETWEEN_HORIZON = r"(?:(?!confiden|threshold|target|return|gain|top\b|seed)[^\d%.;+\n]){0,40}?"


# "6,5 %", "0,08" and "1.000 trees", as German writes them. In "1,5 and 7 days" or "12,500" a comma is no point.
_COMMA = words(r"(?<=\d),(?=\d{1,4}\s*(?:%|percent\b|per\s+cent\b|pct\b|bps\b))|(?<=\b0),(?=\d)")
_THOUSANDS = words(r"(?<=\d)\.(?=\d{3}\s+(?:trees|rounds|estimators|epochs|iterations|rows)\b)")


def plain_numbers(text: str) -> str:
    """Return the text with numbers as English writes them, every character in its place."""
    return _THOUSANDS.sub(",", _COMMA.sub(".", text))


def number_of(text: str) -> int | None:
    """Return the whole number that digits or a number word stand for."""
    key = " ".join(text.lower().split())
    return int(key) if key.isdigit() else _WORDS.get(key)


def share_of(text: str) -> float:
    """Return "85 %" or "85 percent" as 0.85, and "0.85" as it is."""
    found = re.match(r"\s*\+?\s*([\d.]+)", text)
    number = float(found[1]) if found else 0.0
    return number if re.fullmatch(r"\s*0?\.\d+\s*", text) else float(f"{number / 100:.10g}")


@dataclass
class Reading:
    """A text that is being read: what was understood is taken out, so that no number is read twice."""

    text: str
    found: list[Value]

    def take(self, name: str, pattern: re.Pattern[str], read: Any) -> None:
        """Add a value for every match that ``read`` makes sense of, and take its words out, or its group ``taken``."""
        for match in pattern.finditer(self.text):
            value = read(match)
            if value is not None:
                start, end = match.span("taken" if "taken" in pattern.groupindex else 0)
                self.found.append(Value(name, value, start, end))
                self.text = self.text[:start] + "\x00" * (end - start) + self.text[end:]


_FROM = words(
    rf"\bfrom\s+\+?(?:{_SHARE}|\d{{1,3}}(?:\s*(?:-|–)\s*\d{{1,3}})?(?:[\s-]*(?:days?"
    rf"|sessions?))?)(?=\s+(?:up\s+|down\s+)?to\b)"
)
_RELATIVE = [
    (
        name,
        words(
            rf"\b(?:(?P<up>{_UP})"
            rf"|(?P<down>{_DOWN}))[a-z]*\b(?P<what>[^.;\d]{{0,40}}?\b{noun}\b[^.;\d]{{0,12}}?"
            rf"|\s+)\s*\bby\s+(?:about\s+)?{amount}"
        ),
    )
    for name, noun, amount in (
        ("confidence_threshold", _CONFIDENCE, _POINTS),
        ("target_return", _TARGET, _POINTS),
        ("horizon", r"(?:horizon|time\s*-?frame|window|holding\s+period)", rf"(?P<by>{_N})[\s-]*{_UNIT}"),
        ("", r"(?:it|that|this|the\s+bar)", _POINTS),
    )
]
_TIMES = [
    (
        name,
        words(rf"\b(?:(?P<half>halv(?:e|ing))|doubl(?:e|ing))\s+(?:the\s+|our\s+)?{noun}\b"),
    )
    for name, noun in (("target_return", _TARGET), ("horizon", r"(?:horizon|time\s*-?frame|holding\s+period)"))
]
_IT_TO = words(
    rf"\b(?:(?:{_UP}|{_DOWN}|set|chang|mov|adjust)[a-z]*\s+(?:it|that|this|(?P<bar>the\s+bar))\s+(?:back\s+|up\s+|down\s+)?to"
    rf"|make\s+(?:it|that))\s+(?P<share>{_SHARE})"
)
_CONFIDENCE_VALUE = [
    words(rf"(?P<share>{_SHARE})\s*(?:(?:calibrated|minimum|required|min|or\s+(?:more|higher))\s+)*{_CONFIDENCE}\b"),
    words(rf"\b{_CONFIDENCE}\b{_BETWEEN}(?P<share>{_SHARE})(?!\s*(?:returns?|gains?|target))"),
    words(
        rf"\b{_CONFIDENCE}\b{_BETWEEN}\b(?:to|of|at|=|:|is|be)\s*(?P<whole>[5-9]\d)\b(?!\s*(?:%|-|–|days?"
        rf"|sessions?|\.\d))"
    ),
    words(r"(?P<whole>[5-9]\d)\s+(?:confidence|threshold)\b"),
    words(rf"\b{_CONFIDENCE}\s+(?P<whole>[5-9]\d)(?=\s*(?:$|[,;!]|\.(?!\d)|and\b|with\b))"),
]
_TARGET_VALUE = [
    words(rf"(?P<share>\+\s?{_PERCENT})(?:\s*(?:price\s+)?(?:returns?|gains?|targets?|moves?|upside))?"),
    words(
        rf"(?<![-−\d.])(?P<share>{_PERCENT})[\s-]*(?:or\s+more\s+|plus\s+|minimum\s+|price\s+|total\s+"
        rf"|forward\s+|target\s+|upside\s+)*(?:returns?|gains?|targets?|moves?|rise|upside|appreciation"
        rf"|profits?|rally)\b"
    ),
    words(rf"\b{_TARGET}\b{_BETWEEN}(?<![-−])(?P<share>{_SHARE})"),
    words(
        rf"\b{_TARGET}\b{_BETWEEN}\b(?:to|of|at|=|:)\s*(?P<whole>\d{{1,2}})\b(?!\s*(?:%|-|–|to\b|days?"
        rf"|sessions?|weeks?|trading|\.\d))"
    ),
    words(r"\btarget\s+(?P<whole>\d{1,2})(?=\s*(?:$|[,;!]|\.(?!\d)|and\b|with\b))"),
]
_HORIZON_VALUE = [
    words(rf"{_PAST}(?:between\s+)?{_RANGE}[\s-]*{_UNIT}(?:[\s-]*(?:ahead|forward|horizons?))?"),
    words(rf"\b(?P<within>within)\s+(?:the\s+)?(?:next\s+|coming\s+)?(?:about\s+)?(?P<to>{_N})[\s-]*{_UNIT}"),
    words(rf"{_PAST}(?P<to>{_N})[\s-]+{_UNIT}[\s-]+(?:return\s+)?{_AHEAD}(?!\s+average)"),
    words(rf"\b(?:horizon|time\s*-?frame|holding\s+period)\b{_BETWEEN_HORIZON}\b{_RANGE}(?!\s*%|\d)(?:[\s-]*{_UNIT})?"),
    words(
        rf"\b(?:horizon|time\s*-?frame|holding\s+period)\b{_BETWEEN_HORIZON}\b(?P<to>{_N})(?!\s*%|\d"
        rf"|\.\d)(?:[\s-]*{_UNIT})?"
    ),
    words(
        rf"\b(?:over|for|in|during|to|use|using|target|targeting|look(?:ing)?)\s+(?:the\s+)?(?:next\s+"
        rf"|coming\s+|about\s+)?(?P<to>{_N})[\s-]+{_UNIT}\b(?!\s+(?:of|volatility|moving|average|return|data"
        rf"|history|ago|old))"
    ),
    words(r"(?<!\w)(?:over\s+)?(?:the\s+)?(?P<to>next)\s+(?P<unit>week|month|quarter)\b"),
    words(rf"\b(?:use|using|target|targeting|with)\s+{_RANGE}(?!\s*%|\d)\s*(?=$|[.,;!])"),
]
_TOP_K = [
    words(rf"\btop[\s_-]?k\b[^\d.;]{{0,12}}(?P<count>{COUNT})"),
    words(
        rf"\b(?:top|best|first)[\s-]+(?P<count>{COUNT})\s+(?:(?:ranked|daily|screened|momentum)\s+)*(?:picks?"
        rf"|candidates?|names\s+a\s+day|picks\s+a\s+day|ideas)\b"
    ),
    words(rf"\b(?:the\s+)?(?P<count>{COUNT})\s+(?:best|top|highest-ranked|strongest)\s+(?:picks?|candidates?|ideas)\b"),
    words(
        rf"\b(?P<count>{COUNT})\s+(?:picks|candidates)(?:\s+(?:a|per|each)\s+day\b|(?=\s*(?:$|[,;!]|\.(?!\d)|please\b)))"
    ),
]
# Settings that people call by their own names.
_BY_NAME = [
    (name, words(rf"(?:{spoken})(?:\s*(?:of|to|at|is|be|=|:))*\s*(?P<count>\d{{1,4}})\b(?!\s*%)"))
    for name, spoken in (
        ("train_sessions", r"\btrain(?:ing)?[\s_]+sessions|(?<=\brolling\swindow)"),
        ("initial_train", r"\binitial[\s_]+train(?:ing)?"),
        ("test_block", r"\btest[\s_]+blocks?"),
        ("embargo", r"\bembargo"),
    )
]
_COST = [
    words(rf"\b(?:costs?|fees?|commissions?)\b{_BETWEEN}{_BPS}"),
    words(rf"{_BPS}\s+(?:of\s+|in\s+|as\s+)?(?:(?:trading|transaction)\s+)?(?:costs?|fees?|commissions?)\b"),
]
_SEED = words(r"\bseed\b(?:\s+(?:to|of|=)|[:=])?\s*(?P<count>\d{1,9})\b")
_STOP = [
    words(rf"(?P<share>{_PERCENT})\s*stop(?:[\s-]*loss)?\b"),
    words(
        rf"\bstop(?:[\s_-]*(?:loss|return))?\b(?:\s+(?:at|of|to|is|below|set|minus))*\s*[=:-]?\s*(?P<share>{_PERCENT})"
    ),
]
_TRIES = words(rf"\b(?P<count>{COUNT})\s+(?:tries|trials|attempts|configurations|combinations|parameter\s+sets|sets)\b")
_SECONDS = words(r"\b(?P<count>\d{1,4})\s*(?P<unit>s|sec(?:ond)?s?|min(?:ute)?s?|h(?:ours?)?)\b")
_STATES = words(rf"\b(?P<count>{COUNT})[\s-]+(?:hidden[\s-]+)?(?:states?|regimes?)\b")
_BARE_SHARES = [
    ("confidence_threshold", r"(?P<share>(?:[5-9]\d)(?:\.\d+)?\s*(?:%|percent\b))"),
    ("target_return", r"(?<![\d.-])(?P<share>(?:[12]?\d|30)(?:\.\d+)?\s*(?:%|percent\b))"),
]
_BARE = [(name, words(share)) for name, share in _BARE_SHARES]
_VOLATILITY_MULTIPLE = [
    words(r"\bvol(?:atility)?[\s_]+multiple\s*(?:of|to|at|=|:)?\s*(?P<many>\d+(?:\.\d+)?)(?![\d%])"),
    words(r"(?<![\d.])(?P<many>\d+(?:\.\d+)?)[\s-]*(?:standard[\s-]+deviations?|sigmas?|σ)\b"),
]
_LIKELY_TARGET = 0.3
# Where a percentage may stand for itself: "stocks with 8 % in 5-7 days", "5-7 days, 90 %".
_BY_ITSELF = r"(?:^|[,;(]|\b(?:with|for|get|want|least|than|and))\s*"
_OFFHAND = [(name, words(rf"{_BY_ITSELF}(?P<taken>{share})")) for name, share in _BARE_SHARES]
# A text without any of these states no number: most texts are done here.
_MAY_STATE = words(
    rf"\d|\bhalv|\bdoubl|\b(?:{'|'.join(_WORDS)})\b|median|\bhit|barrier|scaled|\bxs\b|xs_|fwd|forward|rank|\bhighs?\b|\bopen\b"
    r"|features|rolling|anchored|expanding|interval|slippage"
)
SETTING_NOUNS = (
    ("confidence_threshold", words(_CONFIDENCE)),
    ("target_return", words(r"\btarget(?:\s+return)?\b|\breturn\s+target\b")),
)


def read_numbers(text: str, settings: Settings, *, it: str = "", bare: bool = False, offhand: bool = False) -> Reading:
    """Read the values that a text states as numbers.

    Parameters
    ----------
    settings
        What relative changes ("by 5 points") are relative to.
    it
        The setting that "it" means; where no word says which, a share of at most 30 % is a target.
    bare
        Read a percentage without a name too: 50 % and more is a confidence, 30 % and less a target.
    offhand
        Read it so where the text states a horizon as well: "8 % in 5-7 days".
    """
    if not _MAY_STATE.search(text):
        return Reading(text, [])
    reading = Reading(_FROM.sub(lambda match: "\x00" * len(match[0]), text), [])
    reading.take("target_return", _RISES, _share)
    for name, pattern in _RELATIVE:
        meant = name or it or "confidence_threshold"
        reading.take(meant, pattern, lambda match, meant=meant: _relative(match, meant, settings))
    for name, pattern in _TIMES:
        reading.take(name, pattern, lambda match, name=name: _times(match, getattr(settings, name)))
    if to := _IT_TO.search(reading.text):
        likely = "target_return" if _share(to) <= _LIKELY_TARGET and not to["bar"] else "confidence_threshold"
        reading.take(it or likely, _IT_TO, _share)
    for pattern in _COST:
        reading.take("cost_bps", pattern, lambda match: float(match["bps"]))
    for pattern in _STOP:
        reading.take("stop_return", pattern, _share)
    for pattern in _VOLATILITY_MULTIPLE:
        reading.take("volatility_multiple", pattern, lambda match: float(match["many"]))
    reading.take("tries", _TRIES, lambda match: number_of(match["count"]))
    reading.take("seconds", _SECONDS, lambda match: int(match["count"]) * _IN_SECONDS[match["unit"][0].lower()])
    for pattern in _HORIZON_VALUE:
        reading.take("horizon", pattern, _horizon)
    for pattern in _CONFIDENCE_VALUE:
        reading.take("confidence_threshold", pattern, _share)
    for pattern in _TARGET_VALUE:
        reading.take("target_return", pattern, _share)
    for pattern in _TOP_K:
        reading.take("top_k", pattern, lambda match: number_of(match["count"]))
    reading.take("seed", _SEED, lambda match: int(match["count"]))
    for name, pattern in _BY_NAME:
        reading.take(name, pattern, lambda match: int(match["count"]))
    reading.take("states", _STATES, lambda match: number_of(match["count"]))
    for setting, choices in CHOICES:
        for choice, pattern in choices:
            reading.take(setting, pattern, lambda match, choice=choice: choice)
    offhand = offhand and any(value.name == "horizon" for value in reading.found)
    if bare or offhand:
        for name, pattern in _BARE if bare else _OFFHAND:
            reading.take(name, pattern, _share)
    return reading


def _share(match: re.Match[str]) -> float:
    groups = match.groupdict()
    return int(groups["whole"]) / 100 if groups.get("whole") else share_of(groups["share"])


def _horizon(match: re.Match[str]) -> list[int] | None:
    groups = match.groupdict()
    unit = (groups.get("unit") or "day").lower()
    size = _SIZE[unit.replace("trading", "").replace("business", "").strip()[0]]
    last = number_of(groups["to"])
    first = 1 if groups.get("within") else number_of(groups["from"]) if groups.get("from") else last
    if first is None or last is None or (groups.get("from") or "").lower() in ("next", "coming", "a", "an"):
        return None
    return [first if groups.get("within") else first * size, last * size]


def _relative(match: re.Match[str], name: str, settings: Settings) -> Any:
    sign = 1 if match["up"] else -1
    if name == "horizon":
        by = number_of(match["by"])
        unit = match["unit"].lower().replace("trading", "").replace("business", "").strip()
        return None if by is None else [end + sign * by * _SIZE[unit[0]] for end in settings.horizon]
    now = getattr(settings, name)
    return float(f"{now + sign * float(match['by']) / 100:.10g}")


def _times(match: re.Match[str], now: Any) -> Any:
    if isinstance(now, float):
        return float(f"{now * (0.5 if match['half'] else 2):.10g}")
    return [max(1, end // 2) if match["half"] else end * 2 for end in now]
