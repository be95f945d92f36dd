"""``mltrainer status``: what is at hand."""

import json as json_format
import sys

import typer

from mltrainer.cli.opened import store_of
from mltrainer.cli.options import Home, Json


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the command."""
    app.command(name, help=summary)(status)


def status(json: Json = False, home: Home = None) -> int:
    """Say which models, trials, conversations and keys are at hand."""
    from mltrainer import __version__
    from mltrainer.models.registry import MODELS
    from mltrainer.store.cache import cache_size
    from mltrainer.store.keys import find_key

    store = store_of(home)
    latest = store.trials(1)
    facts = {
        "version": __version__,
        "home": str(store.home),
        "models": len(MODELS),
        "latest_trial": latest[0]["trial_id"] if latest else "none",
        "cache": cache_size(store.home),
        "conversations": len([one for one in store.sessions(100_000) if one["agent"] != "none"]),
        "anthropic_key": "set" if find_key("ANTHROPIC_API_KEY", store.home) else "not set: the offline analyst answers",
    }
    if json:
        print(json_format.dumps(facts, indent=2))
        return 0
    from mltrainer.render.show import fact_blocks, show

    show(fact_blocks(facts), sys.stdout)
    return 0
