"""The market's own regime in a trial."""

import json
from functools import partial
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


def regime_of(panel: Panel, *, states: int, seed: int, kept: Path | None = None) -> RegimeHistory:
    """Return the regime of every session from the equal-weight market, and VIX and credit spread where given.

    Parameters
    ----------
    kept
        Folder of the hidden states that were estimated before, by what they were estimated from; None estimates anew.

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
        fit=None if kept is None else partial(_fit_states, kept),
    )


def _fit_states(kept: Path, past: FloatArray, *how: Any) -> HiddenStates:
    """Estimate hidden states, or take over what an earlier trial estimated from the same past."""
    *start, previous = how
    before = [] if previous is None else [np.asarray(value).tobytes() for value in vars(previous).values()]
    about = json.dumps([*start, code_version(), libraries()], sort_keys=True)
    path = kept / f"{content_key('states', about, past.tobytes(), *before)}.json"
    if found := load_json(path):
        likelihood = found.pop("log_likelihood")
        return HiddenStates(**{name: np.array(value) for name, value in found.items()}, log_likelihood=likelihood)
    from mltrainer.regime.estimated import fit_states

    states = fit_states(past, *how)
    save_json(path, {name: np.asarray(value).tolist() for name, value in vars(states).items()})
    return states


def known_series(panel: Panel, name: str) -> FloatArray | None:
    """Return a macro series as it was known on each session (n_dates,); None where the panel does not carry it."""
    if panel.macro is None or name not in panel.macro.series:
        return None
    return panel.macro.at(name, panel.sessions)
