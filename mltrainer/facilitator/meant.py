"""Which stored trial is meant, where none is named by its id."""

from typing import Any

from mltrainer.settings.errors import ActionFailed, UsageError
from mltrainer.store.store import Store

SCREENINGS = ("momentum_screening", "model_execution")


def latest_screening(store: Store, data: dict[str, Any], session_id: str | None, *, sealed: bool) -> str:
    """Return the newest screening of these data, those of the session first.

    Parameters
    ----------
    data
        The request of the data, as JSON values.
    sealed
        Pass by those whose figures come from the holdout.

    Raises
    ------
    UsageError
        If there is none.
    """
    for session in (session_id, None):
        for listed in store.trials(limit=1000, session_id=session):
            if listed["status"] != "succeeded" or listed["action"] not in SCREENINGS:
                continue
            if sealed and store.touches_holdout(listed["trial_id"]):
                continue
            if store.trial(listed["trial_id"])["data_request"] == data:
                return str(listed["trial_id"])
    hint = "run momentum_screening first, or name one with trial"
    raise UsageError("there is no screening with candidates to analyse", hint=hint, code="no_screening")


def looked_at(store: Store, arguments: dict[str, Any], data: dict[str, Any]) -> dict[str, Any] | None:
    """Return the result of the earlier trial that the arguments name, None where they name none.

    Raises
    ------
    UsageError
        If the earlier trial is unknown, or was run on other data.
    """
    if not arguments.get("trial"):
        return None
    stored = store.trial(arguments["trial"])
    if stored["data_request"] != data:
        raise UsageError(
            f"trial {arguments['trial']} was run on other data than these",
            hint="name the same data, or run a screening on these first",
            code="other_data",
        )
    return dict(stored["document"] or {})


def trial_to_save(store: Store, named: str | None, session_id: str | None) -> dict[str, Any]:
    """Return the stored trial that is to be saved: the one that is named, or the latest.

    Raises
    ------
    UsageError
        If there is none.
    """
    stored = store.trial(named) if named else store.latest_trial(session_id) or store.latest_trial()
    if not stored:
        raise UsageError("there is no finished trial yet", hint="run one first", code="unknown_trial")
    return stored


def finished_trial(store: Store, trial_id: str) -> dict[str, Any]:
    """Return a stored trial that can be compared with.

    Raises
    ------
    ActionFailed
        If it never succeeded.
    """
    stored = store.trial(trial_id)
    if stored["status"] != "succeeded":
        raise ActionFailed(f"trial {trial_id} ended as {stored['status']}: there is nothing to compare with")
    return stored
