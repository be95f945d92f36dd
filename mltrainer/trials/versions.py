"""Which code and which libraries a trial ran with."""

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

import mltrainer
from mltrainer import __version__

_LIBRARIES = ("numpy", "pandas", "scipy", "scikit-learn", "xgboost", "lightgbm", "torch", "bottleneck", "hmmlearn")


@cache
def libraries() -> dict[str, str]:
    """Return the versions of the libraries that numbers depend on."""
    return {name: version(name) for name in _LIBRARIES}


@cache
def code_version() -> str:
    """Return a hash of the package's source."""
    sources = sorted(Path(mltrainer.__file__).parent.rglob("*.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]


def versions() -> dict[str, str]:
    """Return all that must be the same on two machines that compute the same numbers."""
    python = ".".join(platform.python_version_tuple()[:2])
    return {"Python": python, "mltrainer": __version__} | libraries() | {"code of mltrainer": code_version()}


def difference(found: dict[str, str], wanted: dict[str, str]) -> str:
    """Say what differs first, empty for nothing."""
    names = [name for name in wanted if found.get(name) != wanted[name]]
    return f"{names[0]} is {found.get(names[0], 'absent')} there, {wanted[names[0]]} here" if names else ""
