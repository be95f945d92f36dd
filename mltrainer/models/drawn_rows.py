"""Trees of a forest that are grown on the rows which were drawn for them, without looking at the others."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier


class DrawnRows:
    """Makes a tree of scikit-learn look at the rows with a weight alone; it is the same tree, bit for bit.

    A forest tells its trees which rows were drawn by weights, zero for most of them. Each tree then sorts the classes
    of all rows, which took 42 % of a forest of 100 trees on 7,500 of 248,000 rows.
    """

    def _fit(
        self,
        X: npt.NDArray[np.float32],
        y: npt.NDArray[np.float64],
        sample_weight: npt.NDArray[np.float64],
        **given: Any,
    ) -> Self:
        """Fit on ``X`` (n_rows, n_features) and the numbers of the classes, ``y`` (n_rows, 1); see scikit-learn."""
        drawn = np.flatnonzero(sample_weight)
        if len(np.unique(y[drawn])) == y.max() + 1:
            X, y, sample_weight = X[drawn], y[drawn], sample_weight[drawn]
        # Else a class is missing there, which the tree must know of.
        fitted: Self = super()._fit(X, y, sample_weight=sample_weight, **given)  # type: ignore[misc]
        return fitted


class DrawnTree(DrawnRows, DecisionTreeClassifier):
    """Tree of a random forest."""


class DrawnExtraTree(DrawnRows, ExtraTreeClassifier):
    """Tree of extremely randomised trees."""
