"""Values and arrays that trials keep for later ones, by the content of what they depend on."""

import json
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from mltrainer.store.cache import touch
from mltrainer.store.whole import whole_file


def load_json(path: Path) -> dict[str, Any] | None:
    """Return values that were kept, or None where they are absent or damaged."""
    try:
        touch(path)
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError):
        return None


def save_json(path: Path, values: dict[str, Any]) -> None:
    """Keep values, all or nothing."""
    with whole_file(path) as file:
        file.write(json.dumps(values).encode())


def load_arrays(path: Path) -> dict[str, Any] | None:
    """Return arrays that were kept, by name, or None where they are absent or damaged."""
    try:
        touch(path)
        with np.load(path, allow_pickle=False) as kept:
            return {name: kept[name] for name in kept.files}
    except (OSError, EOFError, BadZipFile, ValueError):
        return None


def save_arrays(path: Path, /, **arrays: npt.ArrayLike) -> None:
    """Keep arrays and numbers by name, all or nothing."""
    with whole_file(path) as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
