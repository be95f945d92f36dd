"""The parts of a result that can be opened alone."""

from typing import Any, Literal, get_args

Section = Literal[
    "all",
    "settings",
    "data",
    "comparison",
    "search",
    "evaluation",
    "baselines",
    "calibration",
    "portfolio",
    "candidates",
    "regime",
    "analysis",
    "significance",
    "holdout",
    "leak_certificate",
    "promotion",
    "warnings",
    "provenance",
]
SECTIONS: tuple[str, ...] = get_args(Section)

# These are no keys of the document: they stand in the rows of its models, and in keys beside them.
_OF_ROWS = {
    "calibration": ("ece", "ece_if_calibrated", "calibration_slope", "calibration_intercept", "brier_parts", "bands"),
    "portfolio": ("portfolio",),
}
_BESIDE = {"calibration": ("at_threshold", "coverage"), "portfolio": ("benchmarks",)}


def part_of(document: dict[str, Any], section: str) -> Any:
    """Return one part of a result document, None where it has none."""
    if section not in _OF_ROWS:
        return document.get(section)
    rows = [
        {"model": row["model"]} | kept
        for row in (*document.get("evaluation", []), *document.get("baselines", []))
        if (kept := {key: row[key] for key in _OF_ROWS[section] if row.get(key) not in (None, [])})
    ]
    beside = {key: document[key] for key in _BESIDE[section] if document.get(key)}
    return {"models": rows} | beside if rows else None
