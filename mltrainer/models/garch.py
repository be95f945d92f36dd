"""GARCH(1,1)."""

import numpy as np

from mltrainer.models.garch_likelihood import fit_garch, forecast_variance
from mltrainer.models.histories import Past
from mltrainer.models.path_forecaster import Path, PathForecaster, with_own_parameters


class GARCH(PathForecaster):
    """P(event) at the volatility that a GARCH(1,1) of each ticker forecasts (Bollerslev 1986).

    The parameters are a ticker's own, by quasi-maximum likelihood; the path has no drift, so it knows no direction.

    Parameters
    ----------
    random_state
        Not used: nothing is drawn. Kept so that every model is made the same way.
    """

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def _learn(self, past: Past) -> None:
        enough = with_own_parameters(past.returns)
        own = np.full((5, past.returns.shape[1]), np.nan)
        own[:4, enough] = fit_garch(past.returns[:, enough])
        own[4, enough] = np.nanvar(past.returns[:, enough], axis=0)
        self.params_ = np.where(np.isfinite(own), own, np.nanmedian(own, axis=1)[:, None])

    def _paths(self, past: Past, sessions: int) -> list[Path]:
        variance = forecast_variance(past.returns, self.params_[:4], self.params_[4], sessions)
        return [Path(np.zeros(variance.shape), np.sqrt(variance))]
