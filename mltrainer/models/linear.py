"""Logistic regression with an L2 penalty."""

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from mltrainer.models.checked import TabularClassifier
from mltrainer.models.scaling import ClippedScaler


class LogisticModel(TabularClassifier):
    """P(event) by logistic regression on standardised features; missing values count as average.

    Parameters
    ----------
    C
        Inverse strength of the L2 penalty.
    random_state
        Not used: the solution is unique. Kept so that every model is made the same way.
    """

    def __init__(self, C: float = 0.01, random_state: int = 0) -> None:
        self.C = C
        self.random_state = random_state

    def fit(
        self,
        X: npt.NDArray[np.float32],
        y: npt.NDArray[np.float64],
        sample_weight: npt.NDArray[np.float64] | None = None,
    ) -> "LogisticModel":
        """Fit on ``X`` (n_rows, n_features) and ``y`` (n_rows,) of two classes."""
        X, y, weights = self._to_learn(X, y, sample_weight)
        place = self._two_classes(y, weights)
        self.scaler_ = ClippedScaler().fit(X, sample_weight=weights)
        # In double precision with a tight tolerance the result does not depend on the number of threads.
        self.model_ = LogisticRegression(C=self.C, tol=1e-6, max_iter=500)
        self.model_.fit(self.scaler_.transform(X), place, sample_weight=weights)
        return self

    def predict_proba(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return probabilities (n_rows, 2); a row's does not depend on which rows stand beside it."""
        rows = self._to_score(X)
        scaled = self.scaler_.transform(rows)
        # The product of a matrix and a vector by BLAS rounds a row by its place in the block; this one does not.
        odds = np.einsum("ij,j->i", scaled, self.model_.coef_[0]) + self.model_.intercept_[0]
        event = expit(odds)
        return np.column_stack([1 - event, event])
