"""The same input and seed give the same numbers, and what was computed once is not computed again."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mltrainer.features import build
from mltrainer.trials import bench, matrices, predictions
from mltrainer.trials.predictions import FILE
from tests.trials.market import Outcome, bars, run_trial, small

SESSIONS = 430
FOREST: dict[str, Any] = {
    "models": ("random_forest", "lightgbm"),
    "model_params": {"random_forest": {"n_estimators": 10}, "lightgbm": {"n_estimators": 10}},
}
TEST = "walk_forward_test"


@pytest.fixture(scope="module")
def market() -> pd.DataFrame:
    return bars(22, SESSIONS)


@pytest.fixture(scope="module")
def first(market: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run_trial(market, tmp_path_factory.mktemp("first"), action=TEST, arguments=small(**FOREST))


def digest(outcome: Outcome) -> str:
    return str(outcome.document["provenance"]["digest"])


def figures(outcome: Outcome) -> list[dict[str, Any]]:
    rows = [*outcome.document["evaluation"], *outcome.document["baselines"]]
    return [{key: value for key, value in row.items() if key != "seconds"} for row in rows]


def fits(outcome: Outcome) -> tuple[int, int]:
    """Return how many fits were made, and how many came from the cache."""
    return outcome.document["provenance"]["fits"], outcome.document["provenance"]["cached_fits"]


def again(first: Outcome, *, name: str = "T2", action: str = TEST, **changes: Any) -> Outcome:
    """Run on the same file and home, with other settings."""
    arguments = small(**(FOREST | changes))
    return run_trial(
        None, Path(), home=Path(first.request["home"]), data=first.request["data"], arguments=arguments, name=name,
        action=action,
    )  # fmt: skip


def rerun(first: Outcome, **fields: Any) -> dict[str, Any]:
    request = first.request | {"folder": f"{first.request['folder']}/rerun"} | fields
    found = run_trial(
        None, Path(), home=Path(first.request["home"]), fresh=True, compare_with=first.document,
        **{key: request[key] for key in ("action", "arguments", "data", "folder")},
    )  # fmt: skip
    return dict(found.answer["comparison"])


def test_the_same_seed_gives_the_same_numbers_with_any_number_of_workers_and_rows_at_once(
    market: pd.DataFrame, first: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for workers in (1, 2):
        if workers == 2:
            # As where rows are many.
            for module, name, rows in ((bench, "MANY_ROWS", 0), (predictions, "ROWS_AT_ONCE", 999)):
                monkeypatch.setattr(module, name, rows)
            for module in (build, matrices):
                monkeypatch.setattr(module, "ROWS_AT_ONCE", 999)
        other = run_trial(market, tmp_path / f"{workers}", action=TEST, arguments=small(**FOREST), workers=workers)
        assert fits(other) == fits(first)
        assert digest(other) == digest(first)
        assert figures(other) == figures(first)


def test_another_seed_gives_another_forest(market: pd.DataFrame, first: Outcome, tmp_path: Path) -> None:
    other = run_trial(market, tmp_path, action=TEST, arguments=small(**FOREST, seed=59))
    assert digest(other) != digest(first)
    both = first.predictions.merge(other.predictions, on=["date", "ticker", "model"], suffixes=("", "_other"))
    forest = both[both["model"] == "random_forest"]
    assert (forest["raw_score"] != forest["raw_score_other"]).mean() > 0.9
    baseline = both[both["model"] == "volatility_only"]
    assert (baseline["raw_score"] == baseline["raw_score_other"]).all()


def test_a_rerun_fits_everything_again_and_says_identical(first: Outcome) -> None:
    found = rerun(first)
    assert found["identical"] and found["differences"] == []
    assert found["fits"] == fits(first)[0] > 0
    assert found["digest"] == found["digest_before"] == digest(first)


def test_a_rerun_on_changed_data_says_what_differs(market: pd.DataFrame, first: Outcome, tmp_path: Path) -> None:
    changed = market.copy()
    middle = changed.index[len(changed) // 2]
    changed.loc[middle, ["open", "high", "low", "close"]] *= 1.01
    path = tmp_path / "bars.parquet"
    changed.to_parquet(path)
    found = rerun(first, data={"source": "files", "data": str(path)}, folder=f"{first.request['folder']}/changed")
    assert not found["identical"]
    assert "the data changed" in found["differences"][0]
    assert "probabilities differ" in found["differences"][1]
    assert any(".brier: was " in text for text in found["differences"])


def test_a_rerun_finds_stored_predictions_that_somebody_changed(market: pd.DataFrame, tmp_path: Path) -> None:
    one = {"models": ("logistic_regression",), "model_params": {}}
    stored = run_trial(market, tmp_path, action=TEST, arguments=small(**one))
    assert rerun(stored)["identical"]
    file = Path(stored.request["folder"]) / FILE
    table = pd.read_parquet(file)
    table.loc[100, "probability"] += 1e-9
    table.to_parquet(file, index=False)
    found = rerun(stored)
    assert not found["identical"]
    assert "stored predictions" in found["differences"][0]


def test_another_threshold_trains_nothing(first: Outcome) -> None:
    other = again(first, confidence_threshold=0.5)
    assert fits(other) == (0, fits(first)[0])
    assert other.document["provenance"]["cache"]["features"] == "reused"
    assert figures(other) == figures(first)
    assert digest(other) == digest(first)


def test_an_added_model_trains_alone(first: Outcome) -> None:
    models = (*FOREST["models"], "logistic_regression")
    other = again(first, models=models)
    folds = other.document["evaluation"][0]["folds"]
    assert fits(other) == (folds + 1, fits(first)[0])
    kept = [row for row in figures(other) if row["model"] in FOREST["models"]]
    assert kept == [row for row in figures(first) if row["model"] in FOREST["models"]]


def test_appended_bars_take_finished_folds_from_the_cache(market: pd.DataFrame, tmp_path: Path) -> None:
    days = np.sort(market["date"].unique())
    settings = {"action": TEST, "home": tmp_path / "home"}
    arguments = small()
    # Blocks start at 126, 189, 252, 315, 378: the third is unfinished after 300 sessions.
    shorter = market[market["date"] <= days[299]]
    before = run_trial(shorter, tmp_path / "before", arguments=arguments, **settings)
    after = run_trial(market, tmp_path / "after", arguments=arguments, name="T2", **settings)
    assert fits(before) == (2 * 4, 0)
    # Two folds are whole; of the third, only the scores of its new sessions are missing.
    assert fits(after) == (2 * 3, 2 * 3)


@pytest.mark.parametrize("damage", [40, 0], ids=["cut_off", "empty"])
def test_a_damaged_cache_is_computed_again(damage: int, first: Outcome) -> None:
    kept = sorted((Path(first.request["home"]) / "cache").rglob("*.npz"))
    kept = [path for path in kept if path.parent.name in ("fits", "said", "judged")]
    assert {path.parent.name for path in kept} == {"fits", "said", "judged"}
    for path in (*kept, *(Path(first.request["home"]) / "cache" / "models").rglob("manifest.json")):
        path.write_bytes(path.read_bytes()[:damage])
    other = again(first, name="T4")
    assert fits(other) == fits(first)
    assert digest(other) == digest(first)
    assert figures(other) == figures(first)
