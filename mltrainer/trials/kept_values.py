"""Small values that trials keep for later ones, as JSON, by the content of what they depend on."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

from mltrainer.store.cache import touch


def load_json(path: Path) -> dict[str, Any] | None:
    """Return values that were kept, or None where they are absent or damaged."""
    try:
        touch(path)
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError):
        return None


def save_json(path: Path, values: dict[str, Any]) -> None:
    """Keep values, all or nothing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, work = tempfile.mkstemp(dir=path.parent, suffix=".json")
    with os.fdopen(handle, "w") as file:
        json.dump(values, file)
    os.replace(work, path)
