"""What became of the user's paper holdings: price, return, and whether target or stop was reached."""

from typing import Any

import numpy as np

from mltrainer.data.panel import Panel

Found = dict[str, Any]


def follow(panel: Panel, holdings: list[Found]) -> list[Found]:
    """Return how each holding stands at its last close.

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
        and ``overdue`` once the horizon has passed; or ``unknown``, why nothing can be said.
    """
    return [{"key": one["key"]} | _stands(panel, one) for one in holdings]


def _stands(panel: Panel, one: Found) -> Found:
    if one["ticker"] not in panel.tickers:
        return {"unknown": f"these data have no bars of {one['ticker']}"}
    closes = panel.close[:, panel.tickers.index(one["ticker"])]
    after = np.flatnonzero((panel.sessions > np.datetime64(one["since"], "D")) & np.isfinite(closes))
    if not len(after):
        return {"unknown": f"these data end on {panel.dates[-1]}, before anything could happen"}
    last = int(after[-1])
    sessions = int((panel.sessions > np.datetime64(one["since"], "D")).sum())
    found = {
        "close": float(closes[last]),
        "date": panel.dates[last],
        "return": float(closes[last] / one["price"] - 1),
        "sessions": sessions,
        "overdue": "horizon" in one and sessions >= one["horizon"][1],
    }
    for name, reached in (
        ("target", closes[after] >= one.get("target", np.inf)),
        ("stop", closes[after] <= one.get("stop", 0)),
    ):
        if reached.any():
            found[f"{name}_reached"] = panel.dates[int(after[reached.argmax()])]
    return found
