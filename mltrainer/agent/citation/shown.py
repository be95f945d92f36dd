"""How figures are written: rounded for reading, and never as 0 where they are not."""

import math

from mltrainer.agent.citation.quantity import Quantity

# Beyond so many decimals a figure is written with its power of ten.
_DECIMALS = 7


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
            return f"{one.value:g} bps"
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
            return f"{value:.1e}"
    return f"{value:,.{decimals}f}"
