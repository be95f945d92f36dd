"""What the parts of a result say that only some actions have: a leaderboard, a search, a promotion."""

from collections.abc import Mapping
from typing import Any

from mltrainer.agent.spoken import model_name
from mltrainer.models.registry import members_of


def comparison_lines(document: Mapping[str, Any]) -> list[str]:
    """Return the order of a leaderboard, and which models could not be compared."""
    found = document.get("comparison")
    if not found:
        return []
    ranked = [row for row in found["rows"] if row.get("brier_skill") is not None]
    listed = ", ".join(f"{_name(row['model'])} {100 * row['brier_skill']:.1f} %" for row in ranked[:5])
    more = f" and {len(ranked) - 5} more" if len(ranked) > 5 else ""
    lines = [f"By Brier skill the order is {listed}{more}."] if listed else []
    return lines + [
        f"{_name(one['model'])} could not be compared:\n> {one['message']}" for one in found.get("failed", [])
    ]


def search_lines(document: Mapping[str, Any]) -> list[str]:
    """Return what each search of parameters found, inside the first training window and afterwards."""
    after = {row["model"]: row for row in document.get("evaluation") or []}
    lines = []
    for one in document.get("search") or []:
        name, row = _name(one["model"]), after.get(one["model"], {})
        best = ", ".join(f"{key}={_short(value)}" for key, value in one["best"]["params"].items())
        lines.append(
            f"{name}: the best of {one['tries']} tries ({best}) has AUC {one['best']['auc']:.3f} inside the first "
            f"training window, where the parameters before had {one['before']['auc']:.3f}."
        )
        before = one["evaluation_before"].get("auc")
        if before is not None and row.get("auc") is not None:
            lines.append(
                f"Afterwards {name} has AUC {row['auc']:.3f} with the best ones and {before:.3f} with those before."
            )
    return lines


def promotion_lines(document: Mapping[str, Any]) -> list[str]:
    """Return how the promoted model did on the sealed sessions, beside what it promised."""
    found = document.get("promotion")
    if not found:
        return []
    lines = []
    for one in (figure for figure in found["figures"] if figure["figure"] == "auc"):
        verdict = f", which is {one['verdict']}" if one.get("verdict") else ""
        change = f"had AUC {one['before']:.3f} before and has {one['holdout']:.3f} on the sealed sessions{verdict}"
        lines.append(f"{_name(one['model'])} {change}.")
    if found["contaminated"]:
        lines.append("These sessions had been looked at before: what was seen may have guided what was tried.")
    return lines


def _name(model: str) -> str:
    return model_name(model) if len(members_of(model)) == 1 else model


def _short(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
