"""Numbers with a meaning in prose: confidence, target, horizon, counts, seeds, and changes of what holds now."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from mltrainer.actions import detect_number_patterns as patterns
from mltrainer.actions.detect_choices import CHOICES
from mltrainer.actions.detect_spelled import number_of, share_of
from mltrainer.settings.parameters import Settings


@dataclass(frozen=True)
class Value:
    """A value that a text states, at ``text[start:end]``, for the argument ``name``."""

    name: str
    value: Any
    start: int
    end: int


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
    if not patterns.MAY_STATE.search(text):
        return Reading(text, [])
    reading = Reading(patterns.FROM.sub(lambda match: "\x00" * len(match[0]), text), [])
    reading.take("target_return", patterns.RISES, _share)
    for name, pattern in patterns.RELATIVE:
        meant = name or it or "confidence_threshold"
        reading.take(meant, pattern, lambda match, meant=meant: _relative(match, meant, settings))
    for name, pattern in patterns.TIMES:
        reading.take(name, pattern, lambda match, name=name: _times(match, getattr(settings, name)))
    if to := patterns.IT_TO.search(reading.text):
        likely = (
            "target_return"
            if share_of(to["share"]) <= patterns.LIKELY_TARGET and not to["bar"]
            else "confidence_threshold"
        )
        reading.take(it or likely, patterns.IT_TO, _share)
    for name, stating, read in _IN_ORDER:
        for pattern in stating:
            reading.take(name, pattern, read)
    for setting, choices in CHOICES:
        for choice, pattern in choices:
            reading.take(setting, pattern, lambda match, choice=choice: choice)
    reading.take("confidence_threshold", patterns.CONFIDENCE_ALONE, _share)
    offhand = offhand and any(value.name == "horizon" for value in reading.found)
    if bare or offhand:
        for name, pattern in patterns.BARE if bare else patterns.OFFHAND:
            reading.take(name, pattern, _share)
    return reading


def _share(match: re.Match[str]) -> float | str:
    groups = match.groupdict()
    share = int(groups["whole"]) / 100 if groups.get("whole") else share_of(groups["share"])
    # The whole or more is impossible, and is refused as it was written.
    return share if share < 1 else f"{100 * share:g}%"


def _horizon(match: re.Match[str]) -> list[int] | None:
    groups = match.groupdict()
    unit = (groups.get("unit") or "day").lower()
    size = patterns.SIZE[unit.replace("trading", "").replace("business", "").strip()[0]]
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
        return None if by is None else [end + sign * by * patterns.SIZE[unit[0]] for end in settings.horizon]
    now = getattr(settings, name)
    return float(f"{now + sign * float(match['by']) / 100:.10g}")


def _times(match: re.Match[str], now: Any) -> Any:
    if isinstance(now, float):
        return float(f"{now * (0.5 if match['half'] else 2):.10g}")
    return [max(1, end // 2) if match["half"] else end * 2 for end in now]


def _count(match: re.Match[str]) -> int | None:
    return number_of(match["count"])


def _seconds(match: re.Match[str]) -> int:
    return int(match["count"]) * patterns.IN_SECONDS[match["unit"][0].lower()]


# What is read first takes its number out: the 3 % of "a 3 % stop" is no target.
_IN_ORDER: tuple[tuple[str, Sequence[re.Pattern[str]], Callable[[re.Match[str]], Any]], ...] = (
    ("cost_bps", patterns.COST, lambda match: float(match["bps"])),
    ("stop_return", patterns.STOP, _share),
    ("volatility_multiple", patterns.VOLATILITY_MULTIPLE, lambda match: float(match["many"])),
    ("tries", [patterns.TRIES], _count),
    ("seconds", [patterns.SECONDS], _seconds),
    ("horizon", patterns.HORIZON_VALUE, _horizon),
    ("confidence_threshold", patterns.CONFIDENCE_VALUE, _share),
    ("target_return", patterns.TARGET_VALUE, _share),
    ("top_k", patterns.TOP_K, _count),
    ("seed", [patterns.SEED], _count),
    *((name, [pattern], _count) for name, pattern in patterns.BY_NAME),
    ("states", [patterns.STATES], _count),
)
