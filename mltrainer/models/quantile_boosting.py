"""Gradient boosting of the quantiles of the return."""

import numpy as np
import numpy.typing as npt

from mltrainer.models.checked import TabularRegressor
from mltrainer.models.lgbm import LeafBoosting

QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)


class QuantileBoosting(TabularRegressor, LeafBoosting):
    """Quantiles of the return by gradient boosting on the pinball loss (Koenker & Bassett 1978; Ke et al. 2017).

    The expected return is the mean of the quantiles 0.1, 0.3, 0.5, 0.7 and 0.9, which extreme returns cannot pull far.
    """

    def __init__(
        self, n_estimators: int = 60, num_leaves: int = 8, learning_rate: float = 0.08, random_state: int = 0
    ) -> None:
        super().__init__(n_estimators, num_leaves, learning_rate, random_state)

    def fit(
        self,
        X: npt.NDArray[np.float32],
        y: npt.NDArray[np.float64],
        sample_weight: npt.NDArray[np.float64] | None = None,
    ) -> "QuantileBoosting":
        """Fit on ``X`` (n_rows, n_features) and returns ``y`` (n_rows,)."""
        X, y, weights = self._to_learn(X, y, sample_weight)
        return self._boost(X, y, *({"objective": "quantile", "alpha": at} for at in QUANTILES), weight=weights)

    def predict_quantiles(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the quantiles (n_rows, 5) in rising order: where two cross they are sorted."""
        return np.sort(self._raw(X), axis=1)

    def predict(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the expected returns (n_rows,)."""
        return self.predict_quantiles(X).mean(axis=1)

    def decision_function(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the score (n_rows,): the expected return, no probability."""
        return self.predict(X)
