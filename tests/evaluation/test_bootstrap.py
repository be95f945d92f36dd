import numpy as np
import pytest
from arch.bootstrap import StationaryBootstrap
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from mltrainer.evaluation.bootstrap import draw_dates, intervals, sharpe_interval
from mltrainer.evaluation.metrics import evaluate

from .draws import ragged_predictions

CHOICES = {"top_k": 3, "horizon_end": 3, "train_base_rate": 0.1}
EXACT = {
    "base_rate",
    "auc_by_date",
    "brier",
    "brier_skill",
    "log_loss",
    "rank_ic",
    "information_coefficient",
    "precision_at_k",
    "excess_return_at_k",
    "decile_spread",
}
NAMES = EXACT | {"auc", "calibration_slope", "calibration_intercept"}


def test_intervals_hold_the_figures_and_repeat_with_the_seed():
    rows = ragged_predictions(1, n_dates=250)
    bounds = intervals(**rows, **CHOICES, seed=58)
    figures = evaluate(**rows, **CHOICES)
    assert set(bounds) == NAMES
    for name, (lower, upper) in bounds.items():
        assert lower < figures[name] < upper, name
    assert intervals(**rows, **CHOICES, seed=58) == bounds
    assert intervals(**rows, **CHOICES, seed=59) != bounds


def test_resamples_agree_with_figures_of_repeated_rows():
    rows = ragged_predictions(2, n_dates=120, most=30)
    found = intervals(**rows, **CHOICES, seed=7, resamples=40)
    known = ~np.isnan(rows["event"])
    days = np.unique(rows["date"][known])
    weights = draw_dates(len(days), mean_block=6, resamples=40, rng=np.random.default_rng(7)).astype(int)
    by_hand = {name: [] for name in NAMES - {"auc"}}
    bends = ("calibration_slope", "calibration_intercept")
    areas = []
    for drawn in weights:
        order = np.repeat(days, drawn)
        take = [np.flatnonzero(known & (rows["date"] == day)) for day in order]
        again = {name: values[np.concatenate(take)] for name, values in rows.items()}
        again["date"] = np.repeat(np.arange(len(order)), [len(part) for part in take])
        figures = evaluate(**again, **CHOICES)
        for name, values in by_hand.items():
            values.append(figures[name])
        areas.append(roc_auc_score(again["event"], again["probability"]))
    for name, values in by_hand.items():
        # One Newton step from the whole sample is close to a fit of its own.
        near = 0.02 if name in bends else 1e-12
        assert found[name] == pytest.approx(np.quantile(values, [0.05, 0.95]), abs=near), name
    assert found["auc"] == pytest.approx(np.quantile(areas, [0.05, 0.95]), abs=5e-4)


def test_blocks_are_as_long_as_asked_and_every_date_is_as_likely():
    weights = draw_dates(200, mean_block=20, resamples=2000, rng=np.random.default_rng(0))
    assert (weights.sum(axis=1) == 200).all()
    assert weights.mean(axis=0) == pytest.approx(1.0, abs=0.12)
    # Neighbours come together: their counts correlate by about 1 - 1 / 20.
    left, right = weights[:, :-1].ravel(), weights[:, 1:].ravel()
    assert np.corrcoef(left, right)[0, 1] == pytest.approx(0.95, abs=0.02)


def test_overlap_makes_intervals_wider_than_rows_would():
    # The base rate moves slowly over time, as it does with overlapping labels.
    rng = np.random.default_rng(3)
    date = np.repeat(np.arange(400), 30)
    level = np.repeat(-2 + np.sin(np.arange(400) / 25), 30)
    event = (rng.random(len(date)) < expit(level)).astype(float)
    rows = {"date": date, "probability": np.full(len(date), 0.15), "expected_return": np.zeros(len(date))}
    lower, upper = intervals(**rows, event=event, realized=event, top_k=3, horizon_end=10, seed=1, train_base_rate=0.1)[
        "brier"
    ]
    losses = (0.15 - event) ** 2
    assert upper - lower > 3 * 2 * 1.645 * losses.std() / np.sqrt(len(losses))


def test_what_is_not_defined_has_no_interval():
    rows = ragged_predictions(4, n_dates=200, most=15)
    rows["event"] = np.where(np.isnan(rows["event"]), np.nan, 0.0)
    assert set(intervals(**rows, **CHOICES, seed=1)) == {
        "base_rate", "brier", "brier_skill", "log_loss", "precision_at_k", "excess_return_at_k",
    }  # fmt: skip
    assert intervals(**ragged_predictions(4, n_dates=25), **CHOICES, seed=1) == {}


def test_the_interval_of_a_sharpe_ratio_is_about_that_of_arch():
    steps = np.random.default_rng(42).standard_t(5, 1260)
    returns = 0.0004 + 0.01 * steps / np.sqrt(5 / 3)
    drawn = StationaryBootstrap(10, returns, seed=1)
    wanted = drawn.conf_int(lambda r: r.mean() / r.std(ddof=1) * np.sqrt(252), 1000, method="percentile", size=0.90)
    found = sharpe_interval(returns, mean_block=10, seed=1, resamples=2000)
    assert found == pytest.approx(wanted[:, 0], abs=0.06)
    assert sharpe_interval(returns[:30], mean_block=10, seed=1) is None
    assert sharpe_interval(np.zeros(300), mean_block=10, seed=1) is None
