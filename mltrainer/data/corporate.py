"""Splits and dividends: what a vendor lists, and what it makes of a price paid earlier."""

import math
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from mltrainer.data.spans import Span

if TYPE_CHECKING:
    # Who reads no stored actions waits for no pandas.
    import pandas as pd

SPLIT, DIVIDEND = "split", "dividend"
COLUMNS = ("date", "kind", "value", "declared", "currency", "type")
USD = "USD"
# No company splits by the same ratio twice within a month; vendors list such days twice.
TWICE_WITHIN_DAYS = 31


class Action(NamedTuple):
    """A split (``value`` new shares for one old) or a cash dividend (``value`` a share as it was then).

    ``day`` is the first on which the price is without it, ``declared`` when it was made known (empty where the vendor
    does not say); ``type`` is the vendor's, such as CD for a regular dividend and SC for a special one.
    """

    ticker: str
    day: str
    kind: str
    value: float
    declared: str = ""
    currency: str = ""
    type: str = ""


class ListedActions(NamedTuple):
    """Splits and dividends in the order of time.

    ``asked`` has the spans of days over which the vendor was asked, by ticker, ``adjusted`` the day (ISO) as of which
    the bars of a ticker are adjusted for splits.
    """

    actions: list[Action]
    asked: dict[str, list[Span]]
    adjusted: dict[str, str]


def sound(actions: Iterable[Action]) -> tuple[list[Action], list[str]]:
    """Return the actions in the order of time, each once, and what was left out and why.

    Left out are values that are no positive number, a split of one for one, and the earlier of two splits by the same
    ratio within a month.
    """
    kept: list[Action] = []
    notes = []
    for one in sorted(set(actions), key=lambda action: (action.ticker, action.day, action.kind, action.value)):
        if not (math.isfinite(one.value) and one.value > 0) or one.kind == SPLIT and one.value == 1:
            notes.append(f"{one.ticker}: the {one.kind} of {one.day} has no usable value and is left out")
            continue
        before = next((at for at, other in enumerate(kept) if _twice(other, one)), None)
        if before is not None:
            notes.append(f"{one.ticker}: the split of {kept[before].day} is listed again on {one.day}; it counts once")
            kept.pop(before)
        kept.append(one)
    return kept, notes


def _twice(earlier: Action, later: Action) -> bool:
    same = (earlier.ticker, earlier.kind, earlier.value) == (later.ticker, SPLIT, later.value)
    return same and (date.fromisoformat(later.day) - date.fromisoformat(earlier.day)).days <= TWICE_WITHIN_DAYS


def as_frame(actions: Iterable[Action]) -> "pd.DataFrame":
    """Return actions of one ticker as they are stored: ``COLUMNS``, ``declared`` NaT where it is not known."""
    import pandas as pd

    frame = pd.DataFrame([(one.day, *one[2:]) for one in actions], columns=list(COLUMNS))
    frame["value"] = frame["value"].astype("float64")
    for name in ("date", "declared"):
        frame[name] = pd.to_datetime(frame[name].replace("", None)).astype("datetime64[s]")
    return frame


def from_frame(ticker: str, frame: "pd.DataFrame") -> list[Action]:
    """Return stored actions, in the order of time."""
    import pandas as pd

    return [
        Action(
            ticker,
            str(row.date.date()),
            row.kind,
            float(row.value),
            "" if pd.isna(row.declared) else str(row.declared.date()),
            row.currency,
            row.type,
        )
        for row in frame.sort_values(["date", "kind", "value"]).itertuples()
    ]


def splits_between(actions: Iterable[Action], after: str, until: str) -> float:
    """Return how many shares one share of the day ``after`` is on the day ``until`` (ISO)."""
    return math.prod(one.value for one in actions if one.kind == SPLIT and after < one.day <= until)


def income(actions: Iterable[Action], after: str, until: str) -> float:
    """Return the cash dividends in USD that one share of the day ``after`` has had by the day ``until``.

    A share that was split has had them on all that it became.
    """
    listed = list(actions)
    return sum(
        one.value * splits_between(listed, after, one.day)
        for one in listed
        if one.kind == DIVIDEND and one.currency in (USD, "") and after < one.day <= until
    )
