"""Extremely randomised trees."""

from sklearn.ensemble import ExtraTreesClassifier

from mltrainer.models.drawn_rows import DrawnExtraTree


class ExtraTrees(ExtraTreesClassifier):
    """Trees that split at random places (Geurts et al. 2006), each on a quarter of the rows.

    Missing values are split natively.

    Parameters
    ----------
    n_estimators
        Number of trees.
    min_samples_leaf
        Rows in a leaf.
    """

    def __init__(self, n_estimators: int = 100, min_samples_leaf: int = 100, random_state: int = 0) -> None:
        super().__init__(
            n_estimators=n_estimators,
            min_samples_leaf=min_samples_leaf,
            max_features=0.3,
            bootstrap=True,
            max_samples=0.25,
            n_jobs=1,
            random_state=random_state,
        )
        self.estimator = DrawnExtraTree()
