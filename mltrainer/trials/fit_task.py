"""What a fit is asked and what it answers, as it travels to a model worker and back; arrays travel by path."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from mltrainer.models.entry import ModelEntry
from mltrainer.models.registry import BASELINES, MODELS
from mltrainer.models.target_event import TargetEvent
from mltrainer.settings.parameters import ParameterValue

Rows = tuple[int, int]
# In labels: a row whose outcome a block does not know.
UNDEFINED = -1
LABELS, RETURNS, LENGTHS = "labels.npy", "returns.npy", "lengths.npy"


@dataclass(frozen=True)
class FitTask:
    """What to fit and what to score; arrays travel by path.

    Parameters
    ----------
    model
        Registry id of a model or a baseline.
    folder
        Matrices.
    known
        A folder of what each fold knew: the labels, int8 (n_blocks, n_rows), -1 undefined; and where a model learns
        returns, those, (n_blocks, n_rows), NaN undefined; and where labels differ in length, how many sessions each
        looked at, int16 (n_blocks, n_rows).
    train, tail, test
        Half-open ranges of rows. ``tail`` rows are scored for provisional calibration and are not trained on.
    event
        What the label says.
    store
        Folder of the fitted model: where one is there it is scored instead of fitted, and a new one is kept there.
        Empty where models are not kept. It is named for all that the fit depends on.
    explained
        Whether it is asked which features move the scores of the test rows.
    threads
        How many the fit may run in, where its model is the same with several.
    """

    model: str
    params: tuple[tuple[str, ParameterValue], ...]
    seed: int
    folder: str
    known: str
    fold: int
    train: Rows
    tail: Rows | None
    test: Rows
    event: TargetEvent
    store: str = field(default="", compare=False)
    explained: bool = field(default=False, compare=False)
    threads: int = field(default=1, compare=False)


@dataclass(frozen=True)
class FitResult:
    """Scores of the test rows and of the tail (n,), whether they are probabilities, and what they cost.

    ``peak_mb`` is the most memory that the process which did the fit ever held. Where ``stored`` is True, a model that
    an earlier trial had fitted was scored. ``device`` is what it was computed on. ``drivers`` are the shares of the
    features in the scores of the test rows, (n_test, n_features), empty where nobody asked or the model has no such
    features. ``quantiles`` are the lowest and the highest quantile of the return that the model gives for the test
    rows, (n_test, 2), empty where it gives none.
    """

    test: npt.NDArray[np.float64]
    tail: npt.NDArray[np.float64]
    probability: bool
    train_rows: int
    seconds: float
    peak_mb: float
    stored: bool = False
    device: str = "cpu"
    drivers: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 0)))
    quantiles: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 2)))


def entry_of(model: str) -> ModelEntry:
    """Return the registry entry of a model or a baseline."""
    return MODELS[model] if model in MODELS else BASELINES[model]
