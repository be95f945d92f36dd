"""The holdout of the data at hand: when it is fixed, and which trials look at it."""

from collections.abc import Awaitable, Callable
from typing import Any

from mltrainer.settings.request import DataRequest
from mltrainer.store.store import Store

# From data to what they are; see ``trials.requests``.
Describe = Callable[[DataRequest], Awaitable[dict[str, Any]]]


async def fixed_holdout(
    store: Store, request: DataRequest, describe: Describe, *, sealed: bool, moves: bool
) -> dict[str, Any] | None:
    """Return the holdout of the dataset, None where it has none. A conversation fixes it at the first use of the data.

    Parameters
    ----------
    sealed
        It is a conversation that asks.
    moves
        Take a later one where the data have grown by a whole holdout since it was opened: for promotions alone.
    """
    found = store.holdout(request.dataset)
    stays = found and not (moves and "opened_to" in found)
    if stays or not (found or sealed):
        return found
    # The end of the data counts, not the day at which this conversation cuts them.
    described = await describe(request.model_copy(update={"as_of": None}))
    first = described.get("holdout_from")
    return store.fix_holdout(request.dataset, first) if first else found


def looked_to(store: Store, document: dict[str, Any], *, sealed: bool) -> str | None:
    """Return the last session that a trial's figures may depend on, None where no outcome of the holdout does.

    Parameters
    ----------
    sealed
        The holdout was kept out of the trial's own evaluation.
    """
    if analysis := document.get("analysis"):
        looks = store.touches_holdout(analysis["screening"])
    else:
        looks = not sealed and bool(document.get("evaluation"))
    return str(document["data"]["last"]) if looks else None
