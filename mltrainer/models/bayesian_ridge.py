"""Bayesian ridge regression."""

from typing import Any

from sklearn.linear_model import BayesianRidge

from mltrainer.models.scaled import WeighedRegressor


class BayesianRidgeModel(WeighedRegressor):
    """Expected return by linear regression whose penalty is the most probable one given the rows (MacKay 1992)."""

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def _model(self, columns: int) -> Any:
        return BayesianRidge(copy_X=False)
