"""Which trial a promotion means, and what is to be known before it."""

from typing import Any

from mltrainer.settings.errors import UsageError
from mltrainer.settings.request import DataRequest
from mltrainer.store.store import Store

BEST, LATEST = "best", "latest"


def promoted_trial(store: Store, request: DataRequest | None, wanted: str | None, session_id: str | None) -> str:
    """Return the id of the trial that is to be promoted.

    Parameters
    ----------
    wanted
        An id, ``best`` for the highest t of the rank IC, or None for the latest.

    Raises
    ------
    UsageError
        If the one that is named evaluated no model, or no finished trial of these data has figures that leave the
        holdout alone.
    """
    if wanted and "," in wanted:
        raise UsageError(
            f"only one trial can be promoted, and {wanted} are several",
            hint="the holdout is fresh for the first one alone: name the one that you believe in, or say best",
        )
    if wanted and wanted.lower() not in (BEST, LATEST):
        stored = store.trial(wanted)
        if not (stored["document"] or {}).get("evaluation"):
            raise UsageError(
                f"trial {wanted} evaluated no model: there is nothing to judge on the holdout",
                hint="name a finished screening or test; see: mltrainer trials list",
                code="nothing_to_promote",
            )
        return str(stored["trial_id"])
    found = frozen(store, request, session_id) or frozen(store, request, None)
    if not found:
        raise UsageError(
            "no finished trial of these data has figures to judge on the holdout",
            hint="run a screening or a test in this conversation first",
            code="nothing_to_promote",
        )
    return max(found, key=found.__getitem__) if wanted and wanted.lower() == BEST else next(iter(found))


def refuse_without_holdout(holdout: dict[str, Any] | None) -> None:
    """Refuse a promotion on data that have no sealed sessions.

    Raises
    ------
    UsageError
        If there is no holdout.
    """
    if not holdout:
        raise UsageError(
            "these data have no sealed holdout",
            hint="a conversation (mltrainer chat or run) seals one at its first use of data of 650 sessions or more",
            code="no_holdout",
        )


def frozen(store: Store, request: DataRequest | None, session_id: str | None) -> dict[str, float]:
    """Return the trials of these data that evaluated models and kept off the holdout, newest first.

    With each goes the t of the rank IC of the model that ranked its candidates, or of its best one.
    """
    data = request.model_dump(mode="json") if request else {}
    found: dict[str, float] = {}
    for listed in store.trials(limit=1000, session_id=session_id):
        if listed["status"] != "succeeded" or store.touches_holdout(listed["trial_id"]):
            continue
        stored = store.trial(listed["trial_id"])
        if stored["data_request"] == data and (rows := stored["document"].get("evaluation")):
            found[stored["trial_id"]] = _t_of(rows, stored["document"].get("ranked_by"))
    return found


def _t_of(rows: list[dict[str, Any]], ranked_by: str | None) -> float:
    known = {row["model"]: row["rank_ic_t"] for row in rows if row.get("rank_ic_t") is not None}
    return float(known.get(ranked_by or "", max(known.values(), default=float("-inf"))))


def promotion_outlook(store: Store, request: DataRequest | None, trial: str, session_id: str | None) -> list[str]:
    """Return in sentences what opening the holdout for a trial would mean."""
    sentences = []
    found = frozen(store, request, session_id)
    if len(found) > 1 and trial in found:
        best = max(found, key=found.__getitem__)
        beside = "" if trial == best else f", {trial} has {found[trial]:.1f}"
        sentences.append(
            f"of {len(found)} finished trials {best} has the highest t of the rank IC ({found[best]:.1f}){beside}"
        )
    if request is None or not (holdout := store.holdout(request.dataset)):
        return sentences
    looks = holdout["looks"]
    state = (
        f"was looked at {looks} time{'s' * (looks > 1)} before: what comes out is contaminated"
        if looks
        else "was never looked at: only this first look can be believed, every later one is contaminated"
    )
    return [*sentences, f"the sealed holdout from {holdout['from']} on {state}"]
