"""What actions and their values look like: to the AI as tools, to people in their own units."""

import re
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from mltrainer.actions.proposals import Proposal
from mltrainer.actions.registry import ACTIONS, Action
from mltrainer.models.registry import ENSEMBLES
from mltrainer.settings.parameters import AI_MAY_CHANGE, Settings
from mltrainer.settings.values import read_horizon, read_ratio

Origin = Literal["stated", "adjusted", "default"]

_IN_SESSIONS = frozenset({"train_sessions", "initial_train", "test_block", "embargo"})
# What the help of the setting says of each label: ``hit (reaches the target)``.
_LABELS = {
    text.partition(" ")[0]: text
    for text in re.findall(r"\w+ \([^)]*\)", Settings.model_fields["label"].description or "")
}
_DEFAULTS = Settings().model_dump(mode="json")

# The tool in which every setting is explained, once for all tools.
EXPLAINS = "adjust_settings"
_ALSO = {
    "models": f"; ensembles: {', '.join(f'{kind}(a,b)' for kind in ENSEMBLES)}",
    "model_params": ", within the bounds of the list of models",
}

# A bound behind a reader of text keeps pydantic's name in the schema; these are JSON Schema's.
_BOUNDS = {"gt": "exclusiveMinimum", "ge": "minimum", "lt": "exclusiveMaximum", "le": "maximum"}


class ProposalRow(NamedTuple):
    """One line of an approval table: the argument, its value in people's units, and where it comes from."""

    name: str
    value: str
    origin: Origin


def tool_schemas() -> list[dict[str, Any]]:
    """Return the actions as tools of the Anthropic API, in the order of the registry.

    The same bytes every time, so that prompts can be cached. Settings that only the user may change are left out, and
    what a setting means stands once, in ``adjust_settings``: every trial takes the same ones. Models with the bounds of
    their parameters are listed in the system prompt. Ratios may be numbers (0.07) or text ("7%"), horizons pairs
    ([7, 10]) or text ("7-10").
    """
    return [_tool(action) for action in ACTIONS.values()]


def _tool(action: Action) -> dict[str, Any]:
    schema = action.arguments.model_json_schema()
    properties = {
        name: _property(name, found, explained=action.name == EXPLAINS or name not in Settings.model_fields)
        for name, found in schema["properties"].items()
        if name not in Settings.model_fields or name in AI_MAY_CHANGE
    }
    ending = {
        "trial": " Runs only after the user agrees; what is not stated comes from the session's settings.",
        "task": " Done only after the user agrees.",
        "settings": " Shown to the user as a diff; takes effect when the next trial is approved.",
        "lookup": " Only reads, and runs at once.",
    }[action.kind]
    if action.name != EXPLAINS and not AI_MAY_CHANGE.isdisjoint(properties):
        ending += f" {EXPLAINS} says what its settings mean."
    return {
        "name": action.name,
        "description": action.summary + ending,
        "input_schema": {"type": "object", "properties": properties, "additionalProperties": False},
    }


def _property(name: str, found: dict[str, Any], *, explained: bool) -> dict[str, Any]:
    """Return one argument's schema without null, titles and defaults, with the texts its reader understands."""
    kinds = [kind for kind in found.get("anyOf", [found]) if kind.get("type") != "null"]
    renamed = _BOUNDS | ({"minLength": "minItems"} if kinds[0].get("type") == "array" else {})
    schema = {renamed.get(key, key): value for key, value in kinds[0].items() if key not in ("title", "default")}
    schema.pop("description", None)
    if "prefixItems" in schema:
        schema["items"] = schema.pop("prefixItems")[0]
    if name == "model_params":
        schema = {"type": "object", "additionalProperties": {"type": "object"}}
    readers = {getattr(part, "func", None) for part in _metadata(name)}
    if read_ratio in readers or read_horizon in readers:
        schema = {"anyOf": [schema, {"type": "string"}]}
    said = found.get("description", "") + _ALSO.get(name, "")
    return schema | ({"description": said} if said and explained else {})


def _metadata(name: str) -> list[Any]:
    info = Settings.model_fields.get(name)
    return list(info.metadata) if info else []


def proposal_rows(proposal: Proposal) -> list[ProposalRow]:
    """Return every argument of a proposal with its value in people's units and its origin.

    The order is that of the action's arguments. ``stated`` was said in the proposal itself, or earlier without a
    change; ``adjusted`` was changed earlier in the session; ``default`` was never said by anybody.
    """
    return [
        ProposalRow(name, show_value(name, proposal.arguments[name]), _origin(proposal, name))
        for name in ACTIONS[proposal.action].arguments.model_fields
        if name in proposal.arguments
    ]


def _origin(proposal: Proposal, name: str) -> Origin:
    if name in proposal.defaulted:
        return "default"
    if name in proposal.stated or name not in _DEFAULTS:
        return "stated"
    return "adjusted" if proposal.arguments[name] != _DEFAULTS[name] else "stated"


def show_value(name: str, value: Any) -> str:
    """Return the value of a setting or argument as people write it: ``7 %``, ``7-10 sessions``, ``5 bp a side``."""
    if value is None:
        return "-"
    if read_ratio in {getattr(part, "func", None) for part in _metadata(name)}:
        return f"{float(f'{value * 100:.10g}'):g} %"
    if name == "horizon":
        first, last = value
        return _count(last, "session") if first == last else f"{first}-{last} sessions"
    if name in _IN_SESSIONS:
        return _count(value, "session")
    if name == "cost_bps":
        return f"{value:g} bp a side"
    if name == "label":
        return _LABELS.get(value, str(value))
    if name == "model_params":
        return _show_params(value)
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _show_params(params: Mapping[str, Mapping[str, Any]]) -> str:
    shown = [
        f"{model}: " + ", ".join(f"{name} {value}" for name, value in values.items())
        for model, values in params.items()
        if values
    ]
    return "; ".join(shown) or "each model's defaults"
