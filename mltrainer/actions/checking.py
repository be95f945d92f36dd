"""What was stated, checked against what an action takes: values, or one clear line for the first fault."""

from typing import Any

from pydantic import ValidationError

from mltrainer.actions.registry import Action
from mltrainer.models.registry import check_params, members_of, resolve_model, resolve_models
from mltrainer.settings.errors import UsageError
from mltrainer.settings.parameters import Settings

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


def with_params(
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
