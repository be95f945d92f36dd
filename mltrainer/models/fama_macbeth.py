"""Fama-MacBeth regression."""

import numpy as np
import numpy.typing as npt

from mltrainer.models.blocks import score_in_blocks
from mltrainer.models.checked import TabularRegressor
from mltrainer.models.scaling import ClippedScaler

# With fewer tickers a day says nothing about the slopes.
_FEWEST = 10


class FamaMacBeth(TabularRegressor):
    """Relative expected return from the mean of the slopes of one regression a day (Fama & MacBeth 1973).

    Each day's regression runs across the tickers, with a ridge penalty, since features are many and tickers few. What
    moves all tickers of a day alike leaves no trace in the slopes.

    Parameters
    ----------
    penalty
        Strength of the L2 penalty of each day's regression.
    random_state
        Not used: the solution is unique. Kept so that every model is made the same way.
    """

    def __init__(self, penalty: float = 10.0, random_state: int = 0) -> None:
        self.penalty = penalty
        self.random_state = random_state

    def fit(
        self, X: npt.NDArray[np.float32], y: npt.NDArray[np.float64], dates: npt.NDArray[np.int32]
    ) -> "FamaMacBeth":
        """Fit on ``X`` (n_rows, n_features), returns ``y`` (n_rows,) and the session of each row, in order.

        Raises
        ------
        ValueError
            If no day has ten tickers.
        """
        X, y, _ = self._to_learn(X, y)
        self.scaler_ = ClippedScaler().fit(X)
        starts = np.flatnonzero(np.r_[True, dates[1:] != dates[:-1]])
        slopes = [
            self._slopes(self.scaler_.transform(X[first:stop]), y[first:stop])
            for first, stop in zip(starts, np.r_[starts[1:], len(y)], strict=True)
            if stop - first >= _FEWEST
        ]
        if not slopes:
            raise ValueError(f"no day has {_FEWEST} tickers with an outcome")
        self.coef_ = np.mean(slopes, axis=0)
        return self

    def _slopes(self, day: npt.NDArray[np.float64], returns: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        day = day - day.mean(axis=0)
        square = day.T @ day + self.penalty * np.eye(day.shape[1])
        return np.linalg.solve(square, day.T @ (returns - returns.mean()))

    def predict(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the expected returns beyond the market's (n_rows,)."""
        return score_in_blocks(lambda part: self.scaler_.transform(part) @ self.coef_, self._to_score(X))

    def decision_function(self, X: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the score (n_rows,): the expected return, no probability."""
        return self.predict(X)
