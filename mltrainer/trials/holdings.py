"""What became of the user's paper holdings: price, return, and whether target or stop was reached."""

from typing import Any

import numpy as np

from mltrainer.data.corporate import ListedActions, income, splits_between
from mltrainer.data.panel import Panel

Found = dict[str, Any]
# A price paid that is so many times the close of its day, or a fraction, is on another scale.
OTHER_SCALE = 1.3


def follow(panel: Panel, holdings: list[Found], listed: ListedActions | None = None) -> list[Found]:
    """Return how each holding stands at its last close.

    Bars are adjusted for splits, and what was paid is not: where splits are listed, price, size, target and stop are
    put on the scale of the bars. Where none are known, a price that does not fit the close of its day is pointed out.

    Parameters
    ----------
    holdings
        ``{key, ticker, price, since}`` each, with ``target`` and ``stop`` (prices) and ``horizon`` (sessions) where
        they are set.

    Returns
    -------
    found
        One for each holding, with its ``key``: ``close`` and ``date`` of its last bar, ``return``, ``sessions`` since
        it was bought, ``target_reached`` and ``stop_reached``, the first session after ``since`` whose close is there,
        and ``overdue`` once the horizon has passed; or ``unknown``, why nothing can be said. ``split`` is how many
        shares one of the purchase is now, with ``price``, ``size``, ``target`` and ``stop`` after it; ``dividends``
        the cash a share had, in USD, and ``total_return`` with it, where dividends since the purchase are known;
        ``scale_unknown`` is True where the price paid does not fit the bars.
    """
    return [{"key": one["key"]} | _stands(panel, one, listed) for one in holdings]


def _stands(panel: Panel, one: Found, listed: ListedActions | None) -> Found:
    if one["ticker"] not in panel.tickers:
        return {"unknown": f"these data have no bars of {one['ticker']}"}
    closes = panel.close[:, panel.tickers.index(one["ticker"])]
    after = np.flatnonzero((panel.sessions > np.datetime64(one["since"], "D")) & np.isfinite(closes))
    if not len(after):
        return {"unknown": f"these data end on {panel.dates[-1]}, before anything could happen"}
    last = int(after[-1])
    changed = _after_splits(one, listed)
    one = one | changed
    sessions = int((panel.sessions > np.datetime64(one["since"], "D")).sum())
    found = {
        "close": float(closes[last]),
        "date": panel.dates[last],
        "return": float(closes[last] / one["price"] - 1),
        "sessions": sessions,
        "overdue": "horizon" in one and sessions >= one["horizon"][1],
    } | changed
    if _off_scale(panel, closes, one):
        found["scale_unknown"] = True
    if listed and _covers(listed.asked.get(one["ticker"], []), one["since"], panel.dates[last]):
        mine = [action for action in listed.actions if action.ticker == one["ticker"]]
        # Of one share as it is now.
        paid = income(mine, one["since"], panel.dates[last]) / changed.get("split", 1.0)
        found |= {"dividends": paid, "total_return": float((closes[last] + paid) / one["price"] - 1)}
    for name, reached in (
        ("target", closes[after] >= one.get("target", np.inf)),
        ("stop", closes[after] <= one.get("stop", 0)),
    ):
        if reached.any():
            found[f"{name}_reached"] = panel.dates[int(after[reached.argmax()])]
    return found


def _after_splits(one: Found, listed: ListedActions | None) -> Found:
    """Return what splits since the purchase make of a holding; nothing where there was none, or none is known."""
    if not listed or one["ticker"] not in listed.adjusted:
        return {}
    mine = [action for action in listed.actions if action.ticker == one["ticker"]]
    ratio = splits_between(mine, one["since"], listed.adjusted[one["ticker"]])
    if ratio == 1:
        return {}
    prices = {name: one[name] / ratio for name in ("price", "target", "stop") if name in one}
    return {"split": ratio, "size": one["size"] * ratio} | prices


def _off_scale(panel: Panel, closes: np.ndarray, one: Found) -> bool:
    """Tell whether the price paid is far from the last close by the day of the purchase."""
    before = np.flatnonzero((panel.sessions <= np.datetime64(one["since"], "D")) & np.isfinite(closes))
    if not len(before):
        return False
    times = one["price"] / closes[before[-1]]
    return bool(max(times, 1 / times) > OTHER_SCALE)


def _covers(spans: list[tuple[str, str]], first: str, last: str) -> bool:
    return any(start <= first and last <= end for start, end in spans)
