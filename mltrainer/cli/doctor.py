"""``mltrainer doctor``: whether this installation works."""

import importlib
import platform
import sys

import typer

from mltrainer.cli.options import Home

LIBRARIES = ("numpy", "pandas", "pyarrow", "scipy", "sklearn", "xgboost", "lightgbm", "torch", "hmmlearn", "anthropic")


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the command."""
    app.command(name, help=summary)(doctor)


def doctor(home: Home = None) -> int:
    """Import every library, write to the home folder, and say what is missing."""
    from mltrainer.settings.errors import MltrainerError
    from mltrainer.store.cache import cache_size
    from mltrainer.store.home import home_folder
    from mltrainer.store.keys import find_key
    from mltrainer.store.store import Store

    wrong = 0

    def say(good: bool, what: str) -> None:
        nonlocal wrong
        wrong += not good
        print(f"{'ok  ' if good else 'FAIL'}  {what}")

    say(sys.version_info >= (3, 11), f"Python {platform.python_version()}")
    for name in LIBRARIES:
        try:
            module = importlib.import_module(name)
            say(True, f"{name} {getattr(module, '__version__', '')}")
        except Exception as error:
            # A library can break in any way when it is loaded, and each of them is what the doctor looks for.
            say(False, f"{name}: {type(error).__name__}: {error}")
    try:
        store = Store(home_folder(home))
        say(True, f"home {store.home}")
        say(True, f"cache {cache_size(store.home)}")
        faults = store.broken()
        say(not faults, f"ledger: {'; '.join(faults) or f'{store.head()[0]} entries, unbroken'}")
        gone = store.deleted_trials()
        say(
            not gone,
            f"trials: {f'{gone} were deleted, so that too few tries and looks count' if gone else 'all there'}",
        )
    except MltrainerError as error:
        say(False, error.message)
    try:
        key = "set" if find_key("ANTHROPIC_API_KEY", home_folder(home)) else "not set; the offline analyst answers"
        print(f"--    ANTHROPIC_API_KEY is {key}")
    except MltrainerError as error:
        say(False, error.message)
    return 1 if wrong else 0
