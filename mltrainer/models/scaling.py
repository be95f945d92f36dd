"""Scaling for models that need every feature present and of order one."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin

# Rows that fit the processor's cache: each number is fetched from memory once, not once for every step.
_BLOCK = 2048


class ClippedScaler(TransformerMixin, BaseEstimator):
    """Standardise by the training rows' mean and deviation, clip, and put missing values in the middle.

    Parameters
    ----------
    limit
        Standard deviations at which a value is clipped.
    step
        Standard deviations that scaled values are rounded to, none where 0: trees sort few different values faster.
    """

    def __init__(self, limit: float = 5.0, step: float = 0.0) -> None:
        self.limit = limit
        self.step = step

    def fit(
        self, X: npt.NDArray[np.float32], y: object = None, sample_weight: npt.NDArray[np.float64] | None = None
    ) -> "ClippedScaler":
        """Learn mean and deviation of each column of ``X`` (n_rows, n_features), NaN left out, rows by their weight."""
        shape = X.shape[1]
        count, total, squares = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        # Sums of squares lose their digits far from zero: they are taken about the mean of the first rows.
        near = _mean_of_finite(X[:_BLOCK])
        for rows in _blocks(len(X)):
            part = X[rows] - near
            absent = ~np.isfinite(part)
            part[absent] = 0
            weight = np.ones(len(part)) if sample_weight is None else sample_weight[rows]
            count += weight.sum() - weight @ absent
            total += weight @ part
            squares += np.einsum("i,ij,ij->j", weight, part, part)
        count = np.where(count > 0, count, 1)
        beyond = total / count
        self.mean_ = near + beyond
        deviation = np.sqrt(np.maximum(squares / count - beyond**2, 0))
        # A constant column carries nothing; dividing by its rounding error would make noise of it.
        self.scale_ = np.where(deviation > 1e-12, deviation, np.inf)
        self.n_features_in_ = shape
        return self

    def transform(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the scaled matrix (n_rows, n_features) in double precision."""
        scaled = np.empty(X.shape)
        for rows in _blocks(len(X)):
            part = np.subtract(X[rows], self.mean_, out=scaled[rows])
            part /= self.scale_
            np.clip(part, -self.limit, self.limit, out=part)
            part[np.isnan(part)] = 0
            if self.step:
                part /= self.step
                np.rint(part, out=part)
                part *= self.step
        return scaled


def _blocks(count: int) -> Iterator[slice]:
    return (slice(start, start + _BLOCK) for start in range(0, count, _BLOCK))


def _mean_of_finite(X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    finite = np.isfinite(X)
    return np.where(finite, X, 0).sum(axis=0, dtype=np.float64) / np.maximum(finite.sum(axis=0), 1)
