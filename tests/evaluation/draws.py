"""Predictions and outcomes for the tests of this folder."""

import numpy as np
from scipy.special import expit


def ragged_predictions(seed, n_dates=60, most=45, ties=False):
    """Return rows sorted by date: dates of different sizes, some under 20 rows, the last without outcomes."""
    rng = np.random.default_rng(seed)
    date = np.repeat(100 + np.arange(n_dates), rng.integers(5, most, n_dates))
    skill = rng.standard_normal(len(date))
    probability = expit(-2 + 0.9 * skill)
    if ties:
        probability = np.round(probability, 2)
    event = (rng.random(len(date)) < expit(-2 + 0.8 * skill)).astype(float)
    realized = 0.01 * skill + 0.05 * rng.standard_normal(len(date))
    unknown = date >= date[-1] - 5
    event[unknown] = np.nan
    realized[unknown] = np.nan
    return {
        "date": date,
        "probability": probability,
        "expected_return": 0.02 * probability - 0.001,
        "event": event,
        "realized": realized,
    }


def reference_scores():
    """Return calibration and test scores with events: base rate 7 %, scores spread twice as wide as they should be."""
    rng = np.random.default_rng(2024)

    def draw(n):
        z = rng.standard_normal(n)
        event = (rng.random(n) < expit(-2.9 + 0.9 * z)).astype(float)
        return expit(2 * z - 1), event

    return *draw(4000), *draw(200_000)
