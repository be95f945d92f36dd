"""Universes and tickers named in prose."""

import re
from functools import lru_cache

from mltrainer.actions.detect_numbers import Reading, Value
from mltrainer.actions.detect_patterns import exactly, words
from mltrainer.actions.detect_spelled import COUNT, number_of
from mltrainer.actions.detection import DetectionContext

# What people call the sectors of the two common classifications, for data whose sector names differ from the words.
_SECTOR_WORDS = {
    "information technology": ("technology", "tech", "information technology", "it sector"),
    "health care": ("health care", "healthcare"),
    "financials": ("financials", "financial", "bank", "banking", "finance"),
    "energy": ("energy", "oil"),
    "utilities": ("utilities", "utility"),
    "industrials": ("industrials", "industrial"),
    "materials": ("materials",),
    "real estate": ("real estate", "reit"),
    "consumer discretionary": ("consumer discretionary",),
    "consumer staples": ("consumer staples", "staples"),
    "telecommunication services": ("telecommunication services", "telecommunications", "telecom"),
    "communication services": ("communication services", "communications"),
}
_THINGS = r"(?:stocks?|names|tickers?|shares|companies|equities|sectors?|universe|securities|symbols)"
_ADJECTIVES = r"(?:(?:most|highest|actively|heavily|traded|liquid|volume|by|dollar|largest|biggest|us|u\.s\.)[\s-]+)*"
_TRADED = (
    r"(?:most[\s-]+(?:actively[\s-]+|heavily[\s-]+)?(?:traded|liquid)|"
    r"by\s+(?:dollar\s+)?(?:volume|liquidity|traded\s+value)|highest[\s-]+volume)"
)
_TOP = words(
    rf"\btop[\s_-]+(?P<a>{COUNT})(?!\s*(?:%|picks?|candidates?|ideas|results?|rows?|features?|models?"
    rf"|drivers?|\w*\s*(?:picks?|candidates?)))(?:[\s-]+{_ADJECTIVES}(?:{_TRADED}|{_THINGS}))*"
    rf"|\b(?:the\s+)?(?P<b>{COUNT})\s+{_TRADED}(?:\s+{_THINGS})?"
)
# "Only the top 20": the most traded, or the picks of a day? Where a person says no more than that, nobody knows.
_TOP_OF_WHAT = words(
    rf"\b(?P<place>(?:on|in|of|to|from|over|across|among|within|universe|screen|scan|rank|trade)\s+)?(?:the\s+)?"
    rf"top\s+(?P<count>{COUNT})(?=\s*(?:$|[.,;:!?]|(?:and|with|please|only|instead|again|now)\b))"
)
_TOP_ANALYSED = words(
    rf"\b(?:the\s+)?(?:top|best|first|leading)[\s-]+(?P<a>{COUNT})\b(?:\s+(?:ranked|screened|momentum|current"
    rf"|of\s+the|remaining))*(?:\s+(?:candidates?|picks?|{_THINGS}|ideas|results?|ones))?"
    rf"|\b(?P<b>{COUNT})\s+(?:best|top|highest[\s-]+ranked|strongest|leading)\s+(?:candidates?|picks?|{_THINGS}|ideas)"
)
_TOP_ONE = words(r"\b(?:the\s+)?(?:top|best|leading|highest-ranked)\s+(?:candidate|pick|stock|name)\b(?!s)")
_ALL = words(
    r"\b(?:all(?:\s+(?:of\s+)?(?:the|available))?\s+(?:available\s+)?(?:tickers|stocks|names|symbols"
    r"|equities)|(?:the\s+)?(?:entire|whole|full)\s+(?:universe|market)|universe\s*(?:to|of|is|=|:)?\s+all"
    r"|every\s+(?:ticker|stock))\b"
)
_SP500 = words(
    rf"\b(?:the\s+)?(?:S\s?&\s?P|SP|S\s?and\s?P)[\s-]?500(?:[\s-]+(?:{_THINGS}|index|members|constituents))*"
    rf"|\bS\s?&\s?P(?:[\s-]+(?:{_THINGS}|members|constituents))+"
)
_LEAVING_OUT = words(
    r"\b(?:exclud(?:e|ing)|without|except(?:\s+for)?|but\s+not|leav(?:e|ing)\s+out|drop(?:ping)?|remov(?:e|ing)"
    r"|omit(?:ting)?|minus|no)\s+(?:(?:the|all|any|every)\s+)*"
)
_JOINT = words(r"\s*(?:,\s*(?:and\s+|or\s+)?|\band\s+|\bor\s+|&\s*)(?:the\s+)?")
_TICKER = exactly(r"(?<![\w$&'.-])\$?[A-Z][A-Z0-9]{0,5}(?:[.-][A-Z]{1,2})?(?![\w&']|[.-]\w)")
_NO_TICKERS = frozenset(
    [
        "A",
        "I",
        "AI",
        "ML",
        "US",
        "USA",
        "USD",
        "AUC",
        "ROC",
        "LSTM",
        "RF",
        "XGB",
        "LGBM",
        "LR",
        "GBM",
        "IC",
        "ICIR",
        "ECE",
        "VIX",
        "ETF",
        "API",
        "CSV",
        "JSON",
        "OK",
        "S",
        "P",
        "OOS",
        "CV",
        "ID",
        "HMM",
        "GRU",
        "MLP",
        "SVM",
        "PBO",
        "DSR",
        "ROI",
        "NO",
        "NOT",
        "AND",
        "OR",
        "THE",
        "FOR",
        "YES",
        "GO",
        "PM",
        "AM",
        "Q",
        "TOP",
        "ALL",
        "UTC",
        "SEC",
        "FED",
        "CPI",
        "GDP",
        "PCA",
        "SHAP",
        "NYSE",
        "SIMULATED",
        "NASDAQ",
        "MSE",
        "RMSE",
        "BP",
        "BPS",
        "K",
        "N",
        "T",
    ]
)
_TRIAL = exactly(r"T\d+")
_MAY_BE_TICKER = exactly(r"(?!T\d)[A-Z]+(?:\d{2,}|[.-][A-Z]+)?")
_TICKER_CUE = words(
    r"(?:\b(?:on|tickers?|symbols?|stocks?|names|only|for|at|into|to|analy[sz]e|analy[sz]ing|look|and|with"
    r"|of|compare|add|universe|including|in|fetch|download|update)\b|[,:($]|^)[\s:(]*(?:just\s+|only\s+|the\s+)?$"
)


