"""The models of the registry as a table."""

from typing import Any

from mltrainer.models.registry import ENSEMBLES
from mltrainer.render.blocks import Block, Column, Grid, Line

_KEYS = ("name", "title", "family", "role", "library", "inputs", "reference")


def model_blocks(models: list[dict[str, Any]], *, notes: bool = False) -> list[Block]:
    """Return models as a table with their family, role and parameters; ``notes`` adds caps and approximations."""
    columns = (
        Column("model", 0),
        Column("title", 3),
        Column("family", 1),
        Column("role", 2),
        Column("library", 5),
        Column("inputs", 6),
        Column("reference", 7),
        Column("parameters", 4, wrap=True),
    )
    rows = [
        [
            *(str(model.get(key, "-")) for key in _KEYS),
            ", ".join(f"{name}={_default(param)}" for name, param in model.get("params", {}).items()) or "-",
        ]
        for model in models
    ]
    said = [_able(model) for model in models if notes and "capabilities" in model]
    said += [Line(f"{model['name']} {model['note']}.") for model in models if notes and model.get("note")]
    return [Grid(columns, rows), *said, _ensembles()]


def family_blocks(models: list[dict[str, Any]]) -> list[Block]:
    """Return the registry by family, to be seen at one glance."""
    families: dict[str, list[str]] = {}
    for model in models:
        families.setdefault(str(model["family"]), []).append(str(model["name"]))
    rows = [[family, str(len(names)), ", ".join(names)] for family, names in families.items()]
    columns = (Column("family", 0), Column("number", 1, right=True), Column("models", 2, wrap=True))
    return [Grid(columns, rows), _ensembles()]


def _ensembles() -> Line:
    kinds = ", ".join(f"{kind}(a,b)" for kind in ENSEMBLES)
    return Line(f"Several models also give their ensemble mean; by name: {kinds}.", "dim")


def _able(model: dict[str, Any]) -> Line:
    able = ", ".join(model["capabilities"]) or "scores that are calibrated"
    return Line(
        f"{model['name']} gives and takes: {able}. Cost: {model['cost']}. Memory of a fit of 100,000 rows: about"
        f" {model['memory_mb']} MB."
    )


def _default(param: Any) -> str:
    value = param.get("default") if isinstance(param, dict) else param
    return f"{value:g}" if isinstance(value, float) else str(value)
