"""Linear regression with Huber's loss."""

from typing import Any

from sklearn.linear_model import HuberRegressor

from mltrainer.models.scaled import WeighedRegressor


class HuberModel(WeighedRegressor):
    """Expected return by linear regression that bounds the pull of extreme returns (Huber 1964).

    Parameters
    ----------
    epsilon
        Scales of the error beyond which it counts linearly.
    penalty
        Strength of the L2 penalty, on the scale of the sum over the rows.
    """

    def __init__(self, epsilon: float = 1.35, penalty: float = 1000.0, random_state: int = 0) -> None:
        self.epsilon = epsilon
        self.penalty = penalty
        self.random_state = random_state

    def _model(self, columns: int) -> Any:
        return HuberRegressor(epsilon=self.epsilon, alpha=self.penalty, max_iter=500)
