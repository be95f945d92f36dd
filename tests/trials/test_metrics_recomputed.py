"""Every figure of a trial, recomputed from its exported predictions and the raw prices with other tools."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from mltrainer.evaluation.conformal import adaptive_margins
from mltrainer.trials.curves import FILE as CURVES
from mltrainer.trials.predictions import export
from tests.trials.independent import (
    by_date_correlations,
    decile_spread,
    independent,
    intercept_at_slope_one,
    newey_west,
    wilson,
)
from tests.trials.market import Outcome, bars, run_trial, small

HORIZON, TARGET, TOP_K, COST, THRESHOLD = (7, 10), 0.03, 5, 0.0005, 0.38
EDGE = 1e-4


@pytest.fixture(scope="module")
def market() -> pd.DataFrame:
    frame = bars(30, 560, seed=11)
    # One ticker ends early, one pauses: both touch outcomes.
    days = np.sort(frame["date"].unique())
    names = sorted(frame["ticker"].unique())
    gone = (frame["ticker"] == names[4]) & (frame["date"] > days[400])
    paused = (frame["ticker"] == names[9]) & frame["date"].isin(days[300:306])
    return frame[~(gone | paused)].reset_index(drop=True)


@pytest.fixture(scope="module")
def trial(market: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return run_trial(market, tmp_path_factory.mktemp("trial"), arguments=small(confidence_threshold=THRESHOLD))


@pytest.fixture(scope="module")
def exported(trial: Outcome, tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    file = tmp_path_factory.mktemp("export") / "predictions.parquet"
    assert export(Path(trial.request["folder"]), file) == len(trial.predictions)
    return pd.read_parquet(file)


@pytest.fixture(scope="module")
def close(market: pd.DataFrame) -> pd.DataFrame:
    return market.pivot(index="date", columns="ticker", values="close").sort_index()


def of_model(exported: pd.DataFrame, model: str) -> pd.DataFrame:
    known = exported[(exported["model"] == model) & exported["outcome"].notna()]
    return known.sort_values(["date", "ticker"], kind="stable").reset_index(drop=True)


def rows_of(trial: Outcome, *parts: str) -> dict[str, dict[str, Any]]:
    return {row["model"]: row for part in parts for row in trial.document[part]}


MODELS = ["logistic_regression", "lightgbm", "mean(lightgbm,logistic_regression)"]
BASELINES = ["volatility_only", "momentum_12_1"]


def test_the_trial_has_the_rows_that_were_asked_for(trial: Outcome, exported: pd.DataFrame) -> None:
    assert list(rows_of(trial, "evaluation")) == MODELS
    assert list(rows_of(trial, "baselines")) == ["base_rate", *BASELINES]
    assert set(exported["model"]) == {*MODELS, *BASELINES, "base_rate"}
    assert not exported.duplicated(["date", "ticker", "model"]).any()


def test_outcomes_follow_from_raw_prices(exported: pd.DataFrame, close: pd.DataFrame) -> None:
    place = {day: number for number, day in enumerate(close.index)}
    one = exported[exported["model"] == MODELS[0]]
    checked = unknown = 0
    for ticker, rows in one.groupby("ticker"):
        prices = close[ticker].to_numpy()
        last = int(np.flatnonzero(np.isfinite(prices))[-1])
        for day, outcome, realized in zip(rows["date"], rows["outcome"], rows["realized_return"], strict=True):
            now = place[day]
            window = [
                prices[min(now + ahead, last)] for ahead in range(HORIZON[0], HORIZON[1] + 1) if now + 10 < len(prices)
            ]
            if not window or np.isnan(window[-1]):
                assert np.isnan(outcome) and np.isnan(realized)
                unknown += 1
            else:
                assert outcome == float(np.nanmax(window) / prices[now] >= 1 + TARGET)
                assert realized == pytest.approx(window[-1] / prices[now] - 1, abs=1e-12)
                checked += 1
    assert checked > 10_000
    # The last ten sessions, and what pointed into the pause.
    assert unknown > 200


def test_every_prediction_comes_from_a_model_that_knew_no_label_of_its_block(
    exported: pd.DataFrame, close: pd.DataFrame
) -> None:
    place = {day: number for number, day in enumerate(close.index)}
    folds = exported.groupby("fold").agg(
        first=("date", "min"), train_end=("train_end", "max"), n=("train_end", "nunique")
    )
    assert (folds["n"] == 1).all()
    gap = folds["first"].map(place) - folds["train_end"].map(place)
    assert (gap == HORIZON[1] + 1).all()


@pytest.mark.parametrize("model", [*MODELS, *BASELINES])
def test_figures_of_a_model(model: str, trial: Outcome, exported: pd.DataFrame) -> None:
    row = rows_of(trial, "evaluation", "baselines")[model]
    rows = of_model(exported, model)
    base = of_model(exported, "base_rate")["probability"].to_numpy()
    y, p = rows["outcome"].to_numpy(int), rows["probability"].to_numpy()
    clipped = np.clip(p, EDGE, 1 - EDGE)
    odds = np.log(clipped / (1 - clipped))
    by_date = [group for _, group in rows.groupby("date")]
    ranking = ["probability", "raw_score"]
    picks = [group.sort_values(ranking, ascending=False, kind="stable").head(TOP_K) for group in by_date]
    slope = LogisticRegression(C=np.inf, tol=1e-10, solver="newton-cholesky").fit(odds[:, None], y)
    pearson, spearman = by_date_correlations(by_date)
    wanted = {
        "base_rate": y.mean(),
        "auc": roc_auc_score(y, p),
        "auc_by_date": np.mean([roc_auc_score(g.outcome, g.probability) for g in by_date if g.outcome.nunique() == 2]),
        "average_precision": average_precision_score(y, p),
        "brier": brier_score_loss(y, p),
        "brier_skill": 1 - brier_score_loss(y, p) / brier_score_loss(y, base),
        "log_loss": log_loss(y, clipped),
        "calibration_slope": slope.coef_[0, 0],
        "calibration_intercept": intercept_at_slope_one(odds, y),
        "information_coefficient": pearson.mean(),
        "icir": pearson.mean() / pearson.std(ddof=1),
        "rank_ic": spearman.mean(),
        "rank_ic_ir": spearman.mean() / spearman.std(ddof=1),
        "precision_at_k": np.mean([pick.outcome.mean() for pick in picks]),
        "excess_return_at_k": np.mean(
            [
                pick.realized_return.mean() - group.realized_return.mean()
                for pick, group in zip(picks, by_date, strict=True)
            ]
        ),
        "decile_spread": np.nanmean([decile_spread(group) for group in by_date if len(group) >= 20]),
        "highest_probability": p.max(),
        "calibrated_share": rows["calibrated"].mean(),
        "test_rows": len(rows),
        "test_dates": len(by_date),
        "folds": exported["fold"].nunique(),
    }
    # Four blocks of twice the horizon are the least for an error bar.
    if len(pearson) >= 80:
        wanted["ic_t"] = pearson.mean() / newey_west(pearson, HORIZON[1])
        wanted["rank_ic_t"] = spearman.mean() / newey_west(spearman, HORIZON[1])
    assert {name: row[name] for name in wanted} == pytest.approx(wanted, rel=1e-6, abs=1e-9)
    assert ("ic_t" in row) == (len(pearson) >= 80)


@pytest.mark.parametrize("model", [*MODELS, *BASELINES])
def test_reliability_and_calibration_error(model: str, trial: Outcome, exported: pd.DataFrame) -> None:
    row = rows_of(trial, "evaluation", "baselines")[model]
    rows = of_model(exported, model).sort_values("probability", kind="stable")
    sizes = [len(rows) // 10 + (number < len(rows) % 10) for number in range(10)]
    starts = np.cumsum([0, *sizes])
    bins = [rows.iloc[first:stop] for first, stop in zip(starts[:-1], starts[1:], strict=True)]
    said = [part["probability"].mean() for part in bins]
    came = [part["outcome"].mean() for part in bins]
    ece = sum(len(part) / len(rows) * abs(a - b) for part, a, b in zip(bins, said, came, strict=True))
    assert row["ece"] == pytest.approx(ece, abs=1e-12)
    assert [part["mean_probability"] for part in row["reliability"]] == pytest.approx(said)
    assert [part["hit_rate"] for part in row["reliability"]] == pytest.approx(came)
    assert [part["n"] for part in row["reliability"]] == sizes


def test_what_the_past_says_about_the_threshold(trial: Outcome, exported: pd.DataFrame) -> None:
    past = of_model(exported, MODELS[2])
    past = past[past["calibrated"]]
    at = past[past["probability"] >= THRESHOLD]
    found = trial.document["at_threshold"]
    assert (found["model"], found["threshold"], found["calibrated"]) == (MODELS[2], THRESHOLD, len(past))
    assert (found["n"], found["hits"]) == (len(at), int(at["outcome"].sum()))
    assert found["n_dates"] == at["date"].nunique() > 0
    assert found["highest"] == past["probability"].max()


def test_equal_weight_is_what_the_members_earned(trial: Outcome, exported: pd.DataFrame, close: pd.DataFrame) -> None:
    (found,) = trial.document["benchmarks"]
    days = np.sort(exported["date"].unique())
    daily = (close / close.shift(1) - 1).loc[days[1] :].mean(axis=1)
    wanted = {"volatility": daily.std() * np.sqrt(252), "sharpe": daily.mean() / daily.std() * np.sqrt(252)}
    assert {name: found["portfolio"][name] for name in wanted} == pytest.approx(wanted, rel=1e-9)


def test_the_base_rate_baseline(trial: Outcome, exported: pd.DataFrame) -> None:
    row = rows_of(trial, "baselines")["base_rate"]
    rows = of_model(exported, "base_rate")
    y, p = rows["outcome"].to_numpy(int), rows["probability"].to_numpy()
    assert (rows.groupby("fold")["probability"].nunique() == 1).all()
    wanted = {
        "base_rate": y.mean(),
        "brier": brier_score_loss(y, p),
        "log_loss": log_loss(y, p),
        "highest_probability": p.max(),
    }
    assert {name: row[name] for name in wanted} == pytest.approx(wanted)
    assert "auc" not in row and "precision_at_k" not in row


def test_the_ensemble_is_the_mean_of_its_calibrated_members(exported: pd.DataFrame) -> None:
    one, two, both = (of_model(exported, model) for model in MODELS)
    mean = (one["probability"] + two["probability"]) / 2
    np.testing.assert_allclose(both["raw_score"], mean, rtol=1e-12)


def test_uncalibrated_rows_show_the_raw_score(exported: pd.DataFrame) -> None:
    early = exported[exported["model"].isin(MODELS) & ~exported["calibrated"]]
    assert len(early)
    assert (early["probability"] == early["raw_score"]).all()


def test_a_block_is_calibrated_once_252_sessions_lie_in_its_past(exported: pd.DataFrame, close: pd.DataFrame) -> None:
    place = {day: number for number, day in enumerate(close.index)}
    one = exported[exported["model"] == "lightgbm"]
    first = one["date"].map(place).min()
    past = one["train_end"].map(place) - first + 1
    assert (one["calibrated"] == (past >= 252)).all()


def test_prices_and_order_of_the_candidates(trial: Outcome, close: pd.DataFrame) -> None:
    candidates = trial.document["candidates"]
    assert [one["rank"] for one in candidates] == list(range(1, len(candidates) + 1))
    confidence = [one["confidence"] for one in candidates]
    assert confidence == sorted(confidence, reverse=True)
    assert {one["ticker"] for one in candidates} == set(close.columns[close.iloc[-1].notna()])
    for one in candidates:
        price = close.iloc[-1][one["ticker"]]
        assert one["last_close"] == price
        assert one["target_price"] == pytest.approx(price * (1 + TARGET))
        assert one["stop_loss"] == pytest.approx(price * (1 + one["interval"][0]))
        assert one["interval"][0] < one["expected_return"] < one["interval"][1]
        assert one["horizon"] == list(HORIZON)
        entry = price * (1 + one["expected_return"]) / (1 + 2 * COST)
        assert one.get("max_entry") == (pytest.approx(entry) if entry >= price else None)
        assert set(one["by_model"]) == set(MODELS[:2])
        assert one["score"] == pytest.approx(np.mean(list(one["by_model"].values())))
        assert 0 < one["probability_down"] < 1
    assert any("max_entry" in one for one in candidates)


def test_intervals_come_from_past_residuals_in_units_of_the_root_of_volatility(
    trial: Outcome, exported: pd.DataFrame, close: pd.DataFrame
) -> None:
    log_return = np.log(close).diff()
    volatility = log_return.rolling(21).std(ddof=1)
    past = of_model(exported, MODELS[2])
    past = past[past["calibrated"]]
    scale = np.array([volatility.at[day, name] for day, name in zip(past["date"], past["ticker"], strict=True)]) ** 0.5
    residual = ((past["realized_return"] - past["expected_return"]) / scale).dropna()
    place = {day: number for number, day in enumerate(close.index)}
    date = past["date"].loc[residual.index].map(place).to_numpy()
    margins = adaptive_margins(residual.to_numpy(), date, horizon_end=HORIZON[1])
    low, high = margins.now
    found = trial.document["coverage"]
    at = np.searchsorted(margins.days, date)
    given = np.isfinite(margins.lower[at])
    held = (residual.to_numpy() >= margins.lower[at]) & (residual.to_numpy() <= margins.upper[at])
    assert (found["level"], found["n"]) == (0.8, given.sum())
    assert found["coverage"] == pytest.approx(held[given].mean(), abs=0.002)
    for one in trial.document["candidates"]:
        now = volatility.iloc[-1][one["ticker"]] ** 0.5
        expected = one["expected_return"]
        assert one["interval"] == pytest.approx([max(expected + low * now, -0.99), expected + high * now], rel=1e-4)


def test_verdicts_follow_from_the_exported_past(trial: Outcome, exported: pd.DataFrame) -> None:
    past = of_model(exported, MODELS[2])
    past = past[past["calibrated"]]
    place = {day: number for number, day in enumerate(np.sort(exported["date"].unique()))}
    verdicts = []
    for one in trial.document["candidates"]:
        level = min(one["confidence"], THRESHOLD) - 0.05
        band = past[past["probability"] >= level]
        support = one["support"]
        assert (support["n"], support["hits"]) == (len(band), int(band["outcome"].sum()))
        rate, worth = band["outcome"].mean(), independent(band["date"].map(place).to_numpy(), HORIZON[1])
        assert support["n_eff"] == pytest.approx(worth)
        low, high = wilson(rate, worth)
        assert (support["lower"], support["upper"]) == pytest.approx((low, high))
        if one["confidence"] < THRESHOLD:
            wanted = "below"
        else:
            supported = worth >= 30 and rate >= THRESHOLD - 0.05 and low <= band["probability"].mean() <= high
            wanted = "qualified" if supported else "unsupported"
        assert one["verdict"] == wanted
        verdicts.append(wanted)
    assert trial.document["qualified"] == verdicts.count("qualified")
    # The case tells the verdicts apart.
    assert len(set(verdicts)) > 1


def test_the_count_of_fits_and_rows(trial: Outcome, exported: pd.DataFrame) -> None:
    folds = exported["fold"].nunique()
    rows = rows_of(trial, "evaluation")
    for model in MODELS[:2]:
        assert rows[model]["fits"] == folds + 1
        assert len(rows[model]["train_rows"]) == folds
    assert rows[MODELS[2]]["fits"] == 2 * (folds + 1)
    assert trial.document["provenance"]["fits"] == 2 * (folds + 1)


def test_curves_add_up_to_the_figures(trial: Outcome, exported: pd.DataFrame, close: pd.DataFrame) -> None:
    curves = json.loads((Path(trial.request["folder"]) / CURVES).read_text())
    for model, row in (rows_of(trial, "evaluation", "baselines")).items():
        if model == "base_rate":
            continue
        daily = pd.Series(curves["skill"]["rank_ic"][model], dtype=float)
        assert daily.mean() == pytest.approx(row["rank_ic"], abs=1e-5)
        grown = (1 + pd.Series(curves["worth"]["returns"][model])).cumprod()
        assert grown.iloc[-1] ** (252 / len(grown)) - 1 == pytest.approx(row["portfolio"]["cagr"], abs=1e-4)
        worst = (grown / grown.cummax().clip(lower=1) - 1).min()
        assert worst == pytest.approx(row["portfolio"]["max_drawdown"], abs=1e-4)
    assert curves["skill"]["dates"] == [
        f"{day:%Y-%m-%d}" for day in sorted(of_model(exported, "lightgbm")["date"].unique())
    ]
    market = close.pct_change(fill_method=None).mean(axis=1)
    market.index = market.index.astype(str).str[:10]
    same = np.isclose(curves["worth"]["returns"]["equal_weight"], market[curves["worth"]["dates"]], atol=1e-5)
    # The quality gate may leave a bar out: on almost all days it leaves none.
    assert same.mean() > 0.95
    folds = exported.groupby("fold").agg(train_end=("train_end", "first"), test_start=("date", "min"))
    assert [fold["train_end"] for fold in curves["folds"]] == [f"{day:%Y-%m-%d}" for day in folds["train_end"]]
    assert [fold["test_start"] for fold in curves["folds"]] == [f"{day:%Y-%m-%d}" for day in folds["test_start"]]
    assert curves["regime"]["score"][-1] == pytest.approx(trial.document["regime"]["score"], rel=1e-4)
    assert curves["regime"]["label"][-1] == trial.document["regime"]["label"]
