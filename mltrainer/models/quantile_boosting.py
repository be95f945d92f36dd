"""Gradient boosting of the quantiles of the return."""

import numpy as np
import numpy.typing as npt
from lightgbm import LGBMRegressor
from sklearn.base import BaseEstimator, RegressorMixin

QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)


class QuantileBoosting(RegressorMixin, BaseEstimator):
    """Quantiles of the return by gradient boosting on the pinball loss (Koenker & Bassett 1978; Ke et al. 2017).

    The expected return is the mean of the quantiles 0.1, 0.3, 0.5, 0.7 and 0.9, which extreme returns cannot pull far.

    Parameters
    ----------
    n_estimators
        Boosting rounds of each quantile.
    num_leaves
        Leaves of a tree.
    learning_rate
        Shrinkage of each round.
    """

    def __init__(
        self, n_estimators: int = 60, num_leaves: int = 8, learning_rate: float = 0.08, random_state: int = 0
    ) -> None:
        self.n_estimators = n_estimators
        self.num_leaves = num_leaves
        self.learning_rate = learning_rate
        self.random_state = random_state

    def fit(self, X: npt.NDArray[np.float32], y: npt.NDArray[np.float64]) -> "QuantileBoosting":
        """Fit on ``X`` (n_rows, n_features) and returns ``y`` (n_rows,)."""
        self.models_ = [self._model(quantile).fit(X, y) for quantile in QUANTILES]
        return self

    def _model(self, quantile: float) -> LGBMRegressor:
        return LGBMRegressor(
            objective="quantile",
            alpha=quantile,
            n_estimators=self.n_estimators,
            num_leaves=self.num_leaves,
            learning_rate=self.learning_rate,
            min_child_samples=500,
            subsample=0.7,
            subsample_freq=1,
            colsample_bytree=0.5,
            max_bin=63,
            deterministic=True,
            force_row_wise=True,
            n_jobs=1,
            verbose=-1,
            random_state=self.random_state,
        )

    def predict_quantiles(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the quantiles (n_rows, 5) in rising order: where two cross they are sorted."""
        if not len(X):
            return np.empty((0, len(QUANTILES)))
        return np.sort(np.column_stack([model.predict(X) for model in self.models_]), axis=1)

    def predict(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the expected returns (n_rows,)."""
        return self.predict_quantiles(X).mean(axis=1)

    def decision_function(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the score (n_rows,): the expected return, no probability."""
        return self.predict(X)
