"""What scored predictions of the ledger say about the models that made them."""

import json
from typing import Any

import numpy as np

from mltrainer.data.calendar import sessions_between
from mltrainer.evaluation.live import Kept, by_level, kept_promise
from mltrainer.settings.parameters import EVENT

Found = dict[str, Any]


def live_record(scored: list[Found]) -> list[Found]:
    """Return, for each model and kind of prediction, what was promised and what came true.

    Parameters
    ----------
    scored
        Predictions of the ledger with their outcomes, in the order in which they were written down. Of several by one
        model for the same event only the first counts: a later one had seen how the first did not please.

    Returns
    -------
    groups
        ``kind`` is ``live`` (written down before the horizon had passed), ``hindsight`` (after it), or ``simulated``.
    """
    first: dict[str, Found] = {}
    for one in scored:
        first.setdefault(_event_of(one), one)
    groups: dict[tuple[str, str], list[Found]] = {}
    for one in first.values():
        groups.setdefault((_kind(one), one["model"]), []).append(one)
    return [_judged(kind, model, mine) for (kind, model), mine in sorted(groups.items())]


def _event_of(one: Found) -> str:
    names = ("model", "ticker", "as_of", "simulation", *EVENT)
    return json.dumps([one.get(name) for name in names])


def _kind(one: Found) -> str:
    return "simulated" if one["simulated"] else "hindsight" if one["hindsight"] else "live"


def _judged(kind: str, model: str, mine: list[Found]) -> Found:
    mine = sorted(mine, key=lambda one: (one["as_of"], one["ticker"]))
    days = np.array([one["as_of"] for one in mine], dtype="datetime64[D]")
    inputs: dict[str, Any] = {
        "confidence": np.array([one["confidence"] for one in mine]),
        "outcome": np.array([one["outcome"] for one in mine], dtype=np.float64),
        "date": np.searchsorted(sessions_between(days[0], days[-1]), days),
    }
    horizon_end = max(one["horizon"][1] for one in mine)
    return {
        "kind": kind,
        "model": model,
        **_shown(kept_promise(**inputs, horizon_end=horizon_end)),
        "mean_return": float(np.mean([one["realized_return"] for one in mine])),
        "levels": [
            {"from": low, "to": high} | _shown(kept) for low, high, kept in by_level(**inputs, horizon_end=horizon_end)
        ],
    }


def _shown(kept: Kept) -> Found:
    return kept._asdict()
