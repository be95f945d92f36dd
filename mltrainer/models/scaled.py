"""What models share that need every feature present and of order one."""

from abc import abstractmethod
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator

from mltrainer.models.blocks import score_in_blocks
from mltrainer.models.checked import TabularClassifier, TabularRegressor
from mltrainer.models.sampling import spread_rows
from mltrainer.models.scaling import ClippedScaler

Weights = npt.NDArray[np.float64] | None
# A probability of exactly 0 or 1 would say that nothing can change it.
_EDGE = 1e-9


class ScaledClassifier(TabularClassifier):
    """P(event) by a scikit-learn classifier on standardised features; missing values count as average.

    Where the model has a parameter ``max_rows``, it learns from so many rows, spread evenly over time.
    """

    random_state: int

    @abstractmethod
    def _model(self, columns: int) -> Any:
        """Return the unfitted classifier for so many features."""

    def _scaler(self) -> ClippedScaler:
        return ClippedScaler()

    def fit(self, X: npt.NDArray[np.float32], y: npt.NDArray[np.float64]) -> Self:
        """Fit on ``X`` (n_rows, n_features) in order of date and ``y`` (n_rows,) of two classes."""
        return self._fit(X, y)

    def _fit(self, X: Any, y: Any, weights: Weights = None) -> Self:
        X, y, weights = self._to_learn(X, y, weights)
        X, place, weighed = capped(self, X, self._two_classes(y, weights), weights)
        self.scaler_ = self._scaler().fit(X, **weighed)
        self.model_ = self._model(X.shape[1]).fit(self.scaler_.transform(X), place, **weighed)
        return self

    def predict_proba(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return probabilities (n_rows, 2); a row's does not depend on how many rows follow."""
        rows = self._to_score(X)
        event = score_in_blocks(lambda part: self.model_.predict_proba(self.scaler_.transform(part))[:, 1], rows)
        event = np.clip(event, _EDGE, 1 - _EDGE)
        return np.column_stack([1 - event, event])


class WeighedClassifier(ScaledClassifier):
    """One whose rows may count more or less."""

    def fit(self, X: npt.NDArray[np.float32], y: npt.NDArray[np.float64], sample_weight: Weights = None) -> Self:
        """Fit on ``X`` (n_rows, n_features) in order of date, ``y`` (n_rows,) of two classes and weights (n_rows,)."""
        return self._fit(X, y, sample_weight)


class ScaledRegressor(TabularRegressor):
    """The expected return by a scikit-learn regressor on standardised features; missing values count as average.

    Returns are standardised for the fit, so that a penalty means the same at every horizon. Where the model has a
    parameter ``max_rows``, it learns from so many rows, spread evenly over time.
    """

    random_state: int

    @abstractmethod
    def _model(self, columns: int) -> Any:
        """Return the unfitted regressor for so many features."""

    def fit(self, X: npt.NDArray[np.float32], y: npt.NDArray[np.float64]) -> Self:
        """Fit on ``X`` (n_rows, n_features) in order of date and returns ``y`` (n_rows,)."""
        return self._fit(X, y)

    def _fit(self, X: Any, y: Any, weights: Weights = None) -> Self:
        X, y, weighed = capped(self, *self._to_learn(X, y, weights))
        self.scaler_ = ClippedScaler().fit(X, **weighed)
        self.mean_ = float(np.average(y, weights=weighed.get("sample_weight")))
        self.spread_ = float(np.sqrt(np.average((y - self.mean_) ** 2, weights=weighed.get("sample_weight")))) or 1.0
        target = (y - self.mean_) / self.spread_
        self.model_ = self._model(X.shape[1]).fit(self.scaler_.transform(X), target, **weighed)
        return self

    def predict(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the expected returns (n_rows,); a row's does not depend on how many rows follow."""
        rows = self._to_score(X)
        scaled = score_in_blocks(lambda part: self.model_.predict(self.scaler_.transform(part)), rows)
        return self.mean_ + self.spread_ * scaled

    def decision_function(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the score (n_rows,): the expected return, no probability."""
        return self.predict(X)


class WeighedRegressor(ScaledRegressor):
    """One whose rows may count more or less."""

    def fit(self, X: npt.NDArray[np.float32], y: npt.NDArray[np.float64], sample_weight: Weights = None) -> Self:
        """Fit on ``X`` (n_rows, n_features) in order of date, returns ``y`` (n_rows,) and weights (n_rows,)."""
        return self._fit(X, y, sample_weight)


def capped(
    model: BaseEstimator, X: Any, y: npt.NDArray[Any], weights: Weights = None
) -> tuple[Any, npt.NDArray[Any], dict[str, npt.NDArray[np.float64]]]:
    """Return the rows that a model learns from: all, or ``max_rows`` of them spread evenly over time.

    The weights come as the argument that the library's ``fit`` takes, none where there are none.
    """
    params = model.get_params()
    if len(y) > params.get("max_rows", len(y)):
        rows = spread_rows(len(y), params["max_rows"], np.random.default_rng(params["random_state"]))
        X, y, weights = X[rows], y[rows], None if weights is None else weights[rows]
    return X, y, {} if weights is None else {"sample_weight": weights}