def top_of_what(text: str) -> int | None:
    """Return the number of a "top 20" that a person leaves open: of the most traded, or of the picks of a day."""
    return next((number_of(match["count"]) for match in _TOP_OF_WHAT.finditer(text) if not match["place"]), None)


def _unless_placed(match: re.Match[str]) -> str:
    return match[0] if match["place"] else "\x00" * len(match[0])


def read_universe(reading: Reading, context: DetectionContext, *, analysed: bool) -> None:
    """Read which tickers a text speaks of: as ``universe``, or as ``tickers`` and ``top`` where they are analysed."""
    left_out = [] if analysed else _read_left_out(reading, context)
    if analysed:
        reading.take("top", _TOP_ANALYSED, lambda match: number_of(match["a"] or match["b"]))
        reading.take("top", _TOP_ONE, lambda match: 1)
    else:
        if context.speaker == "user":
            reading.text = _TOP_OF_WHAT.sub(_unless_placed, reading.text)
        reading.take("universe", _TOP, lambda match: f"top-{number_of(match['a'] or match['b'])}")
        reading.take("universe", _ALL, lambda match: "all")
        for sector, pattern in _sector_patterns(context.sectors):
            reading.take("universe", pattern, lambda match, sector=sector: sector)
        if not any(value.value in context.sectors for value in reading.found if value.name == "universe"):
            # The sectors are those of the index: "the S&P 500 technology stocks" are its technology stocks.
            reading.take("universe", _SP500, lambda match: "sp500")
    _read_tickers(reading, context, analysed)
    if left_out:
        named = [value.value for value in reading.found if value.name == "universe"]
        universe = named[-1] if named else context.settings.universe
        joint = "," if " without " in universe else " without "
        names = ",".join(dict.fromkeys(value.value for value in left_out))
        reading.found.append(Value("universe", f"{universe}{joint}{names}", left_out[0].start, left_out[-1].end))


def _read_left_out(reading: Reading, context: DetectionContext) -> list[Value]:
    """Return the sectors and tickers that a text leaves out of the universe, and take their words out."""
    found: list[Value] = []
    for order in _LEAVING_OUT.finditer(reading.text):
        place = order.end()
        while named := _named_at(reading.text, place, context):
            name, place = named
            found.append(Value("universe", name, order.start(), place))
    for value in found:
        reading.text = reading.text[: value.start] + "\x00" * (value.end - value.start) + reading.text[value.end :]
    return found


