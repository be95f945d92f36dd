"""What neural networks on the feature matrix share."""

from typing import Any

import numpy as np
import numpy.typing as npt

from mltrainer.models.network import NetworkClassifier, RowArray
from mltrainer.models.scaling import ClippedScaler


class TabularNetwork(NetworkClassifier):
    """A network on standardised features (n_rows, n_features); missing values count as average.

    Parameters
    ----------
    hidden
        Units of a layer.
    epochs
        Most passes over the training rows.
    max_rows
        Most rows to learn from, spread evenly over time.
    learning_rate
        Step size at the start.
    """

    def __init__(
        self,
        hidden: int = 64,
        epochs: int = 5,
        max_rows: int = 200_000,
        learning_rate: float = 0.002,
        random_state: int = 0,
    ) -> None:
        self.hidden = hidden
        self.epochs = epochs
        self.max_rows = max_rows
        self.learning_rate = learning_rate
        self.random_state = random_state

    def _most_rows(self) -> int:
        return self.max_rows

    def _learn(self, X: RowArray, rows: npt.NDArray[np.int64]) -> None:
        self.scaler_ = ClippedScaler().fit(X[rows])

    def _prepare(self, X: Any) -> npt.NDArray[np.float32]:
        return self.scaler_.transform(X).astype(np.float32)
