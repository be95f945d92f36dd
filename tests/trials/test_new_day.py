"""A day that is new costs what depends on it, and gives the numbers of a trial that has no past."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mltrainer.trials.matrices
from mltrainer.features import build
from mltrainer.models import large
from mltrainer.models.lgbm import LightGBM
from mltrainer.models.xgb import XGBoost
from tests.trials.market import Outcome, bars, run_trial, small

SESSIONS = 430
PRICES = ["open", "high", "low", "close"]
# Clocks, and what came from where.
PASSED_BY = ("provenance", "trial_id")
CAME_FROM = ("seconds", "kept_from")
# What the certificate need not look at again before the next fold begins.
OF_THE_PAST = {"features_of_the_past", "universe_as_of", "labels_as_known", "models_of_the_past"}


def same(one: Any, other: Any) -> bool:
    """Tell whether two documents agree but for the seconds of their fits, and what an earlier trial made."""
    if isinstance(one, dict):
        keys = one.keys() | other.keys()
        return all(key in CAME_FROM or same(one.get(key), other.get(key)) for key in keys)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def differing(one: Outcome, other: Outcome) -> list[str]:
    """Return the parts in which two documents differ."""
    parts = (one.document.keys() | other.document.keys()) - {*PASSED_BY}
    found = [part for part in sorted(parts) if not same(one.document.get(part), other.document.get(part))]
    digests = [each.document["provenance"]["digest"] for each in (one, other)]
    return found + ([] if digests[0] == digests[1] else ["digest"])


def proven_before(outcome: Outcome) -> set[str]:
    """Return the checks of the certificate that an earlier trial had made."""
    return {one["check"] for one in outcome.document["leak_certificate"] if "kept_from" in one}


def changed(market: pd.DataFrame, day: np.datetime64, ticker: str, factor: float) -> pd.DataFrame:
    """Return the bars with the prices of one of them multiplied."""
    market = market.copy()
    market.loc[(market["date"] == day) & (market["ticker"] == ticker), PRICES] *= factor
    return market


@pytest.fixture(scope="module")
def market() -> pd.DataFrame:
    return bars(22, SESSIONS)


def test_a_new_day_gives_the_numbers_of_a_cold_trial(market: pd.DataFrame, tmp_path: Path) -> None:
    days = np.sort(market["date"].unique())
    listed = market[market["date"] == days[0]]["ticker"]
    # The last bar of the old data turns out to be a spike on the new day; and an old bar was corrected meanwhile.
    spiked = changed(market, days[-2], listed.iloc[0], 1.6)
    revised = changed(spiked, days[200], listed.iloc[1], 1.02)
    settings: dict[str, Any] = {"arguments": small(models=("logistic_regression",)), "home": tmp_path / "home"}
    yesterday = run_trial(spiked[spiked["date"] < days[-1]], tmp_path / "old", **settings)
    today = run_trial(spiked, tmp_path / "new", name="T2", **settings)
    found = [one for one in today.document["data"]["faults"] if one["code"] == "price_spike"]
    assert [(one["date"], one["known_at"]) for one in found] == [tuple(str(day)[:10] for day in days[-2:])]
    folds = today.document["evaluation"][0]["folds"]
    fresh = [outcome.document["provenance"]["fits"] for outcome in (yesterday, today)]
    assert fresh == [folds + 1, 1]
    kept = Path(tmp_path / "home" / "cache")
    calibrated = len(list((kept / "calibrators").iterdir()))
    corrected = run_trial(revised, tmp_path / "revised", name="T3", **settings)
    assert 0 < corrected.document["provenance"]["cached_fits"] < folds
    assert len(list((kept / "calibrators").iterdir())) > calibrated
    # The correction is of a bar behind the block that is fitted again, and before all else that is looked at.
    proven = [set(), OF_THE_PAST, {"models_of_the_past"}]
    assert [proven_before(each) for each in (yesterday, today, corrected)] == proven
    for outcome, frame, name in ((today, spiked, "today"), (corrected, revised, "corrected")):
        cold = run_trial(frame, tmp_path / name, arguments=settings["arguments"], data=outcome.request["data"])
        cold.document["data"]["path"] = outcome.document["data"]["path"]
        assert differing(outcome, cold) == []


def test_a_leak_that_comes_with_a_new_day_is_found(
    market: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was proven before a leak came into the code is not taken for a proof of what is computed with it."""
    days = np.sort(market["date"].unique())
    settings: dict[str, Any] = {"action": "walk_forward_test", "home": tmp_path / "home"}
    settings["arguments"] = small(models=("logistic_regression",))
    run_trial(market[market["date"] < days[-1]], tmp_path / "old", **settings)
    honest = build.build_features

    def leaky(panel: Any, member: Any, rows: Any, out: Any = None, **more: Any) -> Any:
        out = honest(panel, member, rows, out, **more)
        out[:, 0] = np.roll(panel.close, -1, axis=0)[rows]
        return out

    monkeypatch.setattr(build, "build_features", leaky)
    today = run_trial(market, tmp_path / "new", name="T2", **settings)
    failed = {one["check"] for one in today.document["leak_certificate"] if not one["passed"]}
    assert "features_of_the_past" in failed


def test_rows_that_are_read_in_parts_give_the_same_numbers(
    market: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: dict[str, Any] = {"action": "walk_forward_test", "arguments": small(models=("logistic_regression",))}
    whole = run_trial(market, tmp_path / "whole", **settings)
    monkeypatch.setattr(mltrainer.trials.matrices, "ROWS_AT_ONCE", 1000)
    parts = run_trial(None, tmp_path / "parts", data=whole.request["data"], **settings)
    assert differing(whole, parts) == []


@pytest.mark.parametrize("model", [LightGBM, XGBoost])
def test_boosting_learns_the_same_from_rows_on_disk(
    model: type[LightGBM | XGBoost], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "AT_ONCE", 700)
    rng = np.random.default_rng(3)
    rows = rng.normal(size=(6000, 8)).astype(np.float32)
    rows[rng.random(rows.shape) < 0.05] = np.nan
    event = (np.nan_to_num(rows[:, 0]) + rng.normal(size=len(rows)) > 0.5).astype(float)
    kept = np.flatnonzero(rng.random(len(rows)) < 0.9)
    weight = rng.uniform(0.5, 1.5, len(kept))
    whole = model(20).fit(rows[kept], event[kept], sample_weight=weight)
    parts = model(20).fit(large.LargeRows(rows.__getitem__, kept, rows.shape[1]), event[kept], sample_weight=weight)
    assert np.array_equal(whole.predict_proba(rows), parts.predict_proba(rows))
