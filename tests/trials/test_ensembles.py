"""Ensembles recomputed from the exported predictions of their members. That none looks ahead is tested elsewhere."""

import numpy as np
import pandas as pd
import pytest

from mltrainer.models.registry import resolve_model
from mltrainer.settings.errors import UsageError
from tests.trials.market import Outcome, bars, run_trial, small

MEMBERS = ["lightgbm", "logistic_regression"]
PAIR = f"({','.join(MEMBERS)})"
# The block that starts at session 441 is the first that has 252 out-of-fold sessions behind it.
LAST = 5


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    models = tuple(kind + PAIR for kind in ("weighted", "stack", "gated"))
    return run_trial(bars(22, 470), tmp_path_factory.mktemp("trial"), arguments=small(models=models))


@pytest.fixture(scope="module")
def table(trial: Outcome) -> pd.DataFrame:
    """Return one row for each prediction, with the raw scores of ensembles and the probabilities of members."""
    keys = ["date", "ticker", "fold", "train_end", "outcome"]
    wide = trial.predictions.pivot_table(index=keys, columns="model", values=["raw_score", "probability"], dropna=False)
    wide = wide.dropna(subset=[("raw_score", "lightgbm")])
    members = wide["probability"][MEMBERS]
    ensembles = wide["raw_score"][[name for name in wide["raw_score"] if name.endswith(PAIR)]]
    return members.join(ensembles).reset_index()


def test_ensembles_stand_in_evaluation_and_rank_the_candidates(trial: Outcome) -> None:
    models = [row["model"] for row in trial.document["evaluation"]]
    assert set(models) == {*MEMBERS, *(f"{kind}{PAIR}" for kind in ("mean", "weighted", "stack", "gated"))}
    assert trial.document["ranked_by"] == f"mean{PAIR}"
    assert set(trial.document["candidates"][0]["by_model"]) == set(MEMBERS)


def test_before_there_is_a_past_all_are_the_mean(table: pd.DataFrame) -> None:
    early = table[table["fold"] < LAST]
    for kind in ("mean", "weighted", "stack", "gated"):
        assert early[kind + PAIR].to_numpy() == pytest.approx(early[MEMBERS].mean(axis=1).to_numpy(), abs=1e-15)


def test_weights_are_the_skill_that_was_known_before_the_block(table: pd.DataFrame) -> None:
    block = table[table["fold"] == LAST]
    past = table[(table["date"] <= block["train_end"].iloc[0])].dropna(subset=["outcome"])
    base = (past["outcome"] - past["outcome"].mean()) ** 2

    def daily(loss: pd.Series) -> float:
        return float(loss.groupby(past["date"]).mean().mean())

    skill = np.array([daily(base) - daily((past[name] - past["outcome"]) ** 2) for name in MEMBERS]).clip(0)
    weights = skill / skill.sum() if skill.sum() else np.full(2, 0.5)
    assert block["weighted" + PAIR].to_numpy() == pytest.approx(block[MEMBERS].to_numpy() @ weights, abs=1e-12)


def test_a_stack_is_linear_in_log_odds_with_no_negative_weight(table: pd.DataFrame) -> None:
    block = table[table["fold"] == LAST]

    def odds(values: np.ndarray) -> np.ndarray:
        return np.log(values / (1 - values))

    inputs = np.column_stack([np.ones(len(block)), odds(block[MEMBERS].to_numpy())])
    found, *_ = np.linalg.lstsq(inputs, odds(block["stack" + PAIR].to_numpy()))
    assert inputs @ found == pytest.approx(odds(block["stack" + PAIR].to_numpy()), abs=1e-6)
    assert (found[1:] > -1e-9).all()
    assert found[1:].sum() > 0


def test_gated_weights_are_the_same_for_all_tickers_of_a_day_and_lie_between_the_members(table: pd.DataFrame) -> None:
    block = table[table["fold"] == LAST]
    one, other = (block[name].to_numpy() for name in MEMBERS)
    apart = np.abs(one - other) > 1e-6
    weight = ((block["gated" + PAIR].to_numpy() - other) / np.where(apart, one - other, 1.0))[apart]
    by_day = pd.Series(weight).groupby(block["date"].to_numpy()[apart])
    assert by_day.std().max() < 1e-6
    assert weight.min() > -1e-6
    assert weight.max() < 1 + 1e-6


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("stacking(RandomForest + LightGBM)", "stack(lightgbm,random_forest)"),
        ("Weighted (rf, xgb)", "weighted(random_forest,xgboost)"),
        ("regime-gated(lgbm, rf)", "gated(lightgbm,random_forest)"),
        ("average(rf,lgbm)", "mean(lightgbm,random_forest)"),
    ],
)
def test_ensembles_are_read_as_people_write_them(written: str, id: str) -> None:
    assert resolve_model(written) == id


@pytest.mark.parametrize("written", ["vote(rf,lgbm)", "mean(rf)", "stack(mean(rf,lgbm),xgb)"])
def test_what_is_no_ensemble_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match="ensemble"):
        resolve_model(written)
