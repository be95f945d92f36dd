"""LightGBM."""

from lightgbm import LGBMClassifier


class LightGBM(LGBMClassifier):
    """Gradient boosting with leaf-wise trees (Ke et al. 2017), rows and columns sampled.

    Parameters
    ----------
    n_estimators
        Boosting rounds.
    num_leaves
        Leaves of a tree.
    learning_rate
        Shrinkage of each round.
    """

    def __init__(
        self, n_estimators: int = 100, num_leaves: int = 8, learning_rate: float = 0.05, random_state: int = 0
    ) -> None:
        super().__init__(
            n_estimators=n_estimators,
            num_leaves=num_leaves,
            learning_rate=learning_rate,
            min_child_samples=500,
            subsample=0.7,
            subsample_freq=1,
            colsample_bytree=0.5,
            max_bin=63,
            deterministic=True,
            force_row_wise=True,
            n_jobs=1,
            verbose=-1,
            random_state=random_state,
        )
