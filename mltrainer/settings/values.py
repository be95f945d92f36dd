"""How values are read from people and programs: percentages, ranges, days, lists of names."""

import re
from collections.abc import Iterable
from datetime import date

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_RANGE = re.compile(r"(\d+)\s*(?:-|–|to|\.\.|,)\s*(\d+)")


def read_ratio(value: object) -> object:
    """Read ``"7%"``, ``"+7 %"``, ``"0.07"`` or ``0.07`` as 0.07.

    A number of 1 or more without a % sign is refused: 85 could mean 85 % or a slip of the pen.
    """
    if isinstance(value, str):
        text = value.strip()
        number = text.removesuffix("%").strip()
        if not _NUMBER.fullmatch(number):
            raise ValueError(f"{value!r} is not a percentage; write it like 7% or 0.07")
        if text.endswith("%"):
            # Division rounds correctly where a product with 0.01 would give 0.07000000000000001.
            return float(number) / 100
        value = float(number)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= 1:
        raise ValueError(f"{value:g} is not a fraction; write {value:g}% if percent is meant")
    return value


def read_horizon(value: object) -> object:
    """Read ``"7-10"``, ``"7 to 10"``, ``"10"``, ``10`` or ``[7, 10]`` as (7, 10)."""
    if isinstance(value, str):
        text = value.strip()
        if match := _RANGE.fullmatch(text):
            value = (int(match[1]), int(match[2]))
        elif text.isdigit():
            value = (int(text), int(text))
        else:
            raise ValueError(f"{value!r} is not a horizon; write it in sessions, like 7-10")
    if isinstance(value, int) and not isinstance(value, bool):
        value = (value, value)
    return value


def forward(horizon: tuple[int, int]) -> tuple[int, int]:
    """Refuse a horizon that ends before it begins."""
    first, last = horizon
    if first > last:
        raise ValueError(f"{first}-{last} runs backwards; write {last}-{first}")
    return horizon


def calendar_day(text: str) -> str:
    """Refuse what is written like a date and is no day of the calendar."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise ValueError(f"{text} is not a day of the calendar; write it like 2018-02-07") from None


def read_names(value: object) -> object:
    """Read ``"a, b"``, ``"a + mean(b,c)"`` or a list of names as a tuple, commas in brackets left alone."""
    if isinstance(value, str):
        return tuple(split_names(value))
    if isinstance(value, Iterable) and not isinstance(value, (bytes, dict)):
        return tuple(value)
    return value


def split_names(text: str) -> list[str]:
    """Split at commas and plus signs outside brackets; drop empty parts."""
    parts = re.split(r"[,+](?![^()]*\))", text)
    return [part.strip() for part in parts if part.strip()]
