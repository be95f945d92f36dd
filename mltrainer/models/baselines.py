"""The baselines that stand beside every evaluation: what volatility alone, and momentum alone, would have said."""

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator

from mltrainer.models.linear import LogisticModel


class VolatilityOnly(LogisticModel):
    """P(event) from the logarithm of a ticker's own volatility, and from nothing else."""

    def __init__(self, random_state: int = 0) -> None:
        super().__init__(C=1.0, random_state=random_state)


class MomentumRule(BaseEstimator):
    """The 12-1 momentum of a ticker as its score; nothing is fitted (Jegadeesh & Titman 1993)."""

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, X: npt.NDArray[np.float32], y: npt.NDArray[np.float64]) -> "MomentumRule":
        """Remember the median of ``X`` (n_rows, 1): the score of a ticker that is too young to have one."""
        self.median_ = float(np.nanmedian(X)) if np.isfinite(X).any() else 0.0
        return self

    def decision_function(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the score (n_rows,): a return, no probability."""
        score = X[:, 0].astype(np.float64)
        return np.where(np.isfinite(score), score, self.median_)
