"""Ridge regression."""

from typing import Any

from sklearn.linear_model import Ridge

from mltrainer.models.scaled import WeighedRegressor


class RidgeModel(WeighedRegressor):
    """Expected return by least squares with an L2 penalty (Hoerl & Kennard 1970).

    Parameters
    ----------
    penalty
        Strength of the penalty, on the scale of the sum of squares over the rows.
    """

    def __init__(self, penalty: float = 10_000.0, random_state: int = 0) -> None:
        self.penalty = penalty
        self.random_state = random_state

    def _model(self, columns: int) -> Any:
        return Ridge(alpha=self.penalty, copy_X=False)
