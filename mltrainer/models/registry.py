"""The registry of models: what exists, what it is, and where it lives. Reading it imports no library.

Adding a model is one file with a scikit-learn estimator and one line here.
"""

import difflib
import importlib
import re
from dataclasses import dataclass, field
from typing import Any, Literal

from mltrainer.settings.errors import UsageError
from mltrainer.settings.parameters import ParameterValue
from mltrainer.settings.values import split_names


@dataclass(frozen=True)
class Param:
    """A parameter of a model that users may set, with its bounds."""

    default: ParameterValue
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True)
class ModelEntry:
    """One model of the registry.

    Parameters
    ----------
    name
        The field's name in snake case.
    family
        ``linear``, ``trees``, ``boosting``, ``neural`` ...
    role
        ``classifier``, ``regressor``, ``distribution``, ``ranker``; ``baseline`` for what every evaluation carries.
    library
        The library that must not share a process with another's OpenMP; one worker process holds one.
    target
        ``module:Class`` of the estimator.
    inputs
        ``tabular`` for the feature matrix (n_rows, n_features), ``sequence`` for windows (n_rows, length, n_channels).
    aliases
        What people also call it, in lower case without separators.
    columns
        The only features it looks at; empty for all.
    """

    name: str
    title: str
    family: str
    role: Literal["classifier", "regressor", "baseline"]
    library: str
    target: str
    reference: str
    aliases: tuple[str, ...] = ()
    inputs: Literal["tabular", "sequence"] = "tabular"
    columns: tuple[str, ...] = ()
    params: dict[str, Param] = field(default_factory=dict)
    note: str = ""

    def estimator(self, seed: int, params: dict[str, ParameterValue]) -> Any:
        """Import the library and return an unfitted estimator."""
        module, _, name = self.target.partition(":")
        chosen = {key: param.default for key, param in self.params.items()} | params
        return getattr(importlib.import_module(module), name)(random_state=seed, **chosen)


_TREES = Param(100, 10, 2000, help="number of trees")
_RATE = Param(0.05, 0.001, 1.0, help="learning rate")

MODELS: dict[str, ModelEntry] = {
    entry.name: entry
    for entry in (
        ModelEntry(
            "logistic_regression",
            "Logistic regression (L2)",
            "linear",
            "classifier",
            "sklearn",
            "mltrainer.models.linear:LogisticModel",
            "Cox 1958",
            ("logistic", "logit", "logreg", "lr"),
            params={"C": Param(0.01, 1e-6, 1e4, help="inverse strength of the L2 penalty")},
        ),
        ModelEntry(
            "random_forest",
            "Random forest",
            "trees",
            "classifier",
            "sklearn",
            "mltrainer.models.forest:RandomForest",
            "Breiman 2001",
            ("rf", "forest", "randomforests"),
            params={
                "n_estimators": _TREES,
                "min_samples_leaf": Param(50, 1, 5000, help="rows in a leaf"),
                "max_samples": Param(7_500, 100, 1_000_000, help="rows drawn for each tree"),
            },
        ),
        ModelEntry(
            "xgboost",
            "XGBoost",
            "boosting",
            "classifier",
            "xgboost",
            "mltrainer.models.xgb:XGBoost",
            "Chen & Guestrin 2016",
            ("xgb", "xgboostclassifier"),
            params={
                "n_estimators": Param(100, 10, 5000, help="boosting rounds"),
                "max_depth": Param(3, 1, 16, help="depth of a tree"),
                "learning_rate": _RATE,
            },
        ),
        ModelEntry(
            "lightgbm",
            "LightGBM",
            "boosting",
            "classifier",
            "lightgbm",
            "mltrainer.models.lgbm:LightGBM",
            "Ke et al. 2017",
            ("lgbm", "lgb", "lightgradientboosting"),
            params={
                "n_estimators": Param(100, 10, 5000, help="boosting rounds"),
                "num_leaves": Param(8, 2, 1024, help="leaves of a tree"),
                "learning_rate": _RATE,
            },
        ),
        ModelEntry(
            "lstm",
            "LSTM",
            "neural",
            "classifier",
            "torch",
            "mltrainer.models.lstm:LSTMModel",
            "Hochreiter & Schmidhuber 1997",
            ("lstmnetwork", "longshorttermmemory"),
            inputs="sequence",
            params={
                "hidden": Param(32, 4, 256, help="units of the hidden state"),
                "epochs": Param(3, 1, 50, help="passes over the training windows"),
                "max_windows": Param(60_000, 1_000, 2_000_000, help="training windows drawn by date blocks"),
            },
        ),
    )
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
_ENSEMBLE = re.compile(r"mean\((?P<members>.*)\)", re.IGNORECASE | re.DOTALL)


def resolve_model(name: str) -> str:
    """Return the registry id for what somebody wrote: ``RF``, ``RandomForest``, ``mean(rf, lgbm)``.

    Raises
    ------
    UsageError
        If no model has that name; the message names the nearest.
    """
    if match := _ENSEMBLE.fullmatch(name.strip()):
        return ensemble_id([resolve_model(member) for member in split_names(match["members"])])
    key = _key(name)
    if key in _BY_KEY:
        return _BY_KEY[key]
    near = difflib.get_close_matches(key, _BY_KEY, n=1, cutoff=0.5)
    hint = f"did you mean {_BY_KEY[near[0]]}? " if near else ""
    raise UsageError(
        f"there is no model {name!r}", hint=f"{hint}known models: {', '.join(MODELS)}", code="unknown_model"
    )


def ensemble_id(members: list[str]) -> str:
    """Return the id of the mean of calibrated members, which are sorted: ``mean(a,b)``.

    Raises
    ------
    UsageError
        If there are fewer than two different members.
    """
    unique = sorted(set(members))
    if len(unique) < 2:
        raise UsageError("an ensemble needs two or more different models", code="unknown_model")
    return f"mean({','.join(unique)})"


def members_of(model: str) -> list[str]:
    """Return the members of an ensemble id, or the model itself."""
    match = _ENSEMBLE.fullmatch(model)
    return split_names(match["members"]) if match else [model]


def check_params(model: str, params: dict[str, ParameterValue]) -> dict[str, ParameterValue]:
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


def _check(model: str, name: str, param: Param, value: ParameterValue) -> ParameterValue:
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
