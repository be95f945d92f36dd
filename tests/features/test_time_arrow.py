"""On a market without memory no feature is related to the return of the next days."""

import numpy as np
from scipy.stats import rankdata

from mltrainer.features.build import build_features, feature_names

from .conftest import random_panel


def daily_rank_correlations(values, outcome):
    """Return the correlation of ranks across tickers for each date on which all are known."""
    known = np.isfinite(values).all(axis=1) & np.isfinite(outcome).all(axis=1)
    a, b = rankdata(values[known], axis=1), rankdata(outcome[known], axis=1)
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    scale = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return (a * b).sum(axis=1)[scale > 0] / scale[scale > 0]


def test_features_know_nothing_of_the_next_five_returns():
    panel = random_panel(21, n_dates=560, n_tickers=30, ragged=False, macro=False)
    every = np.ones(panel.shape, dtype=bool)
    matrix = build_features(panel, every, np.nonzero(every))
    returns = np.vstack([np.full((1, 30), np.nan), np.diff(np.log(panel.close), axis=0)])
    found = {}
    for place, name in enumerate(feature_names(panel)):
        values = matrix[:, place].reshape(panel.shape).astype(float)
        for lead in range(1, 6):
            daily = daily_rank_correlations(values[:-lead], returns[lead:])
            if len(daily):
                found[name, lead] = daily.mean() / (daily.std() / np.sqrt(len(daily)))
        # The same measure does see what the feature contains: the return of the day itself.
        if name == "mom_1":
            assert daily_rank_correlations(values, returns).mean() > 0.999
    assert len(found) > 250
    assert {key: t for key, t in found.items() if abs(t) > 4} == {}