def _named_at(text: str, place: int, context: DetectionContext) -> tuple[str, int] | None:
    """Return the sector or ticker that a text names right at a place, behind a comma or an "and", and where it ends."""
    joint = _JOINT.match(text, place)
    place = joint.end() if joint else place
    for sector, either in _sector_words(context.sectors):
        if match := re.compile(rf"(?:{either})\b(?:[\s-]+{_THINGS})*", re.IGNORECASE).match(text, place):
            return sector, match.end()
    match = _TICKER.match(text, place)
    if match and match[0].lstrip("$") in context.tickers:
        return match[0].lstrip("$"), match.end()
    return None


def names_ticker(text: str) -> bool:
    """Tell whether a text has capitals that may be a ticker and are no common abbreviation."""
    found = (match[0].lstrip("$") for match in _TICKER.finditer(text))
    return any(_MAY_BE_TICKER.fullmatch(name) and name not in _NO_TICKERS for name in found)


@lru_cache(maxsize=8)
def _sector_words(sectors: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return each sector with a pattern of what it is called: those of the data at hand first, else the common ones."""
    found = []
    for sector in sectors or tuple(name.title() for name in _SECTOR_WORDS):
        names = {sector.lower(), *_SECTOR_WORDS.get(sector.lower(), ())}
        if sectors:
            # Another classification's name for it: "technology" is the data's own word, or that of its synonym.
            names |= {word for name, also in _SECTOR_WORDS.items() if sector.lower() in also for word in (name, *also)}
        ordered = sorted(names, key=len, reverse=True)
        found.append((sector, "|".join(re.escape(word).replace(r"\ ", r"[\s-]+") for word in ordered)))
    return found


@lru_cache(maxsize=8)
def _sector_patterns(sectors: tuple[str, ...]) -> list[tuple[str, re.Pattern[str]]]:
    """Return each sector with the pattern of words that choose it."""
    patterns = []
    for sector, either in _sector_words(sectors):
        patterns.append(
            (
                sector,
                words(
                    rf"\b(?:the\s+)?(?:{either})[\s-]+(?:sector\s+)?{_THINGS}\b|\bsector\s+(?:to\s+|=\s*"
                    rf"|of\s+)?(?:{either})\b|\b(?:use|try|take|at|on)\s+(?:the\s+)?(?:{either})"
                    rf"(?=\s*(?:$|[.,;!)]|and\b|instead\b|again\b|only\b))|\b(?:only|just)\s+(?:the\s+)?(?:{either})\b|\buniverse\s*(?:to|=|:)?\s+(?:the\s+)?(?:{either})\b"
                ),
            )
        )
    return patterns


def _read_tickers(reading: Reading, context: DetectionContext, analysed: bool) -> None:
    found: list[tuple[str, int, int]] = []
    text = reading.text
    if text.isupper():
        return
    for match in _TICKER.finditer(text):
        ticker = match[0].lstrip("$")
        if _TRIAL.fullmatch(ticker) or not _is_ticker(match, ticker, context, found, text):
            continue
        found.append((ticker, match.start(), match.end()))
    if not found:
        return
    tickers = list(dict.fromkeys(ticker for ticker, _, _ in found))
    value = tickers if analysed else ",".join(tickers)
    reading.found.append(Value("tickers" if analysed else "universe", value, found[0][1], found[-1][2]))


def _is_ticker(
    match: re.Match[str], ticker: str, context: DetectionContext, found: list[tuple[str, int, int]], text: str
) -> bool:
    marked = match[0].startswith("$")
    follows = (
        bool(found) and re.fullmatch(r"[\s,/&+]*(?:and|or)?[\s,]*", text[found[-1][2] : match.start()]) is not None
    )
    if context.tickers:
        # Single letters and words such as IT are tickers only in the company of others or with a cue.
        is_plain = len(ticker) > 1 and ticker not in _NO_TICKERS
        return ticker in context.tickers and (marked or is_plain or follows)
    if not ticker.replace(".", "").replace("-", "").isalpha():
        # A quarter, a trial, a grade: where names are not known, only letters are one.
        return False
    if marked or follows:
        return marked or ticker not in _NO_TICKERS
    return len(ticker) > 1 and ticker not in _NO_TICKERS and bool(_TICKER_CUE.search(text[: match.start()]))
