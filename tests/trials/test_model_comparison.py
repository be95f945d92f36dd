"""The leaderboard: its tests are recomputed from the predictions, a model that fails costs only itself."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
import statsmodels.api as sm
from statsmodels.stats.multitest import multipletests

from mltrainer.models import ridge
from mltrainer.settings.errors import ActionFailed
from mltrainer.trials import selection
from tests.trials.market import Outcome, bars, run_trial, small
from tests.trials.test_schema import check

MODELS = ("logistic_regression", "lightgbm", "mean(lightgbm,logistic_regression)")


def compare(place: Path, models: tuple[str, ...], home: Path | None = None, **fields: Any) -> Outcome:
    frame = None if home else bars(22, 430)
    return run_trial(frame, place, home=home, action="model_comparison", arguments=small(models=models), **fields)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return compare(tmp_path_factory.mktemp("first"), MODELS)


def test_every_difference_follows_from_the_predictions(first: Outcome) -> None:
    check(first.document)
    table = first.document["comparison"]
    known = first.predictions.dropna(subset=["outcome"])
    loss = (
        known.assign(loss=(known["probability"] - known["outcome"]) ** 2)
        .pivot_table(index="date", columns="model", values="loss", aggfunc="mean")
    )  # fmt: skip
    assert table["test_dates"] == len(loss)
    tests = []
    for row in table["rows"]:
        for key, other in (("to_best", table["best"]), ("to_volatility", "volatility_only")):
            if row["model"] == other:
                assert key not in row
                continue
            apart = (loss[row["model"]] - loss[other]).to_numpy()
            fitted = sm.OLS(apart, np.ones(len(apart))).fit(cov_type="HAC", cov_kwds={"maxlags": 20})
            p = 2 * scipy.stats.t.sf(abs(fitted.tvalues[0]), len(apart) / 20 - 1)
            assert (row[key], row[f"{key}_p"]) == pytest.approx((fitted.params[0], p), rel=1e-6)
            tests.append((row[f"{key}_p"], row[f"{key}_q"]))
    p, q = zip(*tests, strict=True)
    assert q == pytest.approx(multipletests(p, method="fdr_bh")[1])


def test_the_rows_are_ranked_by_skill_and_all_are_counted(first: Outcome) -> None:
    rows = first.document["comparison"]["rows"]
    skills = [row["brier_skill"] for row in rows]
    assert skills == sorted(skills, reverse=True)
    assert {row["model"] for row in rows} == set(MODELS)
    assert first.document["significance"]["trials_in_family"] == len(MODELS)
    assert {row["model"] for row in first.document["evaluation"]} == set(MODELS)


def test_a_model_that_fails_costs_only_itself_and_those_made_of_it(
    first: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ValueError("no way")

    monkeypatch.setattr(ridge.Ridge, "fit", fail)
    home, data = Path(first.request["home"]), first.request["data"]
    models = (*MODELS, "ridge", "mean(lightgbm,ridge)")
    found = compare(tmp_path, models, home, data=data, name="T2")
    check(found.document)
    assert found.document["provenance"]["fits"] == 0
    assert {one["model"]: one["code"] for one in found.document["comparison"]["failed"]} == {
        "ridge": "model_failed",
        "mean(lightgbm,ridge)": "member_failed",
    }
    assert found.document["comparison"]["rows"] == first.document["comparison"]["rows"]
    assert sum(one["code"] == "model_failed" for one in found.document["warnings"]) == 2
    with pytest.raises(ActionFailed, match="no way"):
        compare(tmp_path, ("ridge",), home, data=data, name="T3")


def test_a_trial_that_is_stopped_keeps_what_models_said_by_then(first: Outcome, tmp_path: Path) -> None:
    def stop(**step: Any) -> None:
        if step["stage"] == "calibrate":
            raise KeyboardInterrupt

    asked = {"home": Path(first.request["home"]), "data": first.request["data"], "arguments": small(models=("lda",))}
    with pytest.raises(KeyboardInterrupt):
        run_trial(None, tmp_path, **asked, name="T7", progress=stop)
    again = run_trial(None, tmp_path, **asked, name="T8")
    assert not [step for step in again.progress if step["stage"] in ("fit", "calibrate")]


def test_an_added_model_costs_itself_alone(first: Outcome, tmp_path: Path) -> None:
    home, data = Path(first.request["home"]), first.request["data"]
    found = compare(tmp_path, (*MODELS, "gaussian_naive_bayes"), home, data=data, name="T4")
    folds = found.document["evaluation"][0]["folds"]
    assert found.document["provenance"]["fits"] == folds + 1
    assert len(found.document["comparison"]["rows"]) == len(MODELS) + 1


def test_all_models_bring_the_ensembles_of_the_best_of_the_first_half(
    first: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    singles = ("gaussian_naive_bayes", "lda", "lightgbm", "logistic_regression")
    monkeypatch.setattr(selection, "MODELS", dict.fromkeys(singles))
    home, data = Path(first.request["home"]), first.request["data"]
    found = compare(tmp_path, singles, home, data=data, name="T5")
    known = found.predictions.dropna(subset=["outcome"])
    days = np.sort(known["date"].unique())
    half = known[known["date"] < days[len(days) // 2]]
    loss = ((half["probability"] - half["outcome"]) ** 2).groupby([half["model"], half["date"]]).mean()
    best = sorted(loss.groupby("model").mean()[list(singles)].nsmallest(3).index)
    rows = {row["model"]: row for row in found.document["comparison"]["rows"]}
    ensembles = {f"{kind}({','.join(best)})" for kind in ("mean", "weighted", "stack", "gated")}
    assert set(rows) == {*singles, *ensembles}
    for name in ensembles:
        assert rows[name]["tested_from"] > str(days[len(days) // 2])[:10]
    assert any(one["code"] == "members_selected" for one in found.document["warnings"])
    screening = run_trial(None, tmp_path, home=home, data=data, arguments=small(models=singles), name="T6")
    assert screening.document["ranked_by"] == f"mean({','.join(best)})"
