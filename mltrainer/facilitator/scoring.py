"""The ledger at work: what came of the predictions whose horizon has passed, and what that says about the models."""

from collections import Counter
from typing import Any

from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.settings.request import DataRequest
from mltrainer.settings.stream import utc_now


async def score_predictions(facilitator: Facilitator) -> dict[str, Any]:
    """Resolve what is open and due on the facilitator's data, and write the outcomes into the ledger.

    Doing it twice changes nothing: an outcome that was written stays. Every prediction is scored; counted are those
    that are listed, of each trial what ranked its candidates.

    Returns
    -------
    dict
        ``simulated``; ``resolved`` and ``void``, counted among the new outcomes; ``open``, with the count of each
        reason; ``of_other_data``, open predictions that these data cannot speak about; ``other_price``, outcomes whose
        price of the day is another one now; and ``record``, see `live_record`.

    Raises
    ------
    MltrainerError
        If the ledger was edited.
    """
    store, request = facilitator.store, facilitator.request
    assert request
    store.check()
    waiting = [one for one in store.predictions() if one["status"] == "open"]
    listed = {one["number"] for one in waiting if "rank" in one}
    asked = [one for one in waiting if _of_these_data(one, request)]
    found = await facilitator.resolve(asked) if asked else []
    still = Counter(one["reason"] for one in found if one["status"] == "open" and one["number"] in listed)
    decided = {str(one.pop("number")): one | {"time": utc_now()} for one in found if one["status"] != "open"}
    new = [decided[key] for key in store.append("outcome", decided) if int(key) in listed]
    return {
        "simulated": request.source == "simulated",
        "resolved": sum(one["status"] == "resolved" for one in new),
        "void": sum(one["status"] == "void" for one in new),
        "open": dict(still),
        "of_other_data": len(listed) - len(listed & {one["number"] for one in asked}),
        "other_price": sum("price_now" in one for one in new),
        "record": await live_record(facilitator, store.predictions()),
    }


async def live_record(facilitator: Facilitator, predictions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what these predictions promised and what came true, by model: see ``trials.live_record``."""
    scored = [one for one in predictions if one["status"] == "resolved"]
    return await facilitator.judge(scored) if scored else []


def _of_these_data(prediction: dict[str, Any], request: DataRequest) -> bool:
    """Tell whether the data can say what came of it: real bars of real ones, the same artificial market of others."""
    if request.source != "simulated":
        return not prediction["simulated"]
    market = request.simulation.model_dump(mode="json") | {"seed": request.seed}
    return _same_market(prediction.get("simulation", {}), market)


def _same_market(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether two artificial markets differ in nothing but their length: more sessions extend one."""
    return one | {"sessions": 0} == other | {"sessions": 0}
