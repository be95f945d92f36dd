"""Partial least squares."""

from typing import Any

from sklearn.cross_decomposition import PLSRegression

from mltrainer.models.scaled import ScaledRegressor


class PartialLeastSquares(ScaledRegressor):
    """Expected return from the few directions of the features that vary most with it (Wold 1975).

    Parameters
    ----------
    n_components
        Directions that are kept.
    """

    def __init__(self, n_components: int = 3, random_state: int = 0) -> None:
        self.n_components = n_components
        self.random_state = random_state

    def _model(self, columns: int) -> Any:
        return PLSRegression(min(self.n_components, columns), copy=False)
