import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import pearsonr, spearmanr
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from mltrainer.evaluation import metrics
from mltrainer.evaluation.by_date import parts_of
from mltrainer.evaluation.metrics import daily_figures, evaluate
from mltrainer.evaluation.reliability import brier_parts, by_band
from mltrainer.settings.parts.evaluation import EvaluationRow

from .draws import ragged_predictions

CHOICES = {"top_k": 3, "horizon_end": 10, "train_base_rate": 0.1}


@settings(derandomize=True, max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), ties=st.booleans())
def test_figures_agree_with_scikit_learn_and_scipy(seed, ties):
    rows = ragged_predictions(seed, ties=ties)
    figures = evaluate(**rows, **CHOICES)
    frame = pd.DataFrame(rows).dropna(subset=["event"])
    event, probability = frame.event.to_numpy(), frame.probability.to_numpy()
    clipped = np.clip(probability, 1e-4, 1 - 1e-4)
    by_date = [group for _, group in frame.groupby("date")]
    large = [group for group in by_date if len(group) >= 20]
    daily_auc = [roc_auc_score(g.event, g.probability) for g in by_date if g.event.nunique() == 2]
    picks = [g.sort_values("probability", ascending=False, kind="stable").head(3) for g in by_date]
    slope = LogisticRegression(C=np.inf, tol=1e-10, solver="newton-cholesky")
    slope.fit(np.log(clipped / (1 - clipped))[:, None], event)
    pearson = [pearsonr(g.expected_return, g.realized).statistic for g in large]
    spearman = [spearmanr(g.expected_return, g.realized).statistic for g in large]
    wanted = {
        "base_rate": event.mean(),
        "auc": roc_auc_score(event, probability),
        "auc_by_date": np.mean(daily_auc),
        "average_precision": average_precision_score(event, probability),
        "brier": brier_score_loss(event, probability),
        "brier_skill": 1 - brier_score_loss(event, probability) / np.mean((event - 0.1) ** 2),
        "log_loss": log_loss(event, clipped),
        "calibration_slope": slope.coef_[0, 0],
        "information_coefficient": np.mean(pearson),
        "icir": np.mean(pearson) / np.std(pearson, ddof=1),
        "rank_ic": np.mean(spearman),
        "rank_ic_ir": np.mean(spearman) / np.std(spearman, ddof=1),
        "precision_at_k": np.mean([p.event.mean() for p in picks]),
        "excess_return_at_k": np.mean(
            [p.realized.mean() - g.realized.mean() for p, g in zip(picks, by_date, strict=True)]
        ),
        "highest_probability": probability.max(),
    }
    for name, value in wanted.items():
        assert figures[name] == pytest.approx(value, rel=1e-6, abs=1e-10), name


@settings(derandomize=True, max_examples=30, deadline=None)
@given(counts=st.lists(st.integers(1, 9), max_size=12), at_once=st.integers(1, 30))
def test_parts_hold_whole_dates_and_every_row_once(counts, at_once):
    date = np.repeat(np.arange(len(counts)), counts)
    parts = [date[rows] for rows in parts_of(date, at_once)]
    assert np.array_equal(np.concatenate(parts), date)
    assert all(before[-1] < after[0] for before, after in zip(parts[:-1], parts[1:], strict=True))
    assert all(len(part) <= at_once or part[0] == part[-1] for part in parts)


def test_daily_figures_are_the_same_in_parts_bit_for_bit(monkeypatch):
    rows = ragged_predictions(3, ties=True)
    known = ~np.isnan(rows["event"])
    rows = {name: values[known] for name, values in rows.items()}
    whole = daily_figures(**rows)
    monkeypatch.setattr(metrics, "parts_of", lambda date: parts_of(date, 70))
    for name, values in daily_figures(**rows).items():
        assert values.tobytes() == whole[name].tobytes(), name


