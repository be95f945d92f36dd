"""Scaling for models that need every feature present and of order one."""

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin


class ClippedScaler(TransformerMixin, BaseEstimator):
    """Standardise by the training rows' mean and deviation, clip, and put missing values in the middle.

    Parameters
    ----------
    limit
        Standard deviations at which a value is clipped.
    """

    def __init__(self, limit: float = 5.0) -> None:
        self.limit = limit

    def fit(self, X: npt.NDArray[np.float32], y: object = None) -> "ClippedScaler":
        """Learn mean and deviation of each column of ``X`` (n_rows, n_features), NaN left out."""
        finite = np.isfinite(X)
        count = np.maximum(finite.sum(axis=0), 1)
        self.mean_ = np.where(finite, X, 0).sum(axis=0, dtype=np.float64) / count
        spread = np.where(finite, X - self.mean_, 0)
        deviation = np.sqrt((spread**2).sum(axis=0, dtype=np.float64) / count)
        # A constant column carries nothing; dividing by its rounding error would make noise of it.
        self.scale_ = np.where(deviation > 1e-12, deviation, np.inf)
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the scaled matrix (n_rows, n_features) in double precision."""
        scaled = np.clip((X - self.mean_) / self.scale_, -self.limit, self.limit)
        return np.nan_to_num(scaled, nan=0.0)
