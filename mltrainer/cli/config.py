"""``mltrainer config``: which values hold, and where they come from."""

import os
import sys
from typing import Any

import typer

from mltrainer.cli.options import Home, Json, configured_settings

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
DEFAULT = "default"


def add_to(app: typer.Typer, name: str, summary: str) -> None:
    """Add the command."""
    app.command(name, help=summary)(config)


def config(json: Json = False, home: Home = None) -> int:
    """Show every value and where it comes from: option, environment, project file, user file, default."""
    import json as json_format

    from mltrainer.actions.checking import ALSO_CALLED
    from mltrainer.settings.parameters import Settings
    from mltrainer.store.config import project_file, read_config, user_file
    from mltrainer.store.home import home_folder
    from mltrainer.store.keys import find_key

    said, folder = read_config(), home_folder(home)
    origin = {ALSO_CALLED.get(name, name): str(path) for name, path in said.origin.items()}
    if home or os.environ.get("MLTRAINER_HOME"):
        origin["home"] = "--home" if home else "MLTRAINER_HOME"
    if model := os.environ.get("MLTRAINER_MODEL"):
        origin["model"] = "MLTRAINER_MODEL"
    options = said.options | ({"model": model} if model else {}) | {"home": str(folder)}
    settings = Settings().model_dump(mode="json") | configured_settings()
    environment = {name: os.environ.get(name, "not set") for name in VARIABLES}
    environment |= {name: "set" if find_key(name, folder) else "not set" for name in KEYS}
    files = {
        name: f"{path}{'' if path.is_file() else ' (not there)'}"
        for name, path in (("project file", project_file()), ("user file", user_file()))
    }
    origin = {name: origin.get(name) or DEFAULT for name in (*options, *settings)}
    if json:
        found = {
            "home": str(folder),
            "files": files,
            "options": options,
            "settings": settings,
            "environment": environment,
            "origin": origin,
        }
        print(json_format.dumps(found, indent=2))
        return 0
    from mltrainer.render.config import config_blocks
    from mltrainer.render.show import show

    values: dict[str, Any] = options | settings
    show(config_blocks(values, origin, files | environment), sys.stdout)
    return 0
