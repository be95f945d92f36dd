"""LightGBM as a ranker."""

import numpy as np
import numpy.typing as npt

from mltrainer.models.lgbm import LeafBoosting

_GRADES = 5


class LambdaRank(LeafBoosting):
    """The order of a day's tickers by LambdaMART on grades of their returns (Burges 2010; Ke et al. 2017)."""

    def fit(self, X: npt.NDArray[np.float32], y: npt.NDArray[np.float64], dates: npt.NDArray[np.int32]) -> "LambdaRank":
        """Fit on ``X`` (n_rows, n_features), returns ``y`` (n_rows,) and the session of each row, in order."""
        X, y, _ = self._to_learn(X, y)
        starts = np.flatnonzero(np.r_[True, dates[1:] != dates[:-1]])
        sizes = np.diff(np.r_[starts, len(y)])
        # The rank of each return within its day: rows are sorted by day already, so the order stays inside the days.
        rank = np.empty(len(y), dtype=np.int64)
        rank[np.lexsort((y, dates))] = np.arange(len(y))
        share = (rank - np.repeat(starts, sizes)) / np.repeat(sizes, sizes)
        # The order of a day needs all of its tickers: rows are not sampled.
        return self._boost(
            X, (share * _GRADES).astype(np.int64), {"objective": "lambdarank", "bagging_freq": 0}, group=sizes
        )

    def decision_function(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the score (n_rows,): a place in the order of the day, no probability."""
        return self._raw(X)[:, 0]
