"""What models of returns learn, and that a whole trial runs on them."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from mltrainer.settings.parameters import Settings
from mltrainer.trials.labels import label_cells, returns_to_learn
from tests.trials.market import bars, run_trial, small


def test_the_days_median_is_taken_off_where_the_label_is_about_it() -> None:
    random = np.random.default_rng(4)
    date = np.sort(random.integers(0, 40, 900)).astype(np.int32)
    realized = np.where(random.random(900) < 0.1, np.nan, random.normal(size=900))
    realized[date == 7] = np.nan
    learned = returns_to_learn(realized, date, Settings(label="beats_median"))
    frame = pd.DataFrame({"date": date, "realized": realized})
    np.testing.assert_allclose(learned, frame.realized - frame.groupby("date").realized.transform("median"))
    np.testing.assert_array_equal(returns_to_learn(realized, date, Settings(label="hit")), realized)


def test_models_of_returns_give_calibrated_probabilities(tmp_path: Path) -> None:
    arguments = small(models=("ridge", "fama_macbeth", "lightgbm_ranker"), model_params={}, label="beats_median")
    found = run_trial(bars(25, 400, signal_ic=0.15), tmp_path, action="walk_forward_test", arguments=arguments)
    rows = {row["model"]: row for row in found.document["evaluation"]}
    for name in ("ridge", "fama_macbeth", "lightgbm_ranker"):
        mine = found.predictions[found.predictions.model == name]
        assert mine.probability.between(0, 1).all()
        assert rows[name]["auc"] > 0.45
        # A return, not a probability, is what the model itself said.
        assert mine.raw_score.min() < 0


def test_only_a_label_that_can_end_early_has_lengths_of_its_own() -> None:
    close = 50 * np.exp(np.cumsum(0.02 * np.random.default_rng(2).normal(size=(120, 25)), axis=0))
    void = np.zeros(close.shape, dtype=bool)
    panel: Any = SimpleNamespace(close=close, void_known_by=lambda sessions: void[:sessions])
    event, _, _, length = label_cells(panel, ~void, Settings(label="triple_barrier"), 120)
    assert length is not None
    ended = length[np.nan_to_num(event) == 1]
    assert 1 <= ended.min() < ended.max() <= 10
    assert label_cells(panel, ~void, Settings(label="xs_rank"), 120)[3] is None
