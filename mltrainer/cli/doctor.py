"""``mltrainer doctor``: whether this installation works."""

import importlib
import json as json_format
import platform
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

import typer

from mltrainer.cli.options import Home, Json

LIBRARIES = ("numpy", "pandas", "pyarrow", "scipy", "sklearn", "xgboost", "lightgbm", "torch", "hmmlearn", "anthropic")

# What was looked at, whether it is good (None where there is nothing to judge), and what was found.
Finding = tuple[str, bool | None, str]


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the command."""
    app.command(name, help=summary)(doctor)


def doctor(json: Json = False, home: Home = None) -> int:
    """Import every library, write to the home folder, reach the cluster if one is configured; say what is missing."""
    found = []
    for one in chain(_libraries(), _engine(), _home(home)):
        found.append(one)
        if not json:
            # Libraries are slow to load: what is known is said at once.
            print(f"{ {True: 'ok  ', False: 'FAIL', None: '--  '}[one[1]] }  {one[0]} {one[2]}", flush=True)
    if json:
        print(json_format.dumps([{"check": what, "ok": good, "found": said} for what, good, said in found], indent=2))
    return 1 if any(good is False for _, good, _ in found) else 0


def _libraries() -> Iterator[Finding]:
    yield "Python", sys.version_info >= (3, 11), platform.python_version()
    for name in LIBRARIES:
        try:
            yield name, True, str(getattr(importlib.import_module(name), "__version__", ""))
        except Exception as error:
            # A library can break in any way when it is loaded, and each of them is what the doctor looks for.
            yield name, False, f"{type(error).__name__}: {error}"


def _home(home: Path | None) -> Iterator[Finding]:
    from mltrainer.settings.errors import MltrainerError
    from mltrainer.store.cache import cache_size
    from mltrainer.store.home import home_folder
    from mltrainer.store.keys import find_key
    from mltrainer.store.store import Store

    try:
        store = Store(home_folder(home))
        yield "home", True, str(store.home)
        yield "cache", True, cache_size(store.home)
        faults = store.broken()
        yield "ledger", not faults, "; ".join(faults) or f"{store.head()[0]} entries, unbroken"
        gone = store.deleted_trials()
        yield "trials", not gone, f"{gone} were deleted, so that too few tries and looks count" if gone else "all there"
    except MltrainerError as error:
        yield "home", False, error.message
    try:
        key = "set" if find_key("ANTHROPIC_API_KEY", home_folder(home)) else "not set; the offline analyst answers"
        yield "ANTHROPIC_API_KEY", None, key
    except MltrainerError as error:
        yield "ANTHROPIC_API_KEY", False, error.message


def _engine() -> Iterator[Finding]:
    """Say where models are fitted, and whether the cluster there works, if one is configured."""
    from mltrainer.cli.options import chosen_scheduler
    from mltrainer.settings.errors import MltrainerError

    try:
        address = chosen_scheduler(None, None)
        if not address:
            yield "engine", True, "local"
            return
        from mltrainer.trials.dask_engine import DaskEngine

        with closing(DaskEngine(address, lambda _: None)) as engine:
            engine.join()
            yield "engine", True, f"dask at {address}, {engine.workers} fits side by side"
    except MltrainerError as error:
        yield "engine", False, "; ".join(part for part in (error.message, error.hint) if part)