def test_golden_information_coefficients():
    # Values of alphalens for the same draw.
    rng = np.random.default_rng(3)
    score = rng.standard_normal((250, 200))
    future = 0.05 * score + np.sqrt(1 - 0.05**2) * rng.standard_normal((250, 200))
    figures = evaluate(
        date=np.repeat(np.arange(250), 200),
        probability=expit(score.ravel()),
        expected_return=score.ravel(),
        event=(future.ravel() > 0).astype(float),
        realized=0.05 * future.ravel(),
        **CHOICES,
    )
    assert figures["rank_ic"] == pytest.approx(0.03631356783919598, abs=1e-12)
    assert figures["rank_ic_ir"] == pytest.approx(0.5071177, abs=1e-7)
    assert figures["information_coefficient"] == pytest.approx(0.0390366, abs=1e-7)
    assert figures["decile_spread"] == pytest.approx(0.006869913785939949, abs=1e-12)


def test_figures_fit_the_result_document():
    figures = evaluate(**ragged_predictions(1, n_dates=130), **CHOICES)
    row = EvaluationRow(
        model="random_forest",
        folds=1,
        fits=1,
        train_rows=[1],
        test_rows=1,
        test_dates=1,
        calibrated_share=1.0,
        **figures,
    )
    assert set(figures) <= set(EvaluationRow.model_fields)
    assert row.rank_ic_t == figures["rank_ic_t"]
    plain = [value for value in figures.values() if not isinstance(value, (list, dict))]
    assert all(type(value) is float and np.isfinite(value) for value in plain)


def test_reliability_and_expected_calibration_error():
    rows = ragged_predictions(2, n_dates=200)
    figures = evaluate(**rows, **CHOICES)
    frame = pd.DataFrame(rows).dropna().sort_values("probability", kind="stable")
    parts = [frame.iloc[place] for place in np.array_split(np.arange(len(frame)), 10)]
    gaps = [len(p) / len(frame) * abs(p.event.mean() - p.probability.mean()) for p in parts]
    assert figures["ece"] == pytest.approx(sum(gaps), abs=1e-12)
    assert [b["n"] for b in figures["reliability"]] == [len(p) for p in parts]
    for found, part in zip(figures["reliability"], parts, strict=True):
        assert found["hit_rate"] == pytest.approx(part.event.mean())
        assert found["lower"] <= found["hit_rate"] <= found["upper"]


def test_bands_and_parts_of_the_brier_score():
    # The example of Murphy's decomposition: three groups that said .1, .3 and .6.
    said, came = np.array([0.1] * 5 + [0.3] * 3 + [0.6] * 2), np.array([0, 0, 1, 0, 0, 0, 1, 0, 1, 1.0])
    table = by_band(np.arange(10), said, came, horizon_end=1)
    assert [(row["from"], row["to"], row["n"]) for row in table] == [(0.1, 0.2, 5), (0.3, 0.4, 3), (0.6, 0.7, 2)]
    parts = brier_parts(table, said, came)
    wanted = {"reliability": 0.037333, "resolution": 0.093333, "uncertainty": 0.24, "within": 0.0}
    assert parts == pytest.approx(wanted, abs=1e-6)
    rows = ragged_predictions(2, n_dates=200)
    figures = evaluate(**rows, **CHOICES)
    parts, bands = figures["brier_parts"], figures["bands"]
    whole = parts["reliability"] - parts["resolution"] + parts["uncertainty"] + parts["within"]
    assert whole == pytest.approx(figures["brier"], abs=1e-12)
    frame = pd.DataFrame(rows).dropna()
    cut = pd.cut(frame.probability, [0, 0.05, *np.linspace(0.1, 1, 10)], right=False)
    grouped = frame.groupby(cut, observed=True)
    assert [band["n"] for band in bands] == grouped.size().tolist()
    assert [band["n_dates"] for band in bands] == grouped.date.nunique().tolist()
    assert [band["hit_rate"] for band in bands] == pytest.approx(grouped.event.mean().tolist())
    assert all(band["n_eff"] <= band["n"] for band in bands)
    certain = by_band(np.arange(2), np.array([0.95, 1.0]), np.ones(2), horizon_end=1)
    assert [(band["from"], band["to"], band["n"]) for band in certain] == [(0.9, 1.0, 2)]


