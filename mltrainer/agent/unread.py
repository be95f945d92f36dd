"""Numbers that a user stated and that nothing was made of: they are named, never dropped in silence."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mltrainer.actions.detect_spelled import plain_numbers

# A number and its unit; parts of names (S&P 500, T3, top-100, Alpha158) are none.
_NUMBER = re.compile(
    r"(?<![\w.,&$-])(?<!S&P )\+?(?P<number>\d+(?:[.,]\d+)*)"
    r"(?:\s*(?P<percent>%|percent\b)|[\s-]*(?P<unit>weeks?|months?|quarters?|min(?:ute)?s?|h(?:ours?)?)\b)?(?![\w.]*\w)",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r"\bby\s+(?:about\s+)?$", re.IGNORECASE)
# Sessions of a week, a month and a quarter; seconds of a minute and an hour.
_SIZES = {"w": (5,), "m": (21, 60), "q": (63,), "h": (3600,)}


def unread_numbers(text: str, stated: Mapping[str, Any]) -> list[str]:
    """Return the numbers of a text that occur in no stated value, as they were written.

    Parameters
    ----------
    stated
        What was understood, and what holds anyhow: a number that equals any value in it counts as read.
    """
    known = {round(value, 9) for value in _numbers(stated)}
    plain = plain_numbers(text)
    found = []
    for match in _NUMBER.finditer(plain):
        value = float(match["number"].replace(",", ""))
        sizes = _SIZES[match["unit"][0].lower()] if match["unit"] else (0.01,) if match["percent"] else (1, 0.01)
        meant = {round(value * size, 9) for size in sizes}
        if not (meant & known) and not _RELATIVE.search(plain[: match.start()]):
            found.append(text[match.start() : match.end()].strip())
    return found


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from _numbers(part)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield float(value)
    elif isinstance(value, str):
        yield from (float(number) for number in re.findall(r"\d+(?:\.\d+)?", value))
