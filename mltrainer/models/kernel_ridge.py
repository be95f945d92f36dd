"""Kernel ridge regression by random Fourier features."""

from typing import Any

from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

from mltrainer.models.scaled import ScaledRegressor


class RandomFeatureRidge(ScaledRegressor):
    """Expected return by ridge regression in random Fourier features of a Gaussian kernel (Rahimi & Recht 2007).

    Parameters
    ----------
    random_features
        Random features.
    penalty
        Strength of the L2 penalty.
    max_rows
        Most rows to learn from.
    """

    def __init__(
        self, random_features: int = 500, penalty: float = 100.0, max_rows: int = 60_000, random_state: int = 0
    ) -> None:
        self.random_features = random_features
        self.penalty = penalty
        self.max_rows = max_rows
        self.random_state = random_state

    def _model(self, columns: int) -> Any:
        random = RBFSampler(gamma=0.25 / columns, n_components=self.random_features, random_state=self.random_state)
        return make_pipeline(random, Ridge(alpha=self.penalty))