@pytest.mark.parametrize(("n", "golden"), [(400, 0.029), (4000, 0.0097)])
def test_the_expected_calibration_error_is_what_simulation_gives(n, golden):
    # One row a date on every eleventh session with a horizon of ten: rows are independent, so plain draws must agree.
    rng = np.random.default_rng(9)
    probability = expit(-2.9 + 0.9 * rng.standard_normal(n))
    rows = {
        "date": 11 * np.arange(n),
        "probability": probability,
        "expected_return": probability,
        "realized": probability,
    }
    draws = [(rng.random(n) < probability).astype(float) for _ in range(60)]
    figures = [evaluate(**rows, event=event, **CHOICES) for event in draws]
    seen = np.mean([f["ece"] for f in figures])
    assert figures[0]["ece_if_calibrated"] == pytest.approx(seen, rel=0.12)
    assert figures[0]["ece_if_calibrated"] == pytest.approx(golden, rel=0.05)


def test_too_few_blocks_of_dates_have_no_t():
    rows = ragged_predictions(1, n_dates=130)
    assert "rank_ic_t" in evaluate(**rows, **CHOICES)
    assert not {"rank_ic_t", "ic_t"} & set(evaluate(**rows, **(CHOICES | {"horizon_end": 150})))


def test_train_base_rate_may_differ_by_row():
    rows = ragged_predictions(4)
    rates = np.linspace(0.05, 0.3, len(rows["date"]))
    figures = evaluate(**rows, **(CHOICES | {"train_base_rate": rates}))
    known = ~np.isnan(rows["event"])
    event = rows["event"][known]
    reference = brier_score_loss(event, rates[known])
    assert figures["brier_skill"] == pytest.approx(1 - brier_score_loss(event, rows["probability"][known]) / reference)


def test_undefined_figures_have_no_key():
    rows = ragged_predictions(5, most=15)
    figures = evaluate(**(rows | {"event": np.where(np.isnan(rows["event"]), np.nan, 0.0)}), **CHOICES)
    assert not {"auc", "average_precision", "calibration_slope", "rank_ic", "information_coefficient", "ic_t"} & set(
        figures
    )
    assert "decile_spread" not in figures
    assert figures["base_rate"] == 0
    constant = ragged_predictions(6)
    constant["expected_return"] = np.full_like(constant["realized"], 0.01)
    constant["probability"] = np.full_like(constant["realized"], 0.1)
    figures = evaluate(**constant, **CHOICES)
    assert "rank_ic" not in figures
    assert "calibration_slope" not in figures
    assert figures["auc"] == 0.5
    assert evaluate(**(rows | {"event": np.full_like(rows["event"], np.nan)}), **CHOICES) == {}


def test_a_missing_expected_return_leaves_its_date_out_as_scipy_does():
    rows = ragged_predictions(7)
    rows["expected_return"][rows["date"] == 110] = np.nan
    figures = evaluate(**rows, **CHOICES)
    frame = pd.DataFrame(rows).dropna(subset=["event"])
    daily = [spearmanr(g.expected_return, g.realized).statistic for _, g in frame.groupby("date") if len(g) >= 20]
    assert figures["rank_ic"] == pytest.approx(np.nanmean(daily), abs=1e-12)


def test_rows_out_of_order_are_refused():
    rows = ragged_predictions(8)
    with pytest.raises(ValueError, match="sorted by date"):
        evaluate(**(rows | {"date": rows["date"][::-1]}), **CHOICES)


def test_picks_of_equal_probability_are_ranked_by_their_raw_score() -> None:
    date = np.repeat(np.arange(30), 25)
    score = np.tile(np.arange(25.0), 30)
    event = (score >= 20).astype(float)
    asked = {
        "date": date,
        "probability": np.full(len(date), 0.2),
        "expected_return": score,
        "event": event,
        "realized": event * 0.1,
        "top_k": 5,
        "horizon_end": 10,
        "train_base_rate": 0.2,
    }

    assert evaluate(**asked, score=score)["precision_at_k"] == 1
    assert evaluate(**asked)["precision_at_k"] == 0
