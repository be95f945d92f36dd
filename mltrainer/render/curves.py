"""From the curves of a trial to what is drawn: growth, drawdown, monthly means. The same for pages and terminals."""

from collections.abc import Sequence
from typing import Any

Values = Sequence[float | None]

# More than these in one plot tell nothing; the best stay.
MOST_SERIES = 6


def growth(returns: Values) -> list[float]:
    """Return what 1 became, day by day; a day without a return changes nothing."""
    worth, grown = 1.0, []
    for value in returns:
        worth *= 1 + (value or 0.0)
        grown.append(worth)
    return grown


def drawdown(grown: Sequence[float]) -> list[float]:
    """Return how far each day is below the highest day before it, from a start of 1; 0 or negative."""
    highest, down = 1.0, []
    for worth in grown:
        highest = max(highest, worth)
        down.append(worth / highest - 1)
    return down


def by_month(dates: Sequence[str], values: Values) -> dict[str, float]:
    """Return the mean of each month that has a value."""
    months: dict[str, list[float]] = {}
    for day, value in zip(dates, values, strict=True):
        if value is not None:
            months.setdefault(day[:7], []).append(value)
    return {month: sum(found) / len(found) for month, found in months.items()}


def main_model(document: dict[str, Any]) -> str:
    """Return the model that a plot of one model shows: what ranks the candidates, else the last one evaluated."""
    return str(document.get("ranked_by") or document["evaluation"][-1]["model"])


def growth_of(document: dict[str, Any], curves: dict[str, Any]) -> dict[str, list[float]]:
    """Return the growth of the main model, the best others, and what they are compared with at the end."""
    returns = curves["worth"]["returns"]
    grown = {name: growth(values) for name, values in returns.items()}
    models = [row["model"] for row in document["evaluation"] if row["model"] in grown]
    main = main_model(document)
    compared = [name for name in grown if name not in models]
    others = sorted((name for name in models if name != main), key=lambda name: grown[name][-1], reverse=True)
    kept = [main, *others[: max(MOST_SERIES - 1 - len(compared), 1)], *compared]
    return {name: grown[name] for name in kept if name in grown}
