"""Sparse Gaussian process."""

from typing import Any

from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import BayesianRidge
from sklearn.pipeline import make_pipeline

from mltrainer.models.scaled import ScaledRegressor


class SparseGaussianProcess(ScaledRegressor):
    """Expected return by a Gaussian process on a subset of regressors (Quinonero-Candela & Rasmussen 2005).

    The kernel is Gaussian, the inducing points are rows drawn at random; noise and scale are the most probable ones.

    Parameters
    ----------
    inducing_points
        Inducing points.
    max_rows
        Most rows to learn from.
    """

    def __init__(self, inducing_points: int = 300, max_rows: int = 60_000, random_state: int = 0) -> None:
        self.inducing_points = inducing_points
        self.max_rows = max_rows
        self.random_state = random_state

    def _model(self, columns: int) -> Any:
        kernel = Nystroem(gamma=0.25 / columns, n_components=self.inducing_points, random_state=self.random_state)
        return make_pipeline(kernel, BayesianRidge())
