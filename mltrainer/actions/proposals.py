"""Proposals: an action with complete, validated arguments that waits for a decision."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import ValidationError

from mltrainer.actions.registry import Action, find_action
from mltrainer.models.registry import check_params, members_of, resolve_model, resolve_models
from mltrainer.settings.errors import UsageError
from mltrainer.settings.events import ProposalMade
from mltrainer.settings.parameters import Settings

Source = Literal["tool", "text", "user"]


@dataclass(frozen=True)
class Proposal:
    """An action that somebody put forward.

    Parameters
    ----------
    arguments
        Complete: for a trial every setting it depends on, and what the action has of its own.
    stated
        Names of the arguments that were said in the proposal itself.
    defaulted
        Names of the settings that neither the proposal nor the user ever stated.
    digest
        SHA-256 over action and arguments: the approval is bound to it.
    changes
        Settings that differ from the session's, name to (before, after).
    quote
        The words that were understood as this proposal, empty for a tool call.
    """

    id: str
    source: Source
    action: str
    arguments: dict[str, Any]
    stated: tuple[str, ...]
    defaulted: tuple[str, ...]
    digest: str
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    quote: str = ""

    @property
    def needs_approval(self) -> bool:
        """Tell whether the user must agree before it runs."""
        return find_action(self.action).needs_approval


def propose(
    action: str,
    stated: dict[str, Any],
    settings: Settings,
    *,
    id: str = "P1",
    source: Source = "user",
    adjusted: frozenset[str] = frozenset(),
    quote: str = "",
) -> Proposal:
    """Validate what was stated, complete it from the settings, and bind it to a digest.

    Parameters
    ----------
    stated
        Arguments as they were said: a tool's input, a command's options, or what detection found.
    adjusted
        Settings that the user or an approved proposal set earlier in the session: they are not defaults.

    Raises
    ------
    UsageError
        If an argument is unknown, out of bounds, or names an unknown model.
    """
    entry = find_action(action)
    checked = read_arguments(entry, stated)
    before = settings.model_dump(mode="json")
    if entry.kind == "lookup" or not issubclass_of_settings(entry):
        arguments = checked
        changes: dict[str, tuple[Any, Any]] = {}
        defaulted: tuple[str, ...] = ()
    else:
        own = {key: value for key, value in checked.items() if key not in before}
        said = {key: value for key, value in checked.items() if key in before}
        if "model_params" in said:
            said["model_params"] = _with_params(before["model_params"], said["model_params"], (before | said)["models"])
        after = checked_settings(before | said)
        complete = after.model_dump(mode="json")
        changes = {key: (before[key], complete[key]) for key in said if before[key] != complete[key]}
        defaulted = tuple(key for key in complete if key not in said and key not in adjusted)
        arguments = own | (complete if entry.kind == "trial" else {key: complete[key] for key in said})
    return Proposal(
        id=id,
        source=source,
        action=entry.name,
        arguments=arguments,
        stated=tuple(checked),
        defaulted=defaulted,
        digest=digest_of(entry.name, arguments),
        changes=changes,
        quote=quote,
    )


def from_event(event: ProposalMade) -> Proposal:
    """Return the proposal that an event shows."""
    return Proposal(
        id=event.id,
        source=event.source,
        action=event.action,
        arguments=event.arguments,
        stated=tuple(event.stated or event.changes),
        defaulted=tuple(event.defaulted),
        digest=event.digest,
        changes=dict(event.changes),
    )


def amend(
    proposal: Proposal, stated: dict[str, Any], settings: Settings, *, adjusted: frozenset[str] = frozenset()
) -> Proposal:
    """Return the proposal with some arguments changed; what it had stated before stays stated.

    Raises
    ------
    UsageError
        If an argument is unknown, out of bounds, or names an unknown model.
    """
    before = {name: proposal.arguments[name] for name in proposal.stated}
    changed = read_arguments(find_action(proposal.action), stated)
    if "models" in changed and "model_params" in before:
        members = {member for model in changed["models"] for member in members_of(model)}
        before["model_params"] = {name: params for name, params in before["model_params"].items() if name in members}
    return propose(
        proposal.action,
        before | changed,
        settings,
        id=proposal.id,
        source=proposal.source,
        adjusted=adjusted,
        quote=proposal.quote,
    )


def _with_params(
    before: dict[str, dict[str, Any]], said: dict[str, dict[str, Any]], models: list[str]
) -> dict[str, dict[str, Any]]:
    """Add stated parameters to those that hold; parameters of a model that is not chosen are refused.

    Raises
    ------
    UsageError
        If a parameter is stated for a model that the proposal does not use.
    """
    members = {member for model in models for member in members_of(model)}
    if others := [name for name in said if name not in members]:
        raise UsageError(
            f"model_params: {others[0]} is not among the chosen models ({', '.join(models)})",
            hint=f"add {others[0]} to the models, or leave its parameters out",
            code="wrong_value",
        )
    return before | {name: before.get(name, {}) | params for name, params in said.items()}


def issubclass_of_settings(action: Action) -> bool:
    """Tell whether the action's arguments include settings."""
    return not set(Settings.model_fields).isdisjoint(action.arguments.model_fields)


