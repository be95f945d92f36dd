"""Which fitted models are kept: what their manifests say. Reading them imports no library."""

import json
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
_SHOWN = (
    *("model", "fingerprint", "fitted", "data", "source", "simulated"),
    *("from", "until", "rows", "params", "library"),
)


def stored_fits(cache: Path, model: str) -> list[dict[str, Any]]:
    """Return what is known about each kept fit of a model, newest first.

    Parameters
    ----------
    cache
        Folder of the cache.
    model
        Registry id.

    Returns
    -------
    fits
        The ``model``; ``fingerprint`` of all that the fit depends on; ``fitted``, when (UTC); ``data``, the fingerprint
        of the panel, its ``source`` and whether it is ``simulated``; ``from`` and ``until``, the sessions of the first
        and the last training row; ``rows`` it was trained on; ``params`` that differ from the defaults; the
        ``library``.
    """
    found = []
    for path in cache.glob(f"models/*/{MANIFEST}"):
        try:
            about = json.loads(path.read_text())
        except (OSError, ValueError):
            # Damaged, or being removed: the next trial that needs it fits it again.
            continue
        # What an earlier version kept tells less, and is never taken again.
        if about.get("model") == model and set(_SHOWN) <= about.keys():
            found.append({name: about[name] for name in _SHOWN})
    return sorted(found, key=lambda fit: fit["fitted"], reverse=True)
