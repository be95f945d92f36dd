"""How estimators on the feature matrix look at what they are given, as scikit-learn's conventions ask of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

# Missing values are the rule among features; what is infinite is a fault.
_ROWS = {"ensure_all_finite": "allow-nan", "dtype": (np.float32, np.float64)}


class TabularEstimator(BaseEstimator):
    """An estimator on rows of features, in which NaN says that a value is missing."""

    n_features_in_: int

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def _to_learn(self, X: Any, y: Any, weights: Any = None) -> tuple[Any, Any, Any]:
        """Return what ``fit`` was given as arrays, and remember how many features there are.

        Raises
        ------
        ValueError
            If shapes do not fit, values are infinite or no numbers, or all weights are 0.
        """
        X, y = validate_data(self, X, y, **_ROWS)
        if weights is not None:
            weights = _check_sample_weight(weights, X, dtype=np.float64, ensure_non_negative=True)
        return X, y, weights

    def _to_score(self, X: Any) -> Any:
        """Return the rows as an array.

        Raises
        ------
        NotFittedError
            If nothing was fitted.
        ValueError
            If there are other features than those it was fitted on.
        """
        check_is_fitted(self)
        return validate_data(self, X, reset=False, **_ROWS)


class TabularClassifier(ClassifierMixin, TabularEstimator):
    """One that tells two classes apart: the event happens, or it does not."""

    classes_: npt.NDArray[Any]
    predict_proba: Callable[[Any], npt.NDArray[np.float64]]

    def predict(self, X: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
        """Return the more probable class (n_rows,)."""
        more_probable = self.predict_proba(X).argmax(axis=1)
        return self.classes_[more_probable]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        # Defaults are for a hundred thousand rows that are nearly noise, and stiff on a hundred clear ones.
        tags.classifier_tags.poor_score = True
        return tags

    def _two_classes(self, y: Any, weights: Any = None) -> npt.NDArray[np.int64]:
        """Remember the two classes and return the place of each row's, (n_rows,).

        Raises
        ------
        ValueError
            If there are fewer or more than two.
        """
        check_classification_targets(y)
        self.classes_, place = np.unique(y, return_inverse=True)
        if len(np.unique(y if weights is None else y[weights > 0])) < 2:
            raise ValueError("the training rows hold one class only")
        if len(self.classes_) > 2:
            raise ValueError(
                f"Only binary classification is supported: the training rows hold {len(self.classes_)} classes"
            )
        return place


class TabularRegressor(RegressorMixin, TabularEstimator):
    """One that learns returns."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        return tags
