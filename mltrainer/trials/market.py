"""The market's own regime in a trial."""

import numpy as np

from mltrainer.data.panel import FloatArray, Panel
from mltrainer.features.market import market_return
from mltrainer.regime.score import RegimeHistory, detect_regime


def regime_of(panel: Panel, *, states: int, seed: int) -> RegimeHistory:
    """Return the regime of every session from the equal-weight market, and VIX and credit spread where given.

    Raises
    ------
    DataError
        If there is too little to say anything.
    """
    held = set(np.unique(panel.macro.series).tolist()) if panel.macro else set()

    def series(name: str) -> FloatArray | None:
        return panel.macro.at(name, panel.sessions) if panel.macro and name in held else None

    return detect_regime(
        market_return(panel),
        sessions=panel.sessions,
        # After a split the price stands on another scale than its own mean.
        close=np.where(panel.barred, np.nan, panel.close),
        vix=series("VIXCLS"),
        credit=series("BAA10Y"),
        states=states,
        seed=seed,
    )
