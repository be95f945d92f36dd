"""The regime of the last session, as the result document carries it."""

from typing import Any, cast

import numpy as np

from mltrainer.data.panel import FloatArray
from mltrainer.regime.followed import fall_risk, next_month
from mltrainer.regime.recession import recession_risk
from mltrainer.regime.score import FIRST_SCORE, STATE_NAMES, RegimeHistory, label_of
from mltrainer.settings.errors import DataError
from mltrainer.settings.result import Regime


def summary(history: RegimeHistory, spread: FloatArray | None = None, evaluated: int | None = None) -> Regime:
    """Return score, label, filtered probabilities and components of the last session, and what followed such scores.

    Parameters
    ----------
    spread
        (n,) yield of ten years less that of three months as known on each session, percentage points.
    evaluated
        How many sessions, from the first on, may say what followed; all unless given.

    Raises
    ------
    DataError
        If the last session has no score.
    """
    score = float(history.score[-1])
    if not np.isfinite(score):
        n = len(history.sessions)
        short = (
            f"a score needs {FIRST_SCORE} sessions, there are {n}" if n < FIRST_SCORE else "the last session is empty"
        )
        raise DataError(
            f"the regime is unavailable: {short}",
            hint=f"load at least {FIRST_SCORE} sessions of bars",
            code="data_short",
        )
    probabilities = history.probabilities[-1]
    names = STATE_NAMES[len(probabilities)]
    past: dict[str, Any] = {"next_month": next_month(history.score[:evaluated], history.market_return[:evaluated])}
    if (risk := fall_risk(history.score, history.market_return, evaluated)) is not None:
        past["fall_risk"] = risk
    return Regime(
        score=score,
        label=cast(Any, label_of(score)),
        probabilities=dict(zip(names, map(float, probabilities), strict=True)) if np.isfinite(probabilities[0]) else {},
        components={name: float(v[-1]) for name, v in history.components.items() if np.isfinite(v[-1])},
        missing=list(history.missing),
        as_of=str(history.sessions[-1]),
        states=[dict(state) for state in history.states],
        history=past,
        recession=None if spread is None else recession_risk(spread),
    )
