"""The read-only actions: they answer at once from the store, the registry and the session."""

from collections import Counter
from typing import Any

from mltrainer.agent.redaction import for_analyst, listed_for_analyst, outcomes_for_analyst
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.facilitator.saving import document_of
from mltrainer.facilitator.scoring import live_record
from mltrainer.settings.errors import UsageError
from mltrainer.settings.parameters import EVENT, Settings
from mltrainer.settings.sections import part_of


async def look_up(
    action: str,
    arguments: dict[str, Any],
    facilitator: Facilitator,
    settings: Settings,
    session_id: str | None = None,
    *,
    for_user: bool = True,
) -> dict[str, Any]:
    """Answer a look-up, such as ``show_results`` or ``list_models``, as a JSON-ready mapping.

    Parameters
    ----------
    session_id
        The session whose latest trial is meant where none is named; the latest of all where it has none.
    for_user
        Whether the user alone reads the answer; an analyst sees no figure of the holdout.

    Raises
    ------
    UsageError
        If the trial is unknown, there is none yet, or it lacks the section.
    """
    if action == "list_models":
        return {"models": facilitator.models()}
    if action == "system_status":
        data = await facilitator.describe_data()
        trials = facilitator.store.trials(limit=10)
        return {
            "data": {key: value for key, value in data.items() if key != "names"},
            "settings": settings.model_dump(mode="json"),
            "models": [model["name"] for model in facilitator.models()],
            "trials": trials if for_user else listed_for_analyst(facilitator.store, trials),
        }
    if action == "show_predictions":
        return await _predictions(facilitator, for_user, **arguments)
    if action == "show_results":
        return _results(facilitator, session_id, for_user, **arguments)
    raise UsageError(f"{action} is no look-up", code="unknown_action")


async def _predictions(
    facilitator: Facilitator,
    for_user: bool,
    status: str | None = None,
    ticker: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    store, everything = facilitator.store, facilitator.store.predictions()
    found = store.find_predictions(status=status, ticker=ticker)
    if not for_user and facilitator.request and (holdout := store.holdout(facilitator.request.dataset)):
        found = outcomes_for_analyst(found, holdout["from"])
        everything = outcomes_for_analyst(everything, holdout["from"])
    shown = found[: limit or 20]
    keys = ("ticker", "as_of", "confidence", *EVENT, "price", "target_price", "status",
            "outcome", "reason", "realized_return", "model", "trial", "simulated")  # fmt: skip
    counts = dict(Counter(one["status"] for one in found))
    return {
        "counts": counts,
        # "outcome" is absent while a prediction is open; the record has no row of a model that has none scored.
        "record": [
            {key: one[key] for key in one if key != "levels"} for one in await live_record(facilitator, everything)
        ],
        "predictions": [{key: one[key] for key in keys if key in one} for one in shown],
        "ledger_faults": [*store.broken(), *store.set_back()],
    }


def _results(
    facilitator: Facilitator,
    session_id: str | None,
    for_user: bool,
    trial: str | None = None,
    section: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    store = facilitator.store
    stored = store.trial(trial) if trial else store.latest_trial(session_id) or store.latest_trial()
    if not stored:
        raise UsageError("there is no finished trial yet", hint="propose one", code="unknown_trial")
    document: dict[str, Any] = {"trial_id": stored["trial_id"], "status": stored["status"]}
    if stored["document"]:
        document = document_of(store, stored) if for_user else for_analyst(store, stored["document"])
    if section in (None, "all"):
        return document
    part = part_of(document, section)
    if part is None:
        raise UsageError(
            f"trial {stored['trial_id']} has no {section}", hint=f"it has: {', '.join(document)}", code="no_section"
        )
    head = {key: document[key] for key in ("trial_id", "action", "headline") if key in document}
    simulated = {"simulated": True} if document.get("data", {}).get("simulated") else {}
    return head | simulated | {section: part[:limit] if isinstance(part, list) else part}
