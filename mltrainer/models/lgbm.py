"""LightGBM: the settings that all of its models share, and its classifier."""

from typing import Any, Self

import lightgbm
import numpy as np
import numpy.typing as npt

from mltrainer.models.checked import TabularClassifier, TabularEstimator
from mltrainer.models.large import AT_ONCE, LargeRows

_FIXED: dict[str, Any] = {
    "min_data_in_leaf": 500,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "feature_fraction": 0.5,
    "max_bin": 63,
    "deterministic": True,
    # By rows come the same trees, more slowly, from two more copies of the binned rows.
    "force_col_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


class LeafBoosting(TabularEstimator):
    """Gradient boosting with leaf-wise trees (Ke et al. 2017), rows and columns sampled, on some objectives.

    Parameters
    ----------
    n_estimators
        Boosting rounds of each objective.
    num_leaves
        Leaves of a tree.
    learning_rate
        Shrinkage of each round.
    """

    def __init__(
        self, n_estimators: int = 100, num_leaves: int = 8, learning_rate: float = 0.05, random_state: int = 0
    ) -> None:
        self.n_estimators = n_estimators
        self.num_leaves = num_leaves
        self.learning_rate = learning_rate
        self.random_state = random_state

    def _to_learn(self, X: Any, y: Any, weights: Any = None) -> tuple[Any, Any, Any]:
        """Return what ``fit`` was given: arrays, or rows that stay on disk and were checked when they were written."""
        if not isinstance(X, LargeRows):
            return super()._to_learn(X, y, weights)
        self.n_features_in_ = X.shape[1]
        return X, y, weights

    def _boost(
        self,
        X: "npt.NDArray[np.float32] | LargeRows",
        y: npt.NDArray[Any],
        *objectives: dict[str, Any],
        weight: npt.NDArray[np.float64] | None = None,
        group: npt.NDArray[np.int64] | None = None,
    ) -> Self:
        """Fit one booster for each objective on ``X`` (n_rows, n_features) and ``y`` (n_rows,)."""
        chosen = {"num_leaves": self.num_leaves, "learning_rate": self.learning_rate, "seed": self.random_state}
        read = _Parts(X) if isinstance(X, LargeRows) else X
        # The histograms are the same for all objectives.
        rows = lightgbm.Dataset(read, y, weight=weight, group=group, free_raw_data=False, params=_FIXED)
        self.boosters_ = [
            lightgbm.train(_FIXED | chosen | objective, rows, self.n_estimators) for objective in objectives
        ]
        return self

    def _raw(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return what each booster says, (n_rows, n_objectives)."""
        X = self._to_score(X)
        return np.column_stack([np.asarray(booster.predict(X), dtype=np.float64) for booster in self.boosters_])


class _Parts(lightgbm.Sequence):
    """Rows as LightGBM asks for them: some by place, to choose the edges of its bins, then all of them in parts.

    From 200,000 rows on these are other rows than it would choose from an array with the same seed.
    """

    batch_size = AT_ONCE

    def __init__(self, rows: LargeRows) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: Any) -> npt.NDArray[Any]:
        if isinstance(place, slice):
            return self.rows.part(place.start, place.stop)
        return self.rows.row(int(place)).astype(np.float64)


class LightGBM(TabularClassifier, LeafBoosting):
    """P(event) by gradient boosting with leaf-wise trees on the log loss."""

    def fit(
        self,
        X: npt.NDArray[np.float32],
        y: npt.NDArray[np.float64],
        sample_weight: npt.NDArray[np.float64] | None = None,
    ) -> Self:
        """Fit on ``X`` (n_rows, n_features) and ``y`` (n_rows,) of two classes."""
        X, y, weights = self._to_learn(X, y, sample_weight)
        # What LightGBM would make a copy of otherwise.
        event = self._two_classes(y, weights).astype(np.float32)
        return self._boost(X, event, {"objective": "binary"}, weight=weights)

    def predict_proba(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return probabilities (n_rows, 2)."""
        event = self._raw(X)[:, 0]
        return np.column_stack([1 - event, event])
