"""Logistic regression with an L2 penalty."""

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

from mltrainer.models.scaling import ClippedScaler


class LogisticModel(ClassifierMixin, BaseEstimator):
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
        """Fit on ``X`` (n_rows, n_features) and ``y`` (n_rows,) of 0 and 1."""
        self.scaler_ = ClippedScaler().fit(X)
        # In double precision with a tight tolerance the result does not depend on the number of threads.
        self.model_ = LogisticRegression(C=self.C, tol=1e-6, max_iter=500)
        self.model_.fit(self.scaler_.transform(X), y, sample_weight=sample_weight)
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return probabilities (n_rows, 2); a row's does not depend on which rows stand beside it."""
        # The product of a matrix and a vector by BLAS rounds a row by its place in the block; this one does not.
        odds = np.einsum("ij,j->i", self.scaler_.transform(X), self.model_.coef_[0]) + self.model_.intercept_[0]
        event = expit(odds)
        return np.column_stack([1 - event, event])

    def predict(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the more probable class (n_rows,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]
