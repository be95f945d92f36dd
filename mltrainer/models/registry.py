"""The registry of models: what exists, what it is, and where it lives. Reading it imports no library.

Adding a model is one file with a scikit-learn estimator and one entry in the catalogue of its family.
"""

import difflib
import re
from typing import TYPE_CHECKING

from mltrainer.models.catalogue_linear import BAYES, LINEAR
from mltrainer.models.catalogue_networks import SEQUENCE, TABULAR
from mltrainer.models.catalogue_statistical import STATISTICAL
from mltrainer.models.catalogue_trees import BOOSTING, KERNEL, TREES
from mltrainer.models.entry import ModelEntry, Param
from mltrainer.settings.errors import UsageError
from mltrainer.settings.values import split_names

if TYPE_CHECKING:
    from mltrainer.settings.parameters import ParameterValue

# In order of kinds; within a kind the best known first.
MODELS: dict[str, ModelEntry] = {
    entry.name: entry for entry in (*LINEAR, *TREES, *BOOSTING, *BAYES, *KERNEL, *TABULAR, *SEQUENCE, *STATISTICAL)
}


# What every evaluation carries for comparison; nobody chooses them, and they are not counted as models.
BASELINES: dict[str, ModelEntry] = {
    entry.name: entry
    for entry in (
        ModelEntry(
            "volatility_only",
            "Own 21-session volatility alone",
            "baseline",
            "baseline",
            "sklearn",
            "mltrainer.models.baselines:VolatilityOnly",
            "logistic regression on the logarithm of realised volatility",
            columns=("log_vol_21",),
        ),
        ModelEntry(
            "momentum_12_1",
            "12-1 momentum",
            "baseline",
            "baseline",
            "sklearn",
            "mltrainer.models.baselines:MomentumRule",
            "Jegadeesh & Titman 1993",
            columns=("mom_12_1",),
        ),
    )
}


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


_BY_KEY: dict[str, str] = {
    _key(alias): entry.name for entry in MODELS.values() for alias in (entry.name, entry.title, *entry.aliases)
}
# How an ensemble joins its members, and what else people write for it.
ENSEMBLES: dict[str, tuple[str, ...]] = {
    "mean": ("average", "avg", "ensemble", "blend"),
    "weighted": ("weightedmean", "weightedaverage", "skillweighted"),
    "stack": ("stacked", "stacking", "stackedensemble"),
    "gated": ("gate", "regimegated", "gatedmean"),
}
_KINDS = {_key(name): kind for kind, names in ENSEMBLES.items() for name in (kind, *names)}
_ENSEMBLE = re.compile(r"(?P<kind>[A-Za-z][A-Za-z _-]*)\((?P<members>.*)\)", re.DOTALL)


def resolve_model(name: str) -> str:
    """Return the registry id for what somebody wrote: ``RF``, ``RandomForest``, ``mean(rf, lgbm)``, ``stacking(..)``.

    Raises
    ------
    UsageError
        If no model has that name; the message names the nearest.
    """
    key = _key(name)
    if key in _BY_KEY:
        return _BY_KEY[key]
    if match := _ENSEMBLE.fullmatch(name.strip()):
        members = [resolve_model(member) for member in split_names(match["members"])]
        return ensemble_id(members, _kind(match["kind"]))
    near = difflib.get_close_matches(key, _BY_KEY, n=1, cutoff=0.5)
    hint = f"did you mean {_BY_KEY[near[0]]}?" if near else "mltrainer models list and /models name all that there are"
    raise UsageError(f"there is no model {name!r}", hint=hint, code="unknown_model")


def _kind(written: str) -> str:
    kind = _KINDS.get(_key(written))
    if kind is None:
        hint = f"known: {', '.join(f'{name}(a,b)' for name in ENSEMBLES)}"
        raise UsageError(f"there is no ensemble {written.strip()!r}", hint=hint, code="unknown_model")
    return kind


def resolve_models(name: str) -> list[str]:
    """Return what `resolve_model` does, or every model of the registry for ``all``.

    Raises
    ------
    UsageError
        If no model has that name.
    """
    return list(MODELS) if _key(name) in ("all", "allmodels") else [resolve_model(name)]


def ensemble_id(members: list[str], kind: str = "mean") -> str:
    """Return the id of an ensemble of calibrated members, which are sorted: ``mean(a,b)``.

    Raises
    ------
    UsageError
        If there are fewer than two different members, or one is an ensemble itself.
    """
    unique = sorted(set(members))
    if len(unique) < 2:
        raise UsageError("an ensemble needs two or more different models", code="unknown_model")
    if inner := [name for name in unique if ensemble_kind(name)]:
        raise UsageError(f"an ensemble cannot hold another ({inner[0]})", hint="name its models", code="unknown_model")
    return f"{kind}({','.join(unique)})"


def ensemble_kind(model: str) -> str:
    """Return how an ensemble joins its members, such as ``mean``; empty for a single model."""
    match = _ENSEMBLE.fullmatch(model)
    return match["kind"] if match and match["kind"] in ENSEMBLES else ""


def members_of(model: str) -> list[str]:
    """Return the members of an ensemble id, or the model itself."""
    match = _ENSEMBLE.fullmatch(model)
    return split_names(match["members"]) if match and match["kind"] in ENSEMBLES else [model]


def check_params(model: str, params: "dict[str, ParameterValue]") -> "dict[str, ParameterValue]":
    """Check parameters against the model's own bounds and return them with the model's types.

    Raises
    ------
    UsageError
        For an unknown parameter or a value outside its bounds.
    """
    known = MODELS[model].params
    checked: dict[str, ParameterValue] = {}
    for name, value in params.items():
        if name not in known:
            raise UsageError(f"{model} has no parameter {name!r}", hint=f"it has: {', '.join(known)}")
        checked[name] = _check(model, name, known[name], value)
    return checked


def _check(model: str, name: str, param: Param, value: "ParameterValue") -> "ParameterValue":
    if param.choices:
        if value not in param.choices:
            raise UsageError(f"{name} of {model} is {value!r}", hint=f"choose one of: {', '.join(param.choices)}")
        return value
    kind = type(param.default)
    try:
        number = kind(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise UsageError(f"{name} of {model} is {value!r}, not a number") from error
    # Also true of what is no number at all: NaN differs from itself.
    if number != float(value):
        wanted = "a whole number" if kind is int else "a number"
        raise UsageError(f"{name} of {model} is {value!r}", hint=f"it must be {wanted}")
    if (param.low is not None and number < param.low) or (param.high is not None and number > param.high):
        raise UsageError(
            f"{name} of {model} is {value!r}", hint=f"it must lie between {param.low:g} and {param.high:g}"
        )
    return number
