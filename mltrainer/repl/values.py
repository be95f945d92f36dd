"""How ``key=value`` words of a slash command are read."""

from typing import Any

from mltrainer.models.registry import resolve_model
from mltrainer.settings.errors import UsageError
from mltrainer.settings.parameters import Settings


def read_pairs(words: list[str], keys: tuple[str, ...], settings: Settings) -> dict[str, Any]:
    """Return what the words state.

    The start of a key is enough where it fits only one: ``confidence=90%``. A word without ``=`` belongs to the value
    before it: ``models=rf, xgboost``. ``random_forest.n_estimators=500`` states one parameter of one model and
    leaves those that ``settings`` has.

    Raises
    ------
    UsageError
        If a key is unknown or fits several, or a value stands without a key.
    """
    pairs: list[tuple[str, str]] = []
    for word in words:
        key, equals, value = word.partition("=")
        if equals:
            pairs.append((key, value))
        elif pairs:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]} {word}".strip())
        else:
            raise UsageError(f"{word!r} is no key=value", hint=_known(keys))
    stated: dict[str, Any] = {}
    for key, value in pairs:
        if "." in key and "model_params" in keys:
            model, _, name = key.partition(".")
            params = stated.setdefault("model_params", {name: dict(own) for name, own in settings.model_params.items()})
            params.setdefault(resolve_model(model), {})[name] = value
        else:
            stated[_key(key, keys)] = value
    return stated


def _key(written: str, keys: tuple[str, ...]) -> str:
    key = written.lower().replace("-", "_")
    if key in keys:
        return key
    fitting = [name for name in keys if key and name.startswith(key)]
    if len(fitting) == 1:
        return fitting[0]
    raise UsageError(
        f"there is no key {written!r}",
        hint=f"did you mean {' or '.join(fitting)}?" if fitting else _known(keys),
        code="unknown_key",
    )


def _known(keys: tuple[str, ...]) -> str:
    return f"known keys: {', '.join(keys)}" if keys else "this command takes none"
