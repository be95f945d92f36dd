"""Which code and which libraries a trial ran with."""

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

import mltrainer

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
