"""``mltrainer config``: which values hold, and where they come from."""

import os
import sys

import typer

from mltrainer.cli.options import Home, Json

VARIABLES = (
    "ANTHROPIC_BASE_URL",
    "POLYGON_BASE_URL",
    "FRED_BASE_URL",
    "MLTRAINER_POLYGON_RATE",
    "MLTRAINER_HOME",
    "MLTRAINER_MODEL",
    "NO_COLOR",
)
KEYS = ("ANTHROPIC_API_KEY", "POLYGON_API_KEY", "FRED_API_KEY")


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the command."""
    app.command(name, help=summary)(config)


def config(json: Json = False, home: Home = None) -> int:
    """Show the environment that counts (keys only as set or not), and the default settings."""
    import json as json_format

    from mltrainer.settings.parameters import Settings
    from mltrainer.store.home import home_folder
    from mltrainer.store.keys import find_key

    environment = {name: os.environ.get(name, "not set") for name in VARIABLES}
    environment |= {name: "set" if find_key(name, home_folder(home)) else "not set" for name in KEYS}
    defaults = Settings().model_dump(mode="json")
    if json:
        found = {"home": str(home_folder(home)), "environment": environment, "settings": defaults}
        print(json_format.dumps(found, indent=2))
        return 0
    from mltrainer.render.show import fact_blocks, show

    show(fact_blocks({"home": str(home_folder(home))} | environment | defaults), sys.stdout)
    return 0
