"""The market's own regime in a trial."""

import numpy as np

from mltrainer.data.panel import FloatArray, Panel
from mltrainer.features.market import market_return
from mltrainer.regime.score import RegimeHistory, detect_regime

# Hidden states of the market, where nobody asks for another number.
STATES = 3


def regime_of(panel: Panel, *, states: int, seed: int) -> RegimeHistory:
    """Return the regime of every session from the equal-weight market, and VIX and credit spread where given.

    Raises
    ------
    DataError
        If there is too little to say anything.
    """
    return detect_regime(
        market_return(panel),
        sessions=panel.sessions,
        # After a split the price stands on another scale than its own mean.
        close=np.where(panel.barred, np.nan, panel.close),
        vix=known_series(panel, "VIXCLS"),
        credit=known_series(panel, "BAA10Y"),
        states=states,
        seed=seed,
    )


def known_series(panel: Panel, name: str) -> FloatArray | None:
    """Return a macro series as it was known on each session (n_dates,); None where the panel does not carry it."""
    if panel.macro is None or name not in panel.macro.series:
        return None
    return panel.macro.at(name, panel.sessions)
