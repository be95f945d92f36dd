"""Nearest neighbours."""

from typing import Any, Self

from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from mltrainer.models.scaled import ScaledClassifier, Weights


class NearestNeighbors(ScaledClassifier):
    """P(event) as the share among the nearest past rows, in the main directions of the features (Cover & Hart 1967).

    Parameters
    ----------
    n_neighbors
        Past rows that are looked at.
    n_components
        Directions that the distance is measured in.
    max_rows
        Most rows to remember.
    """

    def __init__(
        self, n_neighbors: int = 300, n_components: int = 10, max_rows: int = 20_000, random_state: int = 0
    ) -> None:
        self.n_neighbors = n_neighbors
        self.n_components = n_components
        self.max_rows = max_rows
        self.random_state = random_state

    def _model(self, columns: int) -> Any:
        kept = PCA(min(self.n_components, columns), svd_solver="covariance_eigh", whiten=True)
        return make_pipeline(kept, KNeighborsClassifier(self.n_neighbors, weights="distance"))

    def _fit(self, X: Any, y: Any, weights: Weights = None) -> Self:
        super()._fit(X, y, weights)
        neighbors = self.model_[-1]
        neighbors.n_neighbors = min(self.n_neighbors, neighbors.n_samples_fit_)
        return self
