"""The sealed holdout: what comes after its first day changes no figure, and a promotion judges on it alone."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from mltrainer.trials.holdout import LABELLED, holdout_start
from mltrainer.trials.predictions import FILE

from .market import Outcome, bars, run_trial, small
from .test_no_look_ahead import noise_after, sessions_of

FIRST = 460
QUICK = {"models": ("logistic_regression",)}
# What today's model says may have learnt from the holdout; everything else is a figure of the past.
OF_TODAY = {"headline", "data", "provenance", "candidates", "suggestions", "qualified", "regime", "warnings"}


@pytest.fixture(scope="module")
def market() -> pd.DataFrame:
    return bars(24, 560)


def sealed(frame: pd.DataFrame, place: Path, day: str, models: tuple[str, ...] = QUICK["models"]) -> Outcome:
    holdout = {"from": day, "looks": 0}
    return run_trial(frame, place, arguments=small(models=models), holdout=holdout, sealed=True)


def figures(outcome: Outcome) -> dict[str, Any]:
    """Return the figures without what today's model says, and without the time that it took."""
    parts = {name: part for name, part in outcome.document.items() if name not in OF_TODAY}
    for row in [*parts["evaluation"], *parts["baselines"]]:
        row.pop("seconds", None)
    return parts


def test_what_comes_after_the_first_sealed_day_changes_no_figure(market: pd.DataFrame, tmp_path: Path) -> None:
    day = str(sessions_of(market)[FIRST])[:10]
    # A stack learns how to join its members, and so might learn it from the sealed outcomes.
    stack = ("stack(gaussian_naive_bayes,logistic_regression)",)
    one = sealed(market, tmp_path / "one", day, stack)
    other = sealed(noise_after(market, FIRST - 1), tmp_path / "other", day, stack)

    assert figures(one) == figures(other)
    support = [[row["support"]["n_eff"] for row in found.document["candidates"]][:1] for found in (one, other)]
    assert support[0] and one.document["data"]["fingerprint"] != other.document["data"]["fingerprint"]
    said = [found.predictions.sort_values(["model", "date", "ticker"]).reset_index(drop=True) for found in (one, other)]
    pd.testing.assert_frame_equal(*said, check_exact=True)
    assert said[0]["date"].max() < pd.Timestamp(day)
    # Outcomes whose window reaches into the holdout are not known to it.
    known = said[0].dropna(subset=["outcome"])["date"].max()
    assert known == pd.Timestamp(sessions_of(market)[FIRST - 11])
    # Today's prediction may learn from the sealed sessions, its calibration may not.
    assert one.document["holdout"] == {"from": day, "sessions": 100, "status": "sealed", "looks": 0, "included": False}
    assert one.document["candidates"][0]["calibrated"] is True


def test_a_promotion_judges_the_frozen_trial_on_the_sealed_sessions_alone(market: pd.DataFrame, tmp_path: Path) -> None:
    day = str(sessions_of(market)[FIRST])[:10]
    before = sealed(market, tmp_path, day)
    promoted = run_trial(
        None,
        tmp_path,
        action="promote",
        name="T2",
        data=before.request["data"],
        arguments={"trial": "T1"},
        screening=before.document,
        holdout={"from": day, "looks": 2},
    )
    document = promoted.document
    (row,) = document["evaluation"]
    table = pd.read_parquet(Path(promoted.request["folder"]) / FILE)
    late = table[(table["model"] == row["model"]) & (table["date"] >= day)].dropna(subset=["outcome"])
    assert row["auc"] == pytest.approx(roc_auc_score(late["outcome"], late["probability"]), abs=1e-12)
    assert row["test_dates"] == late["date"].nunique() == document["promotion"]["dates"] == 90
    assert document["holdout"] | {"from": day} == document["holdout"]
    assert (document["holdout"]["status"], document["holdout"]["looks"]) == ("opened", 3)
    assert document["promotion"]["contaminated"] and {one["code"] for one in document["warnings"]} >= {"contaminated"}
    lines = {one["figure"]: one for one in document["promotion"]["figures"]}
    assert lines["auc"]["before"] == before.document["evaluation"][0]["auc"]
    assert lines["auc"]["holdout"] == row["auc"] and "lower" in lines["auc"]
    # What was frozen says the same before the holdout as it did then.
    old = before.predictions.merge(table, on=["date", "ticker", "model"], suffixes=("", "_then"))
    assert len(old) == len(before.predictions) and (old["probability"] == old["probability_then"]).all()
    assert not np.isclose(lines["auc"]["before"], lines["auc"]["holdout"])


def test_the_first_sealed_day_leaves_126_known_outcomes_and_enough_to_calibrate_on() -> None:
    days = [f"{place:05d}" for place in range(700)]
    first = int(holdout_start(days)["holdout_from"])
    assert 700 - 10 - first == LABELLED
    assert holdout_start(days[:649]) == {"holdout_needs": 650} and "holdout_from" in holdout_start(days[:650])
    # A date that is fixed stays, and what has been added since is sealed as well.
    assert holdout_start(days, "00500") == {"holdout_from": "00500", "holdout_sessions": 200}
