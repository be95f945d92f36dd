"""Random forest."""

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from mltrainer.models.drawn_rows import DrawnTree


class RandomForest(RandomForestClassifier):
    """Random forest (Breiman 2001) whose trees see a sample of the rows; missing values are split natively.

    A tree on 7,500 of 180,000 rows costs a fraction of a tree on all of them and loses little: neighbouring rows repeat
    each other. On S&P 500 bars of 2013-2018, 20,000 rows a tree cost 2.3 times as much for 0.004 more AUC.

    Parameters
    ----------
    n_estimators
        Number of trees.
    min_samples_leaf
        Rows in a leaf.
    max_samples
        Rows drawn for each tree, with replacement; all of them where there are fewer.
    """

    def __init__(
        self, n_estimators: int = 100, min_samples_leaf: int = 50, max_samples: int = 7_500, random_state: int = 0
    ) -> None:
        super().__init__(
            n_estimators=n_estimators,
            min_samples_leaf=min_samples_leaf,
            max_samples=max_samples,
            max_features="sqrt",
            n_jobs=1,
            random_state=random_state,
        )
        self.estimator = DrawnTree()

    def fit(self, X, y, sample_weight=None):
        """Fit on ``X`` (n_rows, n_features) and ``y`` (n_rows,) of 0 and 1."""
        wanted = self.get_params()["max_samples"]
        self.max_samples = min(wanted, np.asarray(y).size)
        try:
            return super().fit(X, y, sample_weight)
        finally:
            self.max_samples = wanted
