"""Opening the store and the door to the machinery for one command, and closing both."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mltrainer.facilitator.facilitator import Facilitator
    from mltrainer.settings.request import DataRequest
    from mltrainer.store.store import Store


def store_of(home: Path | None) -> "Store":
    """Return the store of the home folder."""
    from mltrainer.store.home import home_folder
    from mltrainer.store.store import Store

    return Store(home_folder(home))


@asynccontextmanager
async def opened(
    request: "DataRequest | None", home: Path | None, *, workers: int = 1, cluster: str | None = None
) -> AsyncIterator["Facilitator"]:
    """Open the store and a facilitator on these data; its worker ends with the block."""
    from mltrainer.facilitator.facilitator import Facilitator

    store = store_of(home)
    try:
        facilitator = Facilitator(store, request, workers=workers, scheduler=cluster)
        try:
            yield facilitator
        finally:
            await facilitator.close()
    finally:
        store.close()
