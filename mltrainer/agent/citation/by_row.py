"""What expressions reckon with: one thing, or one for each row of a list, matched by the names of the rows."""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mltrainer.agent.citation.lookup import Found
from mltrainer.agent.citation.quantity import Quantity, Unresolved, quantity_of
from mltrainer.agent.grounding.kinds import is_number

# By the names of rows; what is one thing has the name (). None of the functions below takes what does not fit: each
# raises `Unresolved`.
Values = dict[tuple[str, ...], Any]

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "≥": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "≤": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    "=": operator.eq,
    "!=": operator.ne,
    "≠": operator.ne,
}
_REDUCE: dict[str, Callable[[list[float]], float]] = {
    "min": min,
    "max": max,
    "mean": lambda values: sum(values) / len(values),
    "sum": sum,
}


def pairwise(ones: Values, others: Values, reckon: Callable[[Any, Any], Any]) -> Values:
    """Return what comes of each of the ones with the other of the same row, or with the only other.

    What all rows give alike, such as the base rate of all models, is the only other of rows of another kind.
    """
    if () in others:
        return {name: reckon(one, others[()]) for name, one in ones.items()}
    if () in ones:
        return {name: reckon(ones[()], other) for name, other in others.items()}
    if both := [name for name in ones if name in others]:
        return {name: reckon(ones[name], others[name]) for name in both}
    if (other := next(iter(others.values()), None)) is not None and all(one == other for one in others.values()):
        return {name: reckon(one, other) for name, one in ones.items()}
    raise Unresolved("the two lists have no row in common")


def reckoned(sign: Callable[[Quantity, Quantity], Quantity], one: Any, other: Any) -> Quantity:
    """Return what a sign makes of two figures; an error if one is none."""
    return sign(figure(one), figure(other))


def single(values: Mapping[tuple[str, ...], Any]) -> Any:
    """Return the one thing that all rows give."""
    first, *rest = values.values()
    if any(one != first for one in rest):
        raise Unresolved(f"it gives {len(values)} figures: take their {', '.join(_REDUCE)} or count")
    return first


def value_of(found: Found) -> Any:
    """Return what was found as a figure or a list of figures, or as it is."""
    if isinstance(found.value, bool):
        return found.value
    if is_number(found.value):
        return quantity_of(found.key, found.value)
    # What each model says is a list as well.
    several = list(found.value.values()) if isinstance(found.value, Mapping) else found.value
    if isinstance(several, list) and several and all(map(is_number, several)):
        return [quantity_of(found.key, one) for one in several]
    return found.value


def figure(value: Any) -> Quantity:
    """Return a value that is a figure; an error if it is none."""
    if isinstance(value, Quantity) and math.isfinite(value.value):
        return value
    raise Unresolved("a part of it is no figure")


def are_both(one: Any, other: Any) -> bool:
    """Tell whether two comparisons hold; an error if one is none."""
    if isinstance(one, bool) and isinstance(other, bool):
        return one and other
    raise Unresolved("what stands beside an and is no comparison")


def is_so(sign: str, one: Any, other: Any) -> bool:
    """Tell whether a comparison holds; words are compared without regard to capitals."""
    if isinstance(one, str) and isinstance(other, str) and sign in ("=", "==", "!=", "≠"):
        return COMPARE[sign](one.lower(), other.lower())
    left, right = figure(one), figure(other)
    if left.kind == "ratio" and right.kind == "number" and right.value > 1:
        raise Unresolved(f"{right.value:g} is no share: write {right.value:g}%")
    # Raises an error where they are of different kinds.
    left - right
    return COMPARE[sign](left.value, right.value)


def reduced(name: str, values: Sequence[Any]) -> Quantity:
    """Return the lowest, highest, mean or sum of figures and lists of figures."""
    figures = [figure(one) for value in values for one in (value if isinstance(value, list) else [value])]
    if not figures:
        raise Unresolved("there is nothing in the list")
    first = figures[0]
    for one in figures[1:]:
        # Raises an error where they are of different kinds.
        first - one
    return Quantity(_REDUCE[name]([one.value for one in figures]), first.kind, first.gap)
