"""Says whether a trial that was run again gave the same numbers, and if not, what differs."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mltrainer.trials.predictions import FILE, digest

# What may differ between two runs of the same trial: clocks, caches, and what else was tried meanwhile.
_PASSED_BY = ("provenance", "significance", "trial_id", "holdout")
_KEYS_PASSED_BY = frozenset({"seconds", "fingerprint", "kept_from"})


def compare(earlier: dict[str, Any], again: dict[str, Any], folder: Path, other: Path) -> dict[str, Any]:
    """Compare two documents and their predictions.

    Returns
    -------
    dict
        ``identical``; ``fits`` of the second run; both digests; ``differences``, a list of sentences.
    """
    before, after = earlier["provenance"], again["provenance"]
    differences = [f"{name}: was {old}, is {new}" for name, old, new in _walk(_figures(earlier), _figures(again))]
    if before["digest"] != after["digest"]:
        differences.insert(0, _predictions(folder / FILE, other / FILE))
    if _changed(folder / FILE, before["digest"]):
        differences.insert(0, "the stored predictions are not those that the trial wrote: their digest differs")
    # The cause before the many figures that follow from it.
    was, now = earlier["data"]["fingerprint"], again["data"]["fingerprint"]
    if was != now:
        differences.insert(0, f"the data changed since: {was} then, {now} now")
    for what in ("code", "libraries", "version"):
        if differences and before[what] != after[what]:
            differences.append(f"{what} changed since: {before[what]} then, {after[what]} now")
    return {
        "identical": not differences,
        "fits": after["fits"],
        "wall_seconds": after["wall_seconds"],
        "digest": after["digest"],
        "digest_before": before["digest"],
        "differences": differences,
    }


def _figures(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in _PASSED_BY}


def _walk(old: Any, new: Any, name: str = "") -> list[tuple[str, Any, Any]]:
    """Return the leaves that differ, at most 20."""
    found: list[tuple[str, Any, Any]] = []
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new} - _KEYS_PASSED_BY):
            found += _walk(old.get(key), new.get(key), f"{name}.{key}" if name else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for place, pair in enumerate(zip(old, new, strict=True)):
            found += _walk(*pair, f"{name}[{place}]")
    elif old != new:
        found.append((name, old, new))
    return found[:20]


def _changed(stored: Path, written: str) -> bool:
    """Say whether somebody changed the stored table, so that an export would give other numbers than the document."""
    return stored.is_file() and digest(stored) != written


def _predictions(earlier: Path, again: Path) -> str:
    if not earlier.is_file() or not again.is_file():
        return "the digests differ"
    old, new = pd.read_parquet(earlier), pd.read_parquet(again)
    keys = ["date", "ticker", "model"]
    both = old.merge(new, on=keys, suffixes=("", "_again"))
    if len(both) != len(old) or len(both) != len(new):
        return (
            f"predictions: {len(old)} rows were stored, {len(new)} are there now, {len(both)} agree in date and ticker"
        )
    gap = np.abs(both["probability"] - both["probability_again"])
    return f"predictions: {int((gap > 0).sum())} of {len(both)} probabilities differ, by at most {gap.max():.3g}"
