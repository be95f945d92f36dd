"""How figures are written: rounded for reading, and never as 0 where they are not."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mltrainer.agent.citation.expression import Open, resolve
from mltrainer.agent.citation.quantity import Quantity, Unresolved, quantity_of
from mltrainer.agent.grounding.kinds import is_number
from mltrainer.settings.parts.candidates import SUPPORT_MARGIN

# A figure is written with so many decimals at most.
_DECIMALS = 5
# What somebody chose is written as it was.
_CHOSEN = ("confidence_threshold", "target_return", "stop_return", "threshold", "level")
_TESTS = ("_p", "_q", "_q_session", "_q_store")


@dataclass(frozen=True)
class Figure:
    """What a reference gives, as it is written.

    Parameters
    ----------
    trials
        Those it comes from.
    interval
        The ends of its 90 % interval, if it has one.
    rests_on
        How many rows it rests on, or what came of such predictions in the past; ``shortly`` where another such figure
        was shown before.
    numbers
        Those that it was reckoned with and that come from no result, as they are written.
    """

    text: str
    trials: tuple[str, ...]
    interval: str = ""
    rests_on: str = ""
    shortly: str = ""
    numbers: tuple[str, ...] = ()


def figure_of(reference: str, open_trial: Open) -> Figure:
    """Return what a reference gives; what is reckoned has no interval.

    Raises
    ------
    Unresolved
        If it gives no figure; the message says why.
    """
    resolved = resolve(reference, open_trial)
    if resolved.quantity:
        return Figure(written(resolved.quantity), resolved.trials, numbers=resolved.numbers)
    assert resolved.found
    key, value, entry = resolved.found.key, resolved.found.value, resolved.found.entry
    if key == "qualified":
        return Figure(f"{value:,} of {len(entry.get('candidates', [])):,}", resolved.trials)
    if not (text := _as_text(key, value)):
        raise Unresolved("it leads to no single figure")
    if between := (entry.get("intervals") or {}).get(key):
        return Figure(text, resolved.trials, _as_text(key, between), f"n {entry['test_rows']:,}")
    support: Mapping[str, Any] = entry.get("support") or {}
    if key == "confidence" and support.get("n"):
        record = f"{support['hits']:,} of {support['n']:,}"
        level = f"at {_level(entry, open_trial(resolved.trials[0]) or {})} or more"
        told = f"{record} past predictions {level} came true"
        return Figure(text, resolved.trials, rests_on=told, shortly=f"{record} {level} did")
    return Figure(text, resolved.trials)


def _level(candidate: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """Return from which probability on the past predictions count that a candidate rests on."""
    threshold = (document.get("settings") or {}).get("confidence_threshold", 1.0)
    return written(Quantity(max(0.0, min(candidate["confidence"], threshold) - SUPPORT_MARGIN), "ratio"))


def _as_text(key: str, value: Any) -> str:
    """Return a value of a document as text, empty where it is neither a figure nor short text."""
    if isinstance(value, str) and len(value) <= 200:
        return value
    if key == "horizon" and value:
        return f"{value[0]}-{value[-1]}"
    if isinstance(value, (list, tuple)) and len(value) == 2 and all(isinstance(end, float) for end in value):
        return " to ".join(_as_text(key, end) for end in value)
    if not is_number(value) or not math.isfinite(value):
        return ""
    if key.endswith(_TESTS) and 0 < value < 0.001:
        return "below 0.001"
    if key in _CHOSEN:
        return f"{100 * value:g} %"
    return written(quantity_of(key, value))


def written(one: Quantity) -> str:
    """Return a figure as text, with its unit: ``5.2 points``, ``$12.30``, ``0.021``, ``2.8``."""
    match one.kind:
        case "price":
            size = rounded(abs(one.value), 2)
            return f"-${size}" if one.value < 0 else f"${size}"
        case "ratio":
            return f"{rounded(100 * one.value, 1)} {'points' if one.gap else '%'}"
        case "seconds":
            return f"{rounded(one.value, 1)} s"
        case "bps":
            return f"{round(one.value, 1):g} bps"
        case "score" if abs(one.value) < 10:
            return rounded(one.value, 3)
        case "times" if abs(one.value) < 1:
            return rounded(one.value, 2)
        case "count" | "index" if float(one.value).is_integer():
            return f"{one.value:,.0f}"
    return rounded(one.value, 1)


def rounded(value: float, decimals: int) -> str:
    """Return a number with so many decimals, and with more where nothing but zeros would be left."""
    if value and abs(value) < 10.0**-decimals:
        decimals = 1 - math.floor(math.log10(abs(value)))
        if decimals > _DECIMALS:
            return f"below {10.0 ** (1 - _DECIMALS):g}" if value > 0 else f"above -{10.0 ** (1 - _DECIMALS):g}"
    return f"{value:,.{decimals}f}"
