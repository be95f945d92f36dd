"""Principal component regression."""

from typing import Any

from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline

from mltrainer.models.scaled import ScaledRegressor


class PrincipalComponentRegression(ScaledRegressor):
    """Expected return by ridge regression on the directions in which the features vary most (Massy 1965).

    Parameters
    ----------
    n_components
        Directions that are kept.
    """

    def __init__(self, n_components: int = 15, random_state: int = 0) -> None:
        self.n_components = n_components
        self.random_state = random_state

    def _model(self, columns: int) -> Any:
        kept = PCA(min(self.n_components, columns), svd_solver="covariance_eigh")
        return make_pipeline(kept, Ridge(alpha=100.0))
