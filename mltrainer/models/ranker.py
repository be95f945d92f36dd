"""LightGBM as a ranker."""

import numpy as np
import numpy.typing as npt
from lightgbm import LGBMRanker
from sklearn.base import BaseEstimator

_GRADES = 5


class LambdaRank(BaseEstimator):
    """The order of a day's tickers by LambdaMART on grades of their returns (Burges 2010; Ke et al. 2017).

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
        self.n_estimators = n_estimators
        self.num_leaves = num_leaves
        self.learning_rate = learning_rate
        self.random_state = random_state

    def fit(self, X: npt.NDArray[np.float32], y: npt.NDArray[np.float64], dates: npt.NDArray[np.int32]) -> "LambdaRank":
        """Fit on ``X`` (n_rows, n_features), returns ``y`` (n_rows,) and the session of each row, in order."""
        starts = np.flatnonzero(np.r_[True, dates[1:] != dates[:-1]])
        sizes = np.diff(np.r_[starts, len(y)])
        # The rank of each return within its day: rows are sorted by day already, so the order stays inside the days.
        rank = np.empty(len(y), dtype=np.int64)
        rank[np.lexsort((y, dates))] = np.arange(len(y))
        share = (rank - np.repeat(starts, sizes)) / np.repeat(sizes, sizes)
        self.model_ = LGBMRanker(
            n_estimators=self.n_estimators,
            num_leaves=self.num_leaves,
            learning_rate=self.learning_rate,
            min_child_samples=500,
            colsample_bytree=0.5,
            max_bin=63,
            deterministic=True,
            force_row_wise=True,
            n_jobs=1,
            verbose=-1,
            random_state=self.random_state,
        )
        self.model_.fit(X, (share * _GRADES).astype(np.int64), group=sizes)
        return self

    def decision_function(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the score (n_rows,): a place in the order of the day, no probability."""
        return np.asarray(self.model_.predict(X), dtype=np.float64) if len(X) else np.empty(0)
