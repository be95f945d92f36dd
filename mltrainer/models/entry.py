"""What the registry says about a model. Reading it imports no library."""

import importlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    # Only the type: its module is slow to load, and listing models is to be quick.
    from mltrainer.settings.parameters import ParameterValue


@dataclass(frozen=True)
class Param:
    """A parameter of a model that users may set, with its bounds."""

    default: "ParameterValue"
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
        ``linear``, ``bayes``, ``trees``, ``boosting``, ``kernel``, ``tabular network``, ``neural``, ``statistical`` ...
    role
        ``classifier`` learns the target event, ``regressor`` the return (beyond the day's median where the label is
        about that), ``ranker`` the order of a day's returns; ``distribution`` forecasts a ticker's returns and computes
        the event's probability from them; ``baseline`` for what every evaluation carries.
    library
        The library that must not share a process with another's OpenMP; one worker process holds one.
    target
        ``module:Class`` of the estimator.
    inputs
        ``tabular`` for the feature matrix (n_rows, n_features), ``sequence`` for windows (n_rows, length, n_channels),
        ``history`` for the past daily returns (`Histories`).
    aliases
        What people also call it, in lower case without separators.
    columns
        The only features it looks at; empty for all.
    fit_takes
        What ``fit`` takes besides rows and target: ``dates``, the session of each row; ``ahead``, the sessions after a
        row that its target looks at; ``event``, what the target event is; ``sample_weight``, how much of its own each
        row's label holds.
    direction
        False where it tells by its nature how far a ticker may move, but not which way.
    probability
        False where a classifier's score is none and is calibrated to be one.
    quantiles
        True where it gives quantiles of the return.
    threads
        True where a fit may run in several threads (``n_jobs``) and is the same, bit for bit.
    cost
        CPU seconds of a fit of 100,000 rows and 70 features: ``light`` under 5, ``moderate`` under 25, ``heavy`` more.
    memory_mb
        MB that a fit of 100,000 rows takes beside the rows themselves, about.
    note
        Caps on rows and approximations, in a sentence.
    """

    name: str
    title: str
    family: str
    role: Literal["classifier", "regressor", "ranker", "distribution", "baseline"]
    library: str
    target: str
    reference: str
    aliases: tuple[str, ...] = ()
    inputs: Literal["tabular", "sequence", "history"] = "tabular"
    columns: tuple[str, ...] = ()
    params: dict[str, Param] = field(default_factory=dict)
    note: str = ""
    fit_takes: tuple[Literal["dates", "ahead", "event", "sample_weight"], ...] = ()
    direction: bool = True
    probability: bool = True
    quantiles: bool = False
    threads: bool = False
    cost: Literal["light", "moderate", "heavy"] = "light"
    memory_mb: int = 50

    @property
    def learns_returns(self) -> bool:
        """Tell whether it learns returns; its score is then no probability and is calibrated as one."""
        return self.role in ("regressor", "ranker")

    @property
    def capabilities(self) -> tuple[str, ...]:
        """Return what it can: ``probability``, ``quantiles``, ``weights`` of rows, a ``gpu`` where there is one."""
        able = {
            "probability": self.probability and not self.learns_returns,
            "quantiles": self.quantiles,
            "weights": "sample_weight" in self.fit_takes,
            "gpu": self.library == "torch",
        }
        return tuple(name for name, is_able in able.items() if is_able)

    def estimator(self, seed: int, params: "dict[str, ParameterValue]") -> Any:
        """Import the library and return an unfitted estimator."""
        module, _, name = self.target.partition(":")
        chosen = {key: param.default for key, param in self.params.items()} | params
        return getattr(importlib.import_module(module), name)(random_state=seed, **chosen)
