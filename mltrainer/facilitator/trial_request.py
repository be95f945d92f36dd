"""What the worker is asked where a trial runs, for the first time or again."""

from typing import Any

from mltrainer.facilitator.meant import looked_at
from mltrainer.store.store import Store


def trial_request(
    store: Store,
    trial_id: str,
    action: str,
    arguments: dict[str, Any],
    data: dict[str, Any],
    earlier: dict[str, Any] | None,
) -> dict[str, Any]:
    """Return the request of a trial, with the result of the earlier one that it looks at, and what was tried so far."""
    return {
        "kind": "trial",
        "trial_id": trial_id,
        "folder": str(store.trial_folder(trial_id)),
        "action": action,
        "arguments": arguments,
        "data": data,
        "tried": store.tried(),
        "deleted": store.deleted_trials(),
    } | ({"screening": earlier} if earlier is not None else {})


def again_request(store: Store, stored: dict[str, Any], folder: str) -> dict[str, Any]:
    """Return the request of a stored trial on the sessions that it was evaluated on, in a folder beside what it left.

    Raises
    ------
    UsageError
        If the earlier trial that it looks at is gone.
    """
    trial_id, sealed = stored["trial_id"], stored["sealed_from"]
    arguments, data = stored["arguments"], stored["data_request"]
    request = trial_request(store, trial_id, stored["action"], arguments, data, looked_at(store, arguments, data))
    return request | {
        "folder": str(store.trial_folder(trial_id) / folder),
        "defaulted": stored["defaulted"],
        "holdout": {"from": sealed, "looks": 0} if sealed else None,
        "sealed": bool(sealed),
        # What the first run could not know is no difference.
        "deleted": 0,
    }
