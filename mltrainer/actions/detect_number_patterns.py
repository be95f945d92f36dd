"""How prose states a setting as a number: a pattern, or several that are tried in their order."""

from mltrainer.actions.detect_patterns import words
from mltrainer.actions.detect_spelled import COUNT, NUMBER, PERCENT, SHARE, SPELLED

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
RISES = words(
    rf"\b(?:stocks?|shares?|names|tickers?|companies|equities|securities|picks|candidates|ones)\b[^.;:%\d]{{0,40}}?"
    rf"\b(?P<taken>(?:rise|climb|gain|go|move|grow|increase|appreciate|jump|rally|advance|make|earn|yield)s?\s+(?:up\s+)?"
    rf"(?:(?:by|at\s+least|more\s+than|over|about|around|some|up\s+to)\s+){{0,3}}(?P<share>\+?{PERCENT}))"
)
_UNIT = r"(?P<unit>(?:trading\s+|business\s+)?(?:days?|sessions?|weeks?|months?|quarters?)|d\b)"
IN_SECONDS = {"s": 1, "m": 60, "h": 3600}
SIZE = {"d": 1, "s": 1, "w": 5, "m": 21, "q": 63}
_RANGE = r"(?P<from>\d{1,3}|[a-z]{3,5})\s*(?:-|–|—|to|or|and)\s*(?P<to>\d{1,3}|[a-z]{3,6})"
_PAST = r"(?<!last\s)(?<!past\s)(?<!previous\s)(?<!trailing\s)(?<!prior\s)(?<!every\s)(?<!\w)(?<![\d.]-)(?<!\d[.,–])"
_AHEAD = (
    r"(?:horizons?|momentum|ahead|holding|time\s*-?frames?|forward|"
    r"outlook|window|period|target(?:s|ed)?|forecasts?|predictions?|swing|moves?\b)"
)
# Words between a name and its number; another name in between would own the number.
_BETWEEN = r"(?:(?!confiden|threshold|target|return|horizon|gain|top\b|seed|day|session)[^\d%.;+\n]){0,40}?"
_BETWEEN_HORIZON = r"(?:(?!confiden|threshold|target|return|gain|top\b|seed)[^\d%.;+\n]){0,40}?"


