"""The vendors with the keys that are set, and the store of what they sent."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mltrainer.data.barstore import BarStore
    from mltrainer.data.fred import Fred
    from mltrainer.data.polygon import Polygon


def polygon(home: Any) -> "Polygon":
    """Return Polygon with the key and the pace that are set.

    Raises
    ------
    CredentialsError
        If there is no key.
    """
    from mltrainer.data.pace import read_pace
    from mltrainer.data.polygon import BASE_URL, Polygon
    from mltrainer.store.home import home_folder
    from mltrainer.store.keys import find_key

    return Polygon(
        find_key("POLYGON_API_KEY", home_folder(home)),
        base_url=os.environ.get("POLYGON_BASE_URL") or BASE_URL,
        pace=read_pace(os.environ.get("MLTRAINER_POLYGON_RATE") or "5/min"),
    )


def fred(home: Any) -> "Fred":
    """Return FRED with the key that is set.

    Raises
    ------
    CredentialsError
        If there is no key.
    """
    from mltrainer.data.fred import BASE_URL, Fred
    from mltrainer.store.home import home_folder
    from mltrainer.store.keys import find_key

    return Fred(find_key("FRED_API_KEY", home_folder(home)), base_url=os.environ.get("FRED_BASE_URL") or BASE_URL)


@contextmanager
def bar_store(home: Any) -> Iterator["BarStore"]:
    """Open the store of bars, and close it."""
    from mltrainer.data.barstore import BarStore
    from mltrainer.store.home import home_folder, make_private

    store = BarStore(make_private(home_folder(home)) / "bars")
    try:
        yield store
    finally:
        store.close()
