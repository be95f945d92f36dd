"""LightGBM."""

from typing import Any

from lightgbm import LGBMClassifier

_FIXED: dict[str, Any] = {
    "min_child_samples": 500,
    "subsample": 0.7,
    "subsample_freq": 1,
    "colsample_bytree": 0.5,
    "max_bin": 63,
    "deterministic": True,
    "force_row_wise": True,
    "n_jobs": 1,
    "verbose": -1,
}


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
        self,
        n_estimators: int = 100,
        num_leaves: int = 8,
        learning_rate: float = 0.05,
        random_state: int = 0,
        **others: Any,
    ) -> None:
        # The others are the library's own; they come back here when an estimator is cloned.
        super().__init__(
            n_estimators=n_estimators,
            num_leaves=num_leaves,
            learning_rate=learning_rate,
            random_state=random_state,
            **(_FIXED | others),
        )
