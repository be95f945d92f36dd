"""Configuration files: what holds where neither an option nor the environment says otherwise."""

import difflib
import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from mltrainer.settings.errors import UsageError
from mltrainer.settings.scheduler import scheduler_address

PROJECT = "mltrainer.toml"
OPTIONS = ("source", "data", "macro", "simulate", "as_of", "agent", "model", "engine", "scheduler", "home")
# A folder that somebody sends around must not say where the keys of its reader lie, nor which cluster to trust.
USER_ONLY = ("engine", "scheduler", "home")
PATHS = ("data", "macro", "home")
CHOICES = {"source": ("polygon", "files", "simulated"), "agent": ("claude", "offline"), "engine": ("local", "dask")}


@dataclass(frozen=True)
class Config:
    """What the files say, the project's before the user's.

    Parameters
    ----------
    options
        Options of ``chat``, ``run`` and ``do`` by name.
    settings
        Settings by name, as they are written.
    origin
        The file of each name.
    """

    options: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    origin: dict[str, Path] = field(default_factory=dict)


def project_file() -> Path:
    """Return where a project keeps its configuration: the folder that the program was started in."""
    return Path.cwd() / PROJECT


def user_file() -> Path:
    """Return where the user's own configuration is kept."""
    folder = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "mltrainer" / "config.toml"


def read_config() -> Config:
    """Return what the files say; a file that is not there says nothing.

    Raises
    ------
    UsageError
        If a file cannot be read, or says what it may not.
    """
    user, project = read_file(user_file()), read_file(project_file(), project=True)
    return Config(user.options | project.options, user.settings | project.settings, user.origin | project.origin)


def read_file(path: Path, *, project: bool = False) -> Config:
    """Return what one file says: a table ``[options]`` and a table ``[settings]``; see `read_config` for errors."""
    if not path.is_file():
        return Config()
    import tomllib

    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is not TOML: {error}", code="wrong_config") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read ({error.strerror})", code="wrong_config") from None
    for name, table in said.items():
        if name not in ("options", "settings"):
            raise _wrong(path, name, "there is no such table", "the tables are [options] and [settings]")
        if not isinstance(table, dict):
            raise _wrong(path, name, "it must be a table", f"write [{name}] on a line of its own")
    options = {name: _option(path, name, value, project) for name, value in said.get("options", {}).items()}
    settings = said.get("settings", {})
    return Config(options, settings, dict.fromkeys((*options, *settings), path))


def _option(path: Path, name: str, value: object, project: bool) -> str:
    if "key" in name.lower():
        raise _wrong(path, name, "keys are not read from here", "set the variable, or write it into HOME/keys")
    if name not in OPTIONS:
        near = difflib.get_close_matches(name, OPTIONS, n=1)
        raise _wrong(path, name, "there is no such option", f"did you mean {near[0]}?" if near else ", ".join(OPTIONS))
    if project and name in USER_ONLY:
        raise _wrong(path, name, "a project may not set it", f"write it into {user_file()}")
    text = str(value) if isinstance(value, (str, date)) else ""
    if not text:
        raise _wrong(path, name, f"{value!r} is no text", f'write it like {name} = "..."')
    if name in CHOICES and text not in CHOICES[name]:
        raise _wrong(path, name, f"there is no {text!r}", f"choose one of: {', '.join(CHOICES[name])}")
    try:
        _check(name, text)
    except ValueError as error:
        raise _wrong(path, name, str(error), "") from None
    # A path is meant from the file that names it, wherever the program is started.
    found = path.parent / Path(text).expanduser()
    return str(found) if name == "home" or (name in PATHS and found.exists()) else text


def _check(name: str, text: str) -> None:
    """Raise a ValueError where a value cannot be read."""
    if name == "as_of":
        date.fromisoformat(text)
    if name == "scheduler":
        try:
            scheduler_address(text)
        except UsageError as error:
            raise ValueError(error.message) from None
    if name == "simulate":
        from pydantic import ValidationError

        from mltrainer.settings.request import Simulation, read_simulation

        try:
            Simulation.model_validate(read_simulation(text))
        except ValidationError as error:
            fault = error.errors()[0]
            raise ValueError(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}") from None


def _wrong(path: Path, name: str, what: str, hint: str) -> UsageError:
    return UsageError(f"{path}: {name}: {what}", hint=hint, code="wrong_config")