FROM = words(
    rf"\bfrom\s+\+?(?:{SHARE}|\d{{1,3}}(?:\s*(?:-|–)\s*\d{{1,3}})?(?:[\s-]*(?:days?"
    rf"|sessions?))?)(?=\s+(?:up\s+|down\s+)?to\b)"
)
RELATIVE = [
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
        ("horizon", r"(?:horizon|time\s*-?frame|window|holding\s+period)", rf"(?P<by>{NUMBER})[\s-]*{_UNIT}"),
        ("", r"(?:it|that|this|the\s+bar)", _POINTS),
    )
]
TIMES = [
    (
        name,
        words(rf"\b(?:(?P<half>halv(?:e|ing))|doubl(?:e|ing))\s+(?:the\s+|our\s+)?{noun}\b"),
    )
    for name, noun in (("target_return", _TARGET), ("horizon", r"(?:horizon|time\s*-?frame|holding\s+period)"))
]
IT_TO = words(
    rf"\b(?:(?:{_UP}|{_DOWN}|set|chang|mov|adjust)[a-z]*\s+(?:it|that|this|(?P<bar>the\s+bar))\s+(?:back\s+|up\s+|down\s+)?to"
    rf"|make\s+(?:it|that))\s+(?P<share>{SHARE})"
)
CONFIDENCE_VALUE = [
    words(rf"(?P<share>{SHARE})\s*(?:(?:calibrated|minimum|required|min|or\s+(?:more|higher))\s+)*{_CONFIDENCE}\b"),
    words(rf"\b{_CONFIDENCE}\b{_BETWEEN}(?P<share>{SHARE})(?!\s*(?:returns?|gains?|target))"),
    words(
        rf"\b{_CONFIDENCE}\b{_BETWEEN}\b(?:to|of|at|=|:|is|be)\s*(?P<whole>[5-9]\d)\b(?!\s*(?:%|-|–|days?"
        rf"|sessions?|\.\d))"
    ),
    words(r"(?P<whole>[5-9]\d)\s+(?:confidence|threshold)\b"),
    words(rf"\b{_CONFIDENCE}\s+(?P<whole>[5-9]\d)(?=\s*(?:$|[,;!]|\.(?!\d)|and\b|with\b))"),
]
TARGET_VALUE = [
    words(rf"(?P<share>\+\s?{PERCENT})(?:\s*(?:price\s+)?(?:returns?|gains?|targets?|moves?|upside))?"),
    words(
        rf"(?<![-−\d.])(?P<share>{PERCENT})[\s-]*(?:or\s+more\s+|plus\s+|minimum\s+|price\s+|total\s+"
        rf"|forward\s+|target\s+|upside\s+)*(?:returns?|gains?|targets?|moves?|rise|upside|appreciation"
        rf"|profits?|rally)\b"
    ),
    words(rf"\b{_TARGET}\b{_BETWEEN}(?<![-−])(?P<share>{SHARE})"),
    words(
        rf"\b{_TARGET}\b{_BETWEEN}\b(?:to|of|at|=|:)\s*(?P<whole>\d{{1,2}})\b(?!\s*(?:%|-|–|to\b|days?"
        rf"|sessions?|weeks?|trading|\.\d))"
    ),
    words(r"\btarget\s+(?P<whole>\d{1,2})(?=\s*(?:$|[,;!]|\.(?!\d)|and\b|with\b))"),
]
HORIZON_VALUE = [
    words(rf"{_PAST}(?:between\s+)?{_RANGE}[\s-]*{_UNIT}(?:[\s-]*(?:ahead|forward|horizons?))?"),
    words(rf"\b(?P<within>within)\s+(?:the\s+)?(?:next\s+|coming\s+)?(?:about\s+)?(?P<to>{NUMBER})[\s-]*{_UNIT}"),
    words(rf"{_PAST}(?P<to>{NUMBER})[\s-]+{_UNIT}[\s-]+(?:return\s+)?{_AHEAD}(?!\s+average)"),
    words(rf"\b(?:horizon|time\s*-?frame|holding\s+period)\b{_BETWEEN_HORIZON}\b{_RANGE}(?!\s*%|\d)(?:[\s-]*{_UNIT})?"),
    words(
        rf"\b(?:horizon|time\s*-?frame|holding\s+period)\b{_BETWEEN_HORIZON}\b(?P<to>{NUMBER})(?!\s*%|\d"
        rf"|\.\d)(?:[\s-]*{_UNIT})?"
    ),
    words(
        rf"\b(?:over|for|in|during|to|use|using|target|targeting|look(?:ing)?)\s+(?:the\s+)?(?:next\s+"
        rf"|coming\s+|about\s+)?(?P<to>{NUMBER})[\s-]+{_UNIT}\b(?!\s+(?:of|volatility|moving|average|return|data"
        rf"|history|ago|old))"
    ),
    words(r"(?<!\w)(?:over\s+)?(?:the\s+)?(?P<to>next)\s+(?P<unit>week|month|quarter)\b"),
    words(rf"\b(?:use|using|target|targeting|with)\s+{_RANGE}(?!\s*%|\d)\s*(?=$|[.,;!])"),
]
TOP_K = [
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
BY_NAME = [
    (name, words(rf"(?:{spoken})(?:\s*(?:of|to|at|is|be|=|:))*\s*(?P<count>\d{{1,4}})\b(?!\s*%)"))
    for name, spoken in (
        ("train_sessions", r"\btrain(?:ing)?[\s_]+sessions|(?<=\brolling\swindow)"),
        ("initial_train", r"\binitial[\s_]+train(?:ing)?"),
        ("test_block", r"\btest[\s_]+blocks?"),
        ("embargo", r"\bembargo"),
    )
]
COST = [
    words(rf"\b(?:costs?|fees?|commissions?)\b{_BETWEEN}{_BPS}"),
    words(rf"{_BPS}\s+(?:of\s+|in\s+|as\s+)?(?:(?:trading|transaction)\s+)?(?:costs?|fees?|commissions?)\b"),
]
SEED = words(r"\bseed\b(?:\s+(?:to|of|=)|[:=])?\s*(?P<count>\d{1,9})\b")
STOP = [
    words(rf"(?P<share>{PERCENT})\s*stop(?:[\s-]*loss)?\b"),
    words(
        rf"\bstop(?:[\s_-]*(?:loss|return))?\b(?:\s+(?:at|of|to|is|below|set|minus))*\s*[=:-]?\s*(?P<share>{PERCENT})"
    ),
]
TRIES = words(rf"\b(?P<count>{COUNT})\s+(?:tries|trials|attempts|configurations|combinations|parameter\s+sets|sets)\b")
SECONDS = words(r"\b(?P<count>\d{1,4})\s*(?P<unit>s|sec(?:ond)?s?|min(?:ute)?s?|h(?:ours?)?)\b")
STATES = words(rf"\b(?P<count>{COUNT})[\s-]+(?:hidden[\s-]+)?(?:states?|regimes?)\b")
_BARE_SHARES = [
    ("confidence_threshold", r"(?P<share>(?:[5-9]\d)(?:\.\d+)?\s*(?:%|percent\b))"),
    ("target_return", r"(?<![\d.-])(?P<share>(?:[12]?\d|30)(?:\.\d+)?\s*(?:%|percent\b))"),
]
BARE = [(name, words(share)) for name, share in _BARE_SHARES]
VOLATILITY_MULTIPLE = [
    words(r"\bvol(?:atility)?[\s_]+multiple\s*(?:of|to|at|=|:)?\s*(?P<many>\d+(?:\.\d+)?)(?![\d%])"),
    words(r"(?<![\d.])(?P<many>\d+(?:\.\d+)?)[\s-]*(?:standard[\s-]+deviations?|sigmas?|σ)\b"),
]
LIKELY_TARGET = 0.3
# Where a percentage may stand for itself: "stocks with 8 % in 5-7 days", "5-7 days, 90 %".
_BY_ITSELF = r"(?:^|[,;(]|\b(?:with|for|get|want|least|than|and))\s*"
OFFHAND = [(name, words(rf"{_BY_ITSELF}(?P<taken>{share})")) for name, share in _BARE_SHARES]
# "That is too high, use 65 %": no target is as high. A smaller share may be either, so that it has to be named.
CONFIDENCE_ALONE = words(
    rf"\b(?:use|try|take|go\s+(?:with|for|to))\s+(?P<taken>{_BARE_SHARES[0][1]})"
    r"(?=\s*(?:$|[.,;!?](?!\d)|(?:instead|please|then|again)\b))"
)
# A text without any of these states no number: most texts are done here.
MAY_STATE = words(
    rf"\d|\bhalv|\bdoubl|\b(?:{'|'.join(SPELLED)})\b|median|\bhit|barrier|scaled|\bxs\b|xs_|fwd|forward|rank|\bhighs?\b|\bopen\b"
    r"|features|rolling|anchored|expanding|interval|slippage"
)
SETTING_NOUNS = (
    ("confidence_threshold", words(_CONFIDENCE)),
    ("target_return", words(r"\btarget(?:\s+return)?\b|\breturn\s+target\b")),
)
