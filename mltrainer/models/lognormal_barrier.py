"""The lognormal barrier."""

import numpy as np

from mltrainer.models.histories import Past
from mltrainer.models.path_forecaster import Path, PathForecaster, volatility


class LognormalBarrier(PathForecaster):
    """P(event) of a lognormal walk without drift at the ticker's own volatility (Black & Scholes 1973; Merton 1973).

    What a barrier option would be priced by, with closes watched session by session. It knows no direction.

    Parameters
    ----------
    decay
        How much the weight of a return in the volatility falls from session to session (RiskMetrics 1996).
    random_state
        Not used: nothing is drawn. Kept so that every model is made the same way.
    """

    shocks = "normal"

    def __init__(self, decay: float = 0.97, random_state: int = 0) -> None:
        self.decay = decay
        self.random_state = random_state

    def _learn(self, past: Past) -> None:
        """Nothing is learned: the volatility of the day is all there is."""

    def _paths(self, past: Past, sessions: int) -> list[Path]:
        deviation = volatility(past.returns, self.decay)
        return [Path(np.zeros(deviation.shape), deviation)]
