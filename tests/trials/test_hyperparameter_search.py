"""A search sees the first training window and nothing else, goes on where it stopped, and counts all that it tried."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mltrainer.models.registry import MODELS
from mltrainer.settings.errors import DataError, UsageError
from tests.trials.market import Outcome, bars, run_trial, small
from tests.trials.test_schema import check

ACTION = "hyperparameter_search"


def arguments(tries: int = 6, **changes: Any) -> dict[str, Any]:
    own = {"models": ("decision_tree",), "model_params": {}, "initial_train": 190}
    return small(**(own | changes)) | {"tries": tries}


@pytest.fixture(scope="module")
def market() -> pd.DataFrame:
    return bars(22, 430)


@pytest.fixture(scope="module")
def first(market: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run_trial(market, tmp_path_factory.mktemp("first"), action=ACTION, arguments=arguments())


def searched(outcome: Outcome) -> dict[str, Any]:
    return dict(outcome.document["search"][0])


def test_the_best_is_judged_beside_what_held_before(first: Outcome) -> None:
    check(first.document)
    found = searched(first)
    assert found["tries"] == 6
    assert found["before"]["params"] == {name: one.default for name, one in MODELS["decision_tree"].params.items()}
    assert found["best"]["auc"] == max(one["auc"] for one in found["top"]) >= found["before"]["auc"]
    (row,) = first.document["evaluation"]
    assert row["params"] == found["best"]["params"]
    assert found["evaluation_before"]["params"] == found["before"]["params"]
    assert row["test_rows"] == found["evaluation_before"]["test_rows"]
    assert found["difference"] == pytest.approx(row["brier"] - found["evaluation_before"]["brier"], abs=2e-4)


def test_all_that_was_tried_counts_for_significance(first: Outcome) -> None:
    different = {str(one["params"]) for one in searched(first)["top"]}
    # Both walk-forward tests count too.
    assert first.document["significance"]["trials_in_family"] == len(different) + 2
    assert len(first.answer["tried"]) == 6 + 2


def test_nothing_after_the_first_window_is_looked_at(first: Outcome, market: pd.DataFrame, tmp_path: Path) -> None:
    days = sorted(market["date"].unique())
    other = market.copy()
    later = other["date"] >= days[190]
    place = other["ticker"].astype("category").cat.codes.where(later, 0).to_numpy()
    other[["open", "high", "low", "close"]] *= 1 + place[:, None] % 7 / 70
    again = run_trial(other, tmp_path, action=ACTION, arguments=arguments())
    assert searched(again)["top"] == searched(first)["top"]
    assert searched(again)["last"] == searched(first)["last"] < str(days[190])[:10]
    assert again.document["evaluation"] != first.document["evaluation"]


def test_a_stopped_search_goes_on_where_it_was(first: Outcome, tmp_path: Path) -> None:
    place = {"home": Path(first.request["home"]), "data": first.request["data"]}
    more = run_trial(None, tmp_path, action=ACTION, arguments=arguments(9), name="T2", **place)
    before = {str(one) for one in searched(first)["top"]}
    assert before <= {str(one) for one in searched(more)["top"]}
    assert more.document["provenance"]["cached_fits"] >= 6 * 3
    alone = run_trial(None, tmp_path, action=ACTION, arguments=arguments(9), home=tmp_path / "home", data=place["data"])
    assert searched(alone)["top"] == searched(more)["top"]


def test_seconds_end_a_search_early(first: Outcome, tmp_path: Path) -> None:
    place = {"home": Path(first.request["home"]), "data": first.request["data"]}
    limited = arguments(400) | {"seconds": 1e-6}
    found = run_trial(None, tmp_path, action=ACTION, arguments=limited, name="T3", **place)
    assert 1 <= searched(found)["tries"] < 10


@pytest.mark.parametrize(
    ("changes", "error", "match"),
    [
        ({"models": ("gaussian_naive_bayes",)}, UsageError, "no parameters"),
        ({"initial_train": 126, "horizon": (20, 30)}, DataError, "too short"),
    ],
)
def test_what_cannot_be_searched_is_refused(
    first: Outcome, tmp_path: Path, changes: dict[str, Any], error: type[Exception], match: str
) -> None:
    place = {"home": Path(first.request["home"]), "data": first.request["data"]}
    with pytest.raises(error, match=match):
        run_trial(None, tmp_path, action=ACTION, arguments=arguments(**changes), name="T4", **place)
