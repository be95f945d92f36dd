"""What statistical models share: the distribution of a ticker's path, turned into the probability of the event."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter
from sklearn.base import BaseEstimator, ClassifierMixin

from mltrainer.models.event_mark import LABELS, mark_of
from mltrainer.models.histories import FloatArray, Histories, Past
from mltrainer.models.reach import WATCHED_ALL_DAY, Shocks, reach_table
from mltrainer.models.reach_first import chance_of_first
from mltrainer.models.target_event import TargetEvent

# With fewer past returns a ticker has no volatility yet.
FEWEST = 21
# With fewer returns of every ticker nothing is learned at all.
_TO_LEARN = 31
# With fewer returns a ticker's own parameters are mostly chance, and it takes the median ticker's.
_FOR_ITS_OWN = 250
# A probability of exactly 0 or 1 would say that nothing can change it.
_EDGE = 1e-6


@dataclass(frozen=True, eq=False)
class Path:
    """A ticker's log price over the horizon as a random walk, in cells (n_dates, n_tickers), NaN where not known.

    Parameters
    ----------
    drift
        Expected log return of a session.
    deviation
        Standard deviation of a session's log return.
    weight
        Probability that this is the walk, where a model has several.
    """

    drift: FloatArray
    deviation: FloatArray
    weight: FloatArray | float = 1.0


class PathForecaster(ClassifierMixin, BaseEstimator):
    """P(event) from the forecast distribution of a ticker's returns; past events themselves are not learned from.

    A row without enough past to forecast gets the base rate of the training rows. Shocks are Student's t with 5 degrees
    of freedom unless a model says otherwise, and equally large in every session of the horizon.
    """

    shocks: Shocks = "t5"
    labels: tuple[str, ...] = LABELS

    @abstractmethod
    def _learn(self, past: Past) -> None:
        """Learn parameters from the past of the training rows."""

    @abstractmethod
    def _paths(self, past: Past, sessions: int) -> list[Path]:
        """Return the walks of the next sessions as seen at the close of each."""

    def fit(self, X: Histories, y: npt.NDArray[np.float64], event: TargetEvent) -> Self:
        """Fit on the past of the rows, their events ``y`` (n_rows,) of 0 and 1, and what the event is.

        Raises
        ------
        ValueError
            If the event is one whose probability is not computed, or no ticker has past returns enough.
        """
        if event.label not in self.labels:
            known = ", ".join(self.labels)
            raise ValueError(f"it computes no probability for the label {event.label}, only for {known}")
        if (np.isfinite(X.past.returns).sum(axis=0) < _TO_LEARN).all():
            raise ValueError(f"no ticker has {_TO_LEARN} daily returns to learn from")
        self.classes_ = np.unique(y)
        self.base_rate_ = float(np.mean(y))
        self.event_ = event
        self._learn(X.past)
        return self

    def predict_proba(self, X: Histories) -> npt.NDArray[np.float64]:
        """Return probabilities (n_rows, 2); a row's depends on the past of its date and on no other row."""
        if not len(X):
            return np.empty((0, 2))
        chance = X.of_rows(self._chances(X.past))
        event = np.clip(np.where(np.isfinite(chance), chance, self.base_rate_), _EDGE, 1 - _EDGE)
        return np.column_stack([1 - event, event])

    def predict(self, X: Histories) -> npt.NDArray[np.float64]:
        """Return the more probable class (n_rows,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _chances(self, past: Past) -> FloatArray:
        """Return P(event) in cells (n_dates, n_tickers)."""
        paths = self._paths(past, self.event_.horizon[1])
        drift = np.sum([path.weight * path.drift for path in paths], axis=0)
        deviation = np.sqrt(np.sum([path.weight * path.deviation**2 for path in paths], axis=0))
        level, passed = mark_of(self.event_, past, drift, deviation)
        ask = {"on_the_way": self._reached, "at_the_end": self._ends_above, "first": self._first}[passed]
        return np.sum([path.weight * ask(level, path) for path in paths], axis=0)

    def _reached(self, level: FloatArray, path: Path) -> FloatArray:
        """Return the probability that a price of the window is at ``level`` or above, in cells."""
        table = reach_table(*self.event_.horizon, self.shocks)
        return table.chance(self._distance(level, path), _in_deviations(path.drift, path))

    def _ends_above(self, level: FloatArray, path: Path) -> FloatArray:
        """Return the probability that the last close of the window is at ``level`` or above, in cells."""
        last = self.event_.horizon[1]
        table = reach_table(last, last, self.shocks)
        return table.chance(_in_deviations(level, path), _in_deviations(path.drift, path))

    def _first(self, level: FloatArray, path: Path) -> FloatArray:
        """Return the probability that a price is at ``level`` or above before one is at the stop, in cells."""
        stop = self._distance(np.full((1, 1), -np.log1p(-self.event_.stop)), path)
        return chance_of_first(
            self._distance(level, path), stop, _in_deviations(path.drift, path), self.event_.horizon[1], self.shocks
        )

    def _distance(self, level: FloatArray, path: Path) -> FloatArray:
        """Return how far away a level is, in standard deviations of a session."""
        watched = WATCHED_ALL_DAY if self.event_.touch == "high" else 0.0
        return _in_deviations(level, path) - watched


def _in_deviations(values: FloatArray, path: Path) -> FloatArray:
    return values / np.where(path.deviation > 0, path.deviation, np.nan)


def volatility(returns: FloatArray, decay: float) -> FloatArray:
    """Return the standard deviation of daily returns by exponential weights, (n_dates, n_tickers).

    The mean of squares with weights that fall by ``decay`` a session (RiskMetrics 1996, with the sum of weights as
    divisor, so that the first sessions count as they are). NaN before 21 returns.
    """
    known = np.isfinite(returns)
    squares = lfilter([1.0], [1.0, -decay], np.where(known, returns, 0.0) ** 2, axis=0)
    weights = lfilter([1.0], [1.0, -decay], known.astype(np.float64), axis=0)
    enough = np.cumsum(known, axis=0) >= FEWEST
    return np.where(enough, np.sqrt(squares / np.where(enough, weights, 1.0)), np.nan)


def with_own_parameters(returns: FloatArray) -> npt.NDArray[np.bool_]:
    """Return which tickers (n_tickers,) have returns enough for parameters of their own, and returns that vary.

    At least 250 returns, or as many as any ticker has.

    Raises
    ------
    ValueError
        If no ticker's returns vary.
    """
    known = np.isfinite(returns)
    count = known.sum(axis=0)
    varies = np.where(known, returns, -np.inf).max(axis=0) > np.where(known, returns, np.inf).min(axis=0)
    if not varies.any():
        raise ValueError("no ticker's price moves")
    return varies & (count >= min(_FOR_ITS_OWN, int(count[varies].max())))
