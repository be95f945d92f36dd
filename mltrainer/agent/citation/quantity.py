"""Figures that know what they are, so that what is reckoned with them is one too: points, times, dollars."""

import math
from dataclasses import dataclass, replace
from typing import Literal

from mltrainer.agent.grounding import facts
from mltrainer.agent.grounding.kinds import kind_of

# Beside those of documents: a ``number`` was written plainly, ``times`` is how often one goes into another.
Kind = facts.Kind | Literal["number", "times"]
# What cannot be told from the size of a figure.
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("sharpe_error", "sharpe_autocorrelated", "deflated_sharpe", "probabilistic_sharpe"), "score"),
    **dict.fromkeys(("pbo", "pbo_by_chance"), "score"),
    **dict.fromkeys(("reliability", "resolution", "uncertainty", "within", "brier_base", "auc_by_block"), "score"),
    **dict.fromkeys(("correlation", "interval_score", "value"), "score"),
    **dict.fromkeys(("cagr", "volatility", "annual_volatility", "brier_skill", "expected_return", "interval"), "ratio"),
    **dict.fromkeys(("n", "n_dates", "hits"), "count"),
}
# Differences of Brier scores by the names that documents give them.
_DIFFERENCES = frozenset({"to_best", "to_volatility", "difference"})
_NAMES = {"index": "regime score", "bps": "cost in basis points", "seconds": "time", "number": "plain number"}
# A plain number from here on says out of how many: "19 of 100", "on $10,000".
_MANY = 10
# What may be made a part of: half of a price, a fifth of a count.
_SCALED = ("ratio", "count", "price", "seconds", "score")
_EACH = ("ratio", "count", "price", "seconds", "bps")


class Unresolved(Exception):
    """A reference that gives no figure; the message says why."""


@dataclass(frozen=True)
class Quantity:
    """A figure and its kind; a ``gap`` is how far two of the kind are apart.

    Parameters
    ----------
    value
        As documents have it: ratios as fractions, prices in dollars, times in seconds.
    """

    value: float
    kind: Kind
    gap: bool = False

    def __neg__(self) -> "Quantity":
        return replace(self, value=-self.value)

    def __add__(self, other: "Quantity") -> "Quantity":
        kind = _common(self, other)
        return Quantity(self.value + other.value, kind, self.gap and other.gap)

    def __sub__(self, other: "Quantity") -> "Quantity":
        value = self.value - other.value
        if math.isclose(self.value, other.value, rel_tol=1e-12):
            # What the bits of a machine leave is no difference.
            value = 0.0
        if "number" in (self.kind, other.kind) and "times" in (self.kind, other.kind):
            # What a price is above another: "target / close - 1".
            return Quantity(value, "ratio")
        kind = _common(self, other)
        # "1 - hit_rate" is a rate again.
        return Quantity(value, kind, self.gap == other.gap and self.kind != "number")

    def __mul__(self, other: "Quantity") -> "Quantity":
        value = self.value * other.value
        for one, factor in ((self, other), (other, self)):
            if factor.kind == "number" and one.kind == "ratio" and abs(factor.value) >= _MANY:
                return Quantity(value, "times")
            if factor.kind in ("number", "times"):
                return Quantity(value, one.kind, one.gap)
            if factor.kind == "ratio" and one.kind in _SCALED or factor.kind == "count" and one.kind in _EACH:
                return Quantity(value, one.kind)
            # Turnover at a cost.
            if factor.kind == "score" and one.kind == "bps":
                return Quantity(value, "bps")
        raise Unresolved(f"{_named(self)} times {_named(other)} is nothing")

    def __truediv__(self, other: "Quantity") -> "Quantity":
        if other.value == 0:
            raise Unresolved("it divides by 0")
        value = self.value / other.value
        if self.kind == "bps" and other == _WHOLE_IN_BPS:
            return Quantity(value, "ratio")
        if other.kind in ("number", "times") and self.kind != "number":
            return Quantity(value, self.kind, self.gap)
        if self.kind == other.kind or {self.kind, other.kind} == {"ratio", "score"}:
            # A difference measured by what it started from, and a part of what is counted, are shares.
            part = (self.gap and not other.gap) or (self.kind == "count" and 0 <= value <= 1)
            return Quantity(value, "ratio" if part else "times")
        if self.kind == "number" and other.kind in ("ratio", "times", "score", "price"):
            # "1 in 12"; shares for so much money.
            return Quantity(value, "times")
        if (other.kind == "ratio" and self.kind in _SCALED) or (other.kind == "count" and self.kind in _EACH):
            return Quantity(value, self.kind)
        raise Unresolved(f"{_named(self)} divided by {_named(other)} is nothing")


_WHOLE_IN_BPS = Quantity(10_000, "number")


def quantity_of(key: str, value: float) -> Quantity:
    """Return the figure under a key of a result document; ``regime_score`` is the score of the regime."""
    if key in _DIFFERENCES:
        return Quantity(value, "score", gap=True)
    return Quantity(value, _KINDS.get(key) or kind_of(key, value))


def _common(one: Quantity, other: Quantity) -> Kind:
    """Return the kind of what is added to or taken from the other."""
    if one.kind == other.kind or other.kind == "number":
        return one.kind
    if one.kind == "number":
        return other.kind
    raise Unresolved(f"{_named(one)} and {_named(other)} do not go together")


def _named(one: Quantity) -> str:
    return f"a {_NAMES.get(one.kind, one.kind)}"
