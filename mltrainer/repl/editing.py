"""The arguments of a proposal as lines that can be edited, and back. Pure functions."""

from typing import Any

from mltrainer.actions.checking import RATIOS
from mltrainer.actions.proposals import Proposal
from mltrainer.repl.values import read_pairs
from mltrainer.settings.parameters import Settings


def edit_text(proposal: Proposal) -> str:
    """Return every argument as a line ``name=value`` as people write values."""
    return "\n".join(
        line for name, value in proposal.arguments.items() if value is not None for line in _lines(name, value)
    )


def is_edit(text: str) -> bool:
    """Tell whether a text consists of such lines, and is no sentence."""
    lines = [line for line in text.splitlines() if line.strip()]
    return bool(lines) and all("=" in line and " " not in line.partition("=")[0].strip() for line in lines)


def read_edit(text: str, proposal: Proposal) -> dict[str, Any]:
    """Return the arguments that were changed; a line that was taken out leaves its argument as it was.

    Raises
    ------
    UsageError
        If a line names no argument.
    """
    before = set(edit_text(proposal).splitlines())
    changed = [line.strip() for line in text.splitlines() if line.strip() and line.strip() not in before]
    values = {key: value for key, value in proposal.arguments.items() if key in Settings.model_fields}
    return read_pairs(changed, tuple(proposal.arguments), Settings.model_validate(values))


def _lines(name: str, value: Any) -> list[str]:
    if name in RATIOS:
        return [f"{name}={value * 100:.10g}%"]
    if name == "horizon":
        first, last = value
        return [f"{name}={first}-{last}"]
    if name == "model_params":
        return [f"{model}.{key}={one}" for model, params in value.items() for key, one in params.items()]
    if isinstance(value, (list, tuple)):
        return [f"{name}={','.join(map(str, value))}"]
    return [f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"]
