"""What became of predictions of the ledger, by the same labels that trials are judged by."""

import json
from typing import Any

import numpy as np

from mltrainer.data.names import held_as
from mltrainer.data.panel import FloatArray, Panel
from mltrainer.data.universe import membership
from mltrainer.settings.errors import DataError
from mltrainer.settings.parameters import EVENT, Settings
from mltrainer.trials.labels import label_cells

# A ticker whose bars end may only be late: it counts as delisted when the market has gone on for so long.
LATE_SESSIONS = 5
# A later price of the same day that is further away than this was adjusted meanwhile, or is another one.
SAME_PRICE = 0.005

Found = dict[str, Any]


def resolve(panel: Panel, predictions: list[Found]) -> list[Found]:
    """Say of each prediction what came of it on these bars.

    Parameters
    ----------
    predictions
        ``{number, ticker, as_of, universe, price, time}`` each, with the settings of its event.

    Returns
    -------
    found
        One for each prediction, with its ``number`` and ``status``: ``resolved`` with ``outcome`` and
        ``realized_return``; ``void`` with ``reason`` where a fault makes the outcome undefined for good; ``open`` with
        ``reason`` where these bars cannot say yet. The first two have ``due``, the session that decided.

    Raises
    ------
    DataError
        If most prices are not those that were written down: then these are other tickers of the same names.
    """
    labels: dict[str, tuple[FloatArray, FloatArray]] = {}
    found = []
    for one in predictions:
        stated = {name: one[name] for name in (*EVENT, "universe") if name in one}
        event = json.dumps(stated, sort_keys=True)
        if event not in labels:
            labels[event] = _labels(panel, Settings.model_validate(stated))
        found.append({"number": one["number"]} | _outcome(panel, one, *labels[event]))
    other = sum("price_now" in one for one in found)
    if other > sum("outcome" in one for one in found) / 2:
        raise DataError(
            f"these bars are not those of the predictions: {other} prices of the day differ from what was written down",
            hint="name data of the same market; nothing was scored",
            code="other_prices",
        )
    return found


def _labels(panel: Panel, settings: Settings) -> tuple[FloatArray, FloatArray]:
    """Return event and realised return of every cell, as a trial on these data has them."""
    # Only these compare a ticker with the others of its universe.
    compared = settings.label in ("beats_median", "xs_rank")
    member = membership(panel, settings.universe)[0] if compared else np.ones(panel.shape, dtype=bool)
    event, _, realized, _ = label_cells(panel, member, settings, len(panel.sessions))
    return event, realized


def _outcome(panel: Panel, one: Found, event: FloatArray, realized: FloatArray) -> Found:
    day = int(np.searchsorted(panel.sessions, np.datetime64(one["as_of"], "D")))
    if day == len(panel.sessions) or panel.dates[day] != one["as_of"]:
        return _open(f"{one['as_of']} is no session of these data")
    ticker = held_as(one["ticker"], panel.tickers)
    if ticker not in panel.tickers:
        return _open(f"these data have no bars of {one['ticker']}")
    column, end = panel.tickers.index(ticker), day + one["horizon"][1]
    if end >= len(panel.sessions):
        return _open(f"{end - len(panel.sessions) + 1} sessions are still to come")
    bars = np.flatnonzero(np.isfinite(panel.close[:, column]))
    last = int(bars[-1]) if len(bars) else -1
    if last < end and len(panel.sessions) - 1 - end < LATE_SESSIONS:
        return _open(
            f"its last bar is of {panel.dates[last]}: delisted or late, which {LATE_SESSIONS} sessions will tell"
        )
    decided = {"due": panel.dates[end], "fingerprint": panel.fingerprint, "simulated": panel.simulated}
    if not panel.simulated:
        # Who asks for a day that is long past predicts what had already happened.
        decided["hindsight"] = one["time"][:10] > panel.dates[end]
    if np.isnan(event[day, column]):
        return decided | {"status": "void", "reason": _why_void(panel, ticker, column, day, end)}
    found = {"status": "resolved", "outcome": int(event[day, column]), "realized_return": float(realized[day, column])}
    if last < end:
        found["delisted"] = panel.dates[last]
    now = float(panel.close[day, column])
    if abs(now / one["price"] - 1) > SAME_PRICE:
        found["price_now"] = now
    return decided | found


def _open(reason: str) -> Found:
    return {"status": "open", "reason": reason}


def _why_void(panel: Panel, ticker: str, column: int, day: int, end: int) -> str:
    """Return the fault that makes a label undefined, as the quality gate named it."""
    window = panel.dates[day : end + 1]
    for fault in panel.faults:
        if fault.ticker == ticker and fault.date in window and fault.severity != "info":
            return f"{fault.code} on {fault.date}: {fault.detail}"
    for place in (day, end):
        if not np.isfinite(panel.close[place, column]):
            return f"no close on {panel.dates[place]}"
    broken = np.flatnonzero(panel.void[day : end + 1, column])
    return f"the bar of {window[int(broken[0])]} cannot be used" if len(broken) else "its date has no labels"
