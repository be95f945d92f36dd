"""What models share that need every feature present and of order one."""

from abc import abstractmethod
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from mltrainer.models.blocks import score_in_blocks
from mltrainer.models.sampling import spread_rows
from mltrainer.models.scaling import ClippedScaler

Weights = npt.NDArray[np.float64] | None
# A probability of exactly 0 or 1 would say that nothing can change it.
_EDGE = 1e-9


class ScaledClassifier(ClassifierMixin, BaseEstimator):
    """P(event) by a scikit-learn classifier on standardised features; missing values count as average.

    Where the model has a parameter ``max_rows``, it learns from so many rows, spread evenly over time.
    """

    random_state: int

    @abstractmethod
    def _model(self, columns: int) -> Any:
        """Return the unfitted classifier for so many features."""

    def _scaler(self) -> ClippedScaler:
        return ClippedScaler()

    def fit(self, X: npt.NDArray[np.float32], y: npt.NDArray[np.float64], sample_weight: Weights = None) -> Self:
        """Fit on ``X`` (n_rows, n_features) in order of date and ``y`` (n_rows,) of 0 and 1."""
        X, y, weighed = capped(self, X, y, sample_weight)
        self.scaler_ = self._scaler().fit(X)
        self.model_ = self._model(X.shape[1]).fit(self.scaler_.transform(X), y, **weighed)
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return probabilities (n_rows, 2); a row's does not depend on how many rows follow."""
        event = score_in_blocks(lambda part: self.model_.predict_proba(self.scaler_.transform(part))[:, 1], X)
        event = np.clip(event, _EDGE, 1 - _EDGE)
        return np.column_stack([1 - event, event])

    def predict(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the more probable class (n_rows,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class ScaledRegressor(RegressorMixin, BaseEstimator):
    """The expected return by a scikit-learn regressor on standardised features; missing values count as average.

    Returns are standardised for the fit, so that a penalty means the same at every horizon. Where the model has a
    parameter ``max_rows``, it learns from so many rows, spread evenly over time.
    """

    random_state: int

    @abstractmethod
    def _model(self, columns: int) -> Any:
        """Return the unfitted regressor for so many features."""

    def fit(self, X: npt.NDArray[np.float32], y: npt.NDArray[np.float64], sample_weight: Weights = None) -> Self:
        """Fit on ``X`` (n_rows, n_features) in order of date and returns ``y`` (n_rows,)."""
        X, y, weighed = capped(self, X, y, sample_weight)
        self.scaler_ = ClippedScaler().fit(X)
        self.mean_, self.spread_ = float(y.mean()), float(y.std()) or 1.0
        target = (y - self.mean_) / self.spread_
        self.model_ = self._model(X.shape[1]).fit(self.scaler_.transform(X), target, **weighed)
        return self

    def predict(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the expected returns (n_rows,); a row's does not depend on how many rows follow."""
        return self.mean_ + self.spread_ * score_in_blocks(
            lambda part: self.model_.predict(self.scaler_.transform(part)), X
        )

    def decision_function(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the score (n_rows,): the expected return, no probability."""
        return self.predict(X)


def capped(
    model: BaseEstimator, X: Any, y: npt.NDArray[np.float64], weights: Weights = None
) -> tuple[Any, npt.NDArray[np.float64], dict[str, npt.NDArray[np.float64]]]:
    """Return the rows that a model learns from: all, or ``max_rows`` of them spread evenly over time.

    The weights come as the argument that the library's ``fit`` takes, none where there are none.
    """
    params = model.get_params()
    if len(y) > params.get("max_rows", len(y)):
        rows = spread_rows(len(y), params["max_rows"], np.random.default_rng(params["random_state"]))
        X, y, weights = X[rows], y[rows], None if weights is None else weights[rows]
    return X, y, {} if weights is None else {"sample_weight": weights}
