"""What the worker is asked where a trial runs, for the first time or again."""

from typing import Any

from mltrainer.settings.errors import UsageError
from mltrainer.store.store import Store


def trial_request(
    store: Store, trial_id: str, action: str, arguments: dict[str, Any], data: dict[str, Any]
) -> dict[str, Any]:
    """Return the request of a trial, with the earlier one that it looks at and what the store has tried so far.

    Raises
    ------
    UsageError
        If the earlier trial is unknown, or was run on other data.
    """
    request = {
        "kind": "trial",
        "trial_id": trial_id,
        "folder": str(store.trial_folder(trial_id)),
        "action": action,
        "arguments": arguments,
        "data": data,
        "tried": store.tried(),
        "deleted": store.deleted_trials(),
    }
    if not arguments.get("trial"):
        return request
    looked_at = store.trial(arguments["trial"])
    if looked_at["data_request"] != data:
        raise UsageError(
            f"trial {arguments['trial']} was run on other data than these",
            hint="name the same data, or run a screening on these first",
            code="other_data",
        )
    return request | {"screening": looked_at["document"]}


def again_request(store: Store, stored: dict[str, Any], folder: str) -> dict[str, Any]:
    """Return the request of a stored trial on the sessions that it was evaluated on, in a folder beside what it left.

    Raises
    ------
    UsageError
        If the earlier trial that it looks at is gone.
    """
    trial_id, sealed = stored["trial_id"], stored["sealed_from"]
    request = trial_request(store, trial_id, stored["action"], stored["arguments"], stored["data_request"])
    return request | {
        "folder": str(store.trial_folder(trial_id) / folder),
        "defaulted": stored["defaulted"],
        "holdout": {"from": sealed, "looks": 0} if sealed else None,
        "sealed": bool(sealed),
        # What the first run could not know is no difference.
        "deleted": 0,
    }
