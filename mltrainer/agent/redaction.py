"""What the analyst may not see: figures of sealed sessions, which would guide what it tries next."""

from collections.abc import Sequence
from typing import Any

from mltrainer.store.store import Store

_WITHHELD = "figures are withheld here: they come from the sealed holdout; the user's screen shows them"
# What was asked for, on which data: nothing of it is a figure of the outcome.
_OPEN = ("schema", "trial_id", "action", "status", "event", "settings", "data", "holdout", "error")
# Warnings that tell of the look itself.
_TOLD = ("simulated", "contaminated", "short_holdout", "code_changed")
_OUTCOME = ("outcome", "realized_return", "due")


def redacted(document: dict[str, Any]) -> dict[str, Any]:
    """Return a result document without its figures where it says itself that they come from the holdout."""
    return _without_figures(document) if (document.get("holdout") or {}).get("included") else document


def for_analyst(store: Store, document: dict[str, Any]) -> dict[str, Any]:
    """Return a result document as the analyst may see it.

    A trial that was run before the holdout was fixed does not say that it touches it; the store knows.
    """
    return _without_figures(document) if store.touches_holdout(document.get("trial_id", "")) else redacted(document)


def listed_for_analyst(store: Store, trials: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return listed trials without the headlines that tell figures of the holdout."""
    touching = store.touching_holdouts()
    return [one | {"headline": _WITHHELD} if one["trial_id"] in touching else one for one in trials]


def outcomes_for_analyst(predictions: Sequence[dict[str, Any]], first: str) -> list[dict[str, Any]]:
    """Return predictions of the ledger without the outcomes that only hindsight knows in the sealed sessions.

    What was written down before its horizon had passed is no look into them, whatever came of it.

    Parameters
    ----------
    first
        The first sealed session (ISO).
    """
    return [
        {name: value for name, value in one.items() if name not in _OUTCOME} | {"status": "withheld"}
        if one.get("due", "") >= first and one.get("hindsight", True)
        else one
        for one in predictions
    ]


def _without_figures(document: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in document.items() if name in _OPEN}
    told = [one for one in document.get("warnings", []) if one["code"] in _TOLD]
    return kept | {"headline": _WITHHELD, "warnings": told}
