"""Whole trials on markets whose truth is known: nothing is found where nothing is, and what is planted is found."""

from pathlib import Path
from typing import Any

import pytest

from tests.trials.market import run_trial, small

pytestmark = pytest.mark.slow


def figures_of(
    place: Path, tickers: int, sessions: int, signal_ic: float, **settings: Any
) -> dict[str, dict[str, Any]]:
    """Return the figures of a walk-forward test on a simulated market, by model."""
    simulation = {"tickers": tickers, "sessions": sessions, "signal_ic": signal_ic}
    found = run_trial(
        None,
        place,
        action="walk_forward_test",
        workers=2,
        data={"source": "simulated", "simulation": simulation, "seed": 1},
        arguments=small(model_params={}, initial_train=252, test_block=252, **settings),
    )
    return {row["model"]: row for part in ("evaluation", "baselines") for row in found.document[part]}


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    rows = figures_of(tmp_path, 120, 1000, 0.0, label="beats_median", models=("xgboost",))
    for model in ("xgboost", "volatility_only", "momentum_12_1"):
        assert 0.47 < rows[model]["auc"] < 0.53
        assert 0.47 < rows[model]["auc_by_date"] < 0.53
    low, high = rows["xgboost"]["intervals"]["auc"]
    assert low < 0.51
    assert high > 0.49
    assert abs(rows["xgboost"]["rank_ic_t"]) < 3


def test_a_planted_signal_is_found(tmp_path: Path) -> None:
    rows = figures_of(tmp_path, 200, 1000, 0.15, label="beats_median", models=("logistic_regression",))
    found = rows["logistic_regression"]
    # The signal itself has AUC 0.57.
    assert 0.53 < found["auc"] < 0.58
    assert found["intervals"]["auc"][0] > 0.52
    assert found["rank_ic_t"] > 4
    assert rows["volatility_only"]["auc"] < 0.52


def test_the_trap_of_the_hit_label_volatility_alone_looks_like_skill(tmp_path: Path) -> None:
    rows = figures_of(tmp_path, 100, 900, 0.0, label="hit", target_return=0.07, models=("logistic_regression",))
    # On pure noise, who moves much reaches a target more often. It says nothing about direction.
    assert rows["volatility_only"]["auc"] > 0.58
    assert rows["logistic_regression"]["auc"] > 0.58
    assert abs(rows["logistic_regression"]["rank_ic_t"]) < 3
