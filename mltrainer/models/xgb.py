"""XGBoost."""

from xgboost import XGBClassifier


class XGBoost(XGBClassifier):
    """Gradient boosting by histograms (Chen & Guestrin 2016), small trees, rows and columns sampled.

    Parameters
    ----------
    n_estimators
        Boosting rounds.
    max_depth
        Depth of a tree.
    learning_rate
        Shrinkage of each round.
    """

    def __init__(
        self, n_estimators: int = 200, max_depth: int = 4, learning_rate: float = 0.05, random_state: int = 0
    ) -> None:
        super().__init__(
            n_estimators=n_estimators,
            max_depth=max_depth,
            learning_rate=learning_rate,
            subsample=0.7,
            colsample_bytree=0.5,
            min_child_weight=20,
            max_bin=64,
            tree_method="hist",
            n_jobs=1,
            random_state=random_state,
        )
