"""Lasso."""

from typing import Any

from sklearn.linear_model import Lasso

from mltrainer.models.scaled import WeighedRegressor


class LassoModel(WeighedRegressor):
    """Expected return by least squares with an L1 penalty, which drops features (Tibshirani 1996).

    Parameters
    ----------
    penalty
        Strength of the penalty on standardised features and returns.
    """

    def __init__(self, penalty: float = 0.003, random_state: int = 0) -> None:
        self.penalty = penalty
        self.random_state = random_state

    def _model(self, columns: int) -> Any:
        return Lasso(alpha=self.penalty, precompute=True, max_iter=5000, copy_X=False)
