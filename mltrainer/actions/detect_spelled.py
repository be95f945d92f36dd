"""Numbers as prose spells them: "85 percent", "0.85", "a couple of", and "6,5 %" as German writes it."""

import re

from mltrainer.actions.detect_patterns import words

SPELLED = {
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
COUNT = rf"(?:\d{{1,4}}|{'|'.join(word for word in SPELLED if word not in ('next', 'coming', 'a', 'an'))})"
NUMBER = rf"(?:\d{{1,4}}|{'|'.join(sorted(SPELLED, key=len, reverse=True))})"
PERCENT = r"\d{1,3}(?:\.\d{1,4})?\s*(?:%|percent\b|per\s+cent\b|pct\b)"
SHARE = rf"(?:{PERCENT}|0?\.\d{{1,4}})"

# "6,5 %", "0,08" and "1.000 trees", as German writes them. In "1,5 and 7 days" or "12,500" a comma is no point.
_COMMA = words(r"(?<=\d),(?=\d{1,4}\s*(?:%|percent\b|per\s+cent\b|pct\b|bps\b))|(?<=\b0),(?=\d)")
_THOUSANDS = words(r"(?<=\d)\.(?=\d{3}\s+(?:trees|rounds|estimators|epochs|iterations|rows)\b)")


def plain_numbers(text: str) -> str:
    """Return the text with numbers as English writes them, every character in its place."""
    return _THOUSANDS.sub(",", _COMMA.sub(".", text))


def number_of(text: str) -> int | None:
    """Return the whole number that digits or a number word stand for."""
    key = " ".join(text.lower().split())
    return int(key) if key.isdigit() else SPELLED.get(key)


def share_of(text: str) -> float:
    """Return "85 %" or "85 percent" as 0.85, and "0.85" as it is."""
    found = re.match(r"\s*\+?\s*([\d.]+)", text)
    number = float(found[1]) if found else 0.0
    return number if re.fullmatch(r"\s*0?\.\d+\s*", text) else float(f"{number / 100:.10g}")
