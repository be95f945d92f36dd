"""The market's own regime in a trial."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mltrainer.data.panel import FloatArray, Panel
from mltrainer.features.market import market_return
from mltrainer.regime.hidden import HiddenStates
from mltrainer.regime.score import RegimeHistory, detect_regime
from mltrainer.trials.engine import content_key
from mltrainer.trials.kept_values import load_json, save_json
from mltrainer.trials.versions import code_version, libraries

# Hidden states of the market, where nobody asks for another number.
STATES = 3


@dataclass
class KeptStates:
    """Hidden states of the market that trials share, by what they were estimated from.

    Parameters
    ----------
    folder
        Where they lie.
    taken
        How many were taken over so far.
    """

    folder: Path
    taken: int = 0

    def fit(self, past: FloatArray, *how: Any) -> HiddenStates:
        """Estimate hidden states as `estimated.fit_states` does, or take over what was estimated from the same past."""
        *start, previous = how
        before = [] if previous is None else [np.asarray(value).tobytes() for value in vars(previous).values()]
        about = json.dumps([*start, code_version(), libraries()], sort_keys=True)
        path = self.folder / f"{content_key('states', about, past.tobytes(), *before)}.json"
        if found := load_json(path):
            self.taken += 1
            likelihood = found.pop("log_likelihood")
            return HiddenStates(**{name: np.array(value) for name, value in found.items()}, log_likelihood=likelihood)
        from mltrainer.regime.estimated import fit_states

        states = fit_states(past, *how)
        save_json(path, {name: np.asarray(value).tolist() for name, value in vars(states).items()})
        return states


def regime_of(panel: Panel, *, states: int, seed: int, kept: KeptStates | None = None) -> RegimeHistory:
    """Return the regime of every session from the equal-weight market, and VIX and credit spread where given.

    Parameters
    ----------
    kept
        Hidden states that were estimated before; None estimates anew.

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
        fit=None if kept is None else kept.fit,
    )


def known_series(panel: Panel, name: str) -> FloatArray | None:
    """Return a macro series as it was known on each session (n_dates,); None where the panel does not carry it."""
    if panel.macro is None or name not in panel.macro.series:
        return None
    return panel.macro.at(name, panel.sessions)
