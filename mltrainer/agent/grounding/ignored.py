"""The digits of a text that are no figures: dates, ordinals, numbers of lists, horizons, names."""

import re

from mltrainer.actions.detect_patterns import exactly, words
from mltrainer.agent.grounding.numbers import DATE

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|"
    r"Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_SPAN = r"(?:trading |exchange |business |calendar )?(?:days?|sessions?|weeks?|months?|years?|bars?|decades?)"
# Order matters: each is blanked before the next is looked for.
_IGNORED = (
    words(r"^[ \t]*(`{3,}|~{3,}).*?(?:^[ \t]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE),
    exactly(r"https?://\S+|sha256:\w+"),
    # Dates, clock times, versions.
    exactly(r"\b\d{4}-\d{2}(?:-\d{2})?(?:T[\d:.]+\S*)?\b|\b\d{1,2}[/.]\d{1,2}[/.](?:\d{4}|\d{2})\b"),
    exactly(
        rf"\b{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?\b|\b(?:\d{{1,2}}(?:st|nd|rd|th)? )?{_MONTH}\.?,? "
        rf"\d{{4}}\b|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}\b"
    ),
    exactly(r"\bQ[1-4](?: ?\d{4})?\b|\b\d{1,2}:\d{2}(?::\d{2})?\b|\bv\d+(?:\.\d+)+\b|\b\d+\.\d+\.\d+\b"),
    words(
        r"\b(?:in|of|since|until|during|early|late|mid-?|through|by|year|and|end of|from|to)[ -](?:19|"
        r"20)\d\d\b(?![.,]\d| ?%)"
    ),
    exactly(r"\b(?:19|20)\d\d\s?[-–]\s?(?:19|20)?\d\d\b|\b(?:19|20)\d\ds\b"),
    # Names.
    words(r"S&P[ -]?(?:500|400|600)|nasdaq[ -]?100|russell[ -]?[123]000|dow[ -]?30|\bsp500(?:-\d+)?|\bVIX9D\b"),
    words(
        r"\btop[-_]?\d+(?= (?:universe|setting))|(?:(?<=precision@)|(?<=precision at )|(?<=hit@)|(?<=\bp@))\d+|"
        r"\b(?:ndcg|top|recall)(?:@| at )\d+(?![.\d]|\s?%)|\bbaseline \d+\b"
    ),
    # Numbers of lists and places.
    words(r"^[ \t]*(?:>[ \t]*)?(?:[*_]{1,2})?[(#]?\d{1,2}[.):](?=[\s*_])", re.MULTILINE),
    words(r"(?<!\S)\(?\d[.)](?= [A-Z*])"),
    words(r"\b\d+(?:st|nd|rd|th)\b(?! percentile)|\b\d*[05]th percentile"),
    words(
        r"(?:#|\bno\. ?|\b(?:options?|steps?|number|rank(?:s|ed)?|places?|level|stage|phase|points?|section|"
        r"version|fold|"
        r"proposal|page|python|table|figure|chapter|part|row|column|item)[ -]#?)\d+\b(?!\s?%|[.,]\d| (?:of|above|"
        r"below))"
    ),
    words(
        r"\b(?:the |its |our )?(?:top|first|next|last|bottom|best|leading|other|remaining)[ -]\d+\b(?!\s?%|"
        r"[.,]\d| of )"
    ),
    # The levels at which the system states intervals, and those that are customary.
    words(
        r"(?<![\d.][-–])\b(?:80|90|95|99)\s?(?:%|percent)(?=[- ](?:confidence |uncertainty |prediction |return |"
        r"statistical |bootstrap |"
        r"block )*"
        r"(?:intervals?|certainty|ranges?|bands?|CIs?|bounds?|lower|Wilson|levels?|error))"
    ),
    words(r"\b(?:intervals?|bands?|ranges?|CIs?|bounds?) (?:at|of|are|is|\()\s?(?:80|90|95)\s?%"),
    words(r"\b(?:80|90|95) ?%(?= of [^.;]{0,40}\bbetween\b)"),
    words(r"(?<=\()(?:80|90|95)\s?%(?=[):,]? ?(?:CI|interval|\)|[-−+]?\d))|\b(?:80|90|95) ?%(?= CI)"),
    # The horizon, and lengths of windows that belong to a name.
    words(rf"\b\d+(?:\s?(?:-|–|to|through)\s?\d+)?(?:-{_SPAN}|[dD]\b)"),
    words(r"\b\d+(?:\s?(?:-|–|to|through)\s?\d+)? (?:trading[- ])?(?:day|session|week|month|year)(?!s)\b"),
    words(
        rf"\b(?:\d+|five|seven|ten|two|three)\s?(?:-|–|to|through|and|or)\s?(?:\d+|ten|fifteen|three|four) {_SPAN}\b"
    ),
    words(r"\b(?:sessions|days) \d+\s?(?:-|–|to|through|and)\s?\d+\b"),
    words(
        rf"\b(?:within|over|in|after|for|next|past|last|every|each|than|least|most|ahead|about) "
        rf"(?:the (?:next|past|last) |another |some )?\d{{1,2}} {_SPAN}\b"
    ),
    words(rf"\b\d{{1,2}} {_SPAN} (?:ahead|later|earlier|before|after|from now|old|each|apart|out)\b"),
    words(r"(?<=\d) (?:out )?of 100\b(?= \()|(?<=\.\d) (?:out )?of 100\b|(?<=\.\d)\s?/\s?100\b"),
    words(r"\bhalf[- ](?:the |of the )?(?:bid[- ]ask )?spreads?\b"),
    words(r"(?<!\d )(?<!out )\b(?:out )?of (?:every )?(?:100|a hundred|ten|1,000)\b(?= )"),
    words(r"\b24/7\b|\b50[/-]50\b|(?<![\d.,])(?:100|a hundred|0) ?%(?! (?:of|confiden|probab|chance))|\b1-in-1\b"),
)


def without_ignored(text: str) -> str:
    """Return the text, as long as before, with ordinals, numbers of lists, horizons and the like blanked."""
    dates = [(match.start(), match[0]) for match in DATE.finditer(text)]
    text = DATE.sub(lambda match: "x" * len(match[0]), text)
    for pattern in _IGNORED:
        text = pattern.sub(lambda match: "".join("\n" if one == "\n" else " " for one in match[0]), text)
    for place, written in dates:
        # What was blanked with more around it, such as code, stays so.
        if text[place] == "x":
            text = text[:place] + written + text[place + len(written) :]
    return text