def read_arguments(action: Action, stated: dict[str, Any]) -> dict[str, Any]:
    """Validate stated arguments and return those that were given, as JSON values.

    Raises
    ------
    UsageError
        With one clear line for the first fault.
    """
    named = {key.replace("-", "_"): value for key, value in stated.items() if value is not None}
    given = {ALSO_CALLED.get(key, key): value for key, value in named.items()}
    try:
        arguments = action.arguments.model_validate(given)
    except ValidationError as error:
        raise usage_error(error, known=list(action.arguments.model_fields)) from None
    values = arguments.model_dump(mode="json", exclude_unset=True)
    if "models" in values:
        values["models"] = [model for name in values["models"] for model in resolve_models(name)]
    if "model_params" in values:
        values["model_params"] = {
            resolve_model(name): check_params(resolve_model(name), params)
            for name, params in values["model_params"].items()
        }
    return values


def checked_settings(values: dict[str, Any]) -> Settings:
    """Return settings from values that were each checked, or say which two do not go together.

    Raises
    ------
    UsageError
        If the combination is impossible.
    """
    members = {member for model in values["models"] for member in members_of(model)}
    known = {key: value for key, value in values.items() if key in Settings.model_fields}
    known["models"] = list(dict.fromkeys(known["models"]))
    known["model_params"] = {name: params for name, params in known["model_params"].items() if name in members}
    try:
        return Settings.model_validate(known)
    except ValidationError as error:
        raise usage_error(error) from None


def usage_error(error: ValidationError, known: list[str] | None = None) -> UsageError:
    """Turn the first fault of a validation into one clear line."""
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"] if isinstance(part, str) and not part.startswith("function"))
    if first["type"] == "extra_forbidden":
        return UsageError(f"there is no argument {name!r}", hint=f"known: {', '.join(known or [])}")
    # Bounds are shown as the value is written: 99% where percent is meant.
    limits = {
        key: f"{100 * limit:g}%" if name in RATIOS and isinstance(limit, (int, float)) else str(limit)
        for key, limit in first.get("ctx", {}).items()
    }
    text = _BOUND.get(first["type"], "{msg}").format(msg=first["msg"].removeprefix("Value error, "), **limits)
    found = "" if repr(first["input"]) in text else f" (found {first['input']!r})"
    return UsageError(f"{name}: {text}{found}" if name else text, code="wrong_value")


# How people and programs also name an argument.
ALSO_CALLED = {
    "target": "target_return",
    "stop": "stop_return",
    "confidence": "confidence_threshold",
    "params": "model_params",
}
RATIOS = frozenset({"target_return", "stop_return", "confidence_threshold"})

_BOUND = {
    "less_than_equal": "must be at most {le}",
    "less_than": "must be less than {lt}",
    "greater_than_equal": "must be at least {ge}",
    "greater_than": "must be more than {gt}",
    "literal_error": "must be {expected}",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "string_pattern_mismatch": "must be a date such as 2018-02-07",
}


def digest_of(action: str, arguments: dict[str, Any]) -> str:
    """Return the SHA-256 of the action and its arguments in canonical JSON."""
    canonical = json.dumps([action, arguments], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
