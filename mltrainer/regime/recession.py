"""The chance of a recession a year from now, from the slope of the yield curve alone."""

from typing import Any

import numpy as np
from scipy.special import ndtr

from mltrainer.data.panel import FloatArray

QUARTER = 63
# Estrella & Mishkin 1996, "The yield curve as a predictor of U.S. recessions": these give back their table.
_INTERCEPT, _SLOPE = -0.6624, -0.8115


def recession_probability(spread: float) -> float:
    """Return the probability of a U.S. recession four quarters ahead.

    The probit of Estrella & Mishkin (1996), estimated on 1960 to 1995 and left as published: nothing of a later
    market is in it. It is no part of the regime score, since curves are steep in crises.

    Parameters
    ----------
    spread
        Yield of ten years less that of three months, mean of a quarter, percentage points.
    """
    return float(ndtr(_INTERCEPT + _SLOPE * spread))


def recession_risk(spread: FloatArray) -> dict[str, Any] | None:
    """Return ``probability`` and the quarter's mean ``spread`` on the last session; None without enough values.

    Parameters
    ----------
    spread
        (n_dates,) as known on each session, percentage points; NaN where unknown.
    """
    quarter = spread[-QUARTER:]
    if np.isfinite(quarter).sum() < QUARTER:
        return None
    mean = float(quarter.mean())
    return {"probability": recession_probability(mean), "spread": mean, "months_ahead": 12}
