import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss

from mltrainer.evaluation.calibration import (
    MINIMUM_DATES,
    calibrate_score,
    choose_calibrator,
    expected_return_line,
    mirrored_loss,
)
from mltrainer.evaluation.calibrator import CANDIDATES, Rows
from mltrainer.evaluation.logistic import fit_logistic, logit

from .draws import reference_scores


@pytest.fixture(scope="module")
def reference():
    return reference_scores()


# Brier, log-loss, slope, calibration in the large, made with betacal, venn_abers and scikit-learn.
@pytest.mark.parametrize(
    ("name", "brier", "loss", "slope", "in_the_large", "tolerance"),
    [
        ("identity", 0.199227, 0.601920, 0.450, -2.927, 1e-3),
        ("platt", 0.062181, 0.232390, 0.983, -0.025, 2e-3),
        ("beta", 0.062333, 0.233232, 0.945, -0.025, 2e-3),
        ("venn_abers", 0.062387, 0.233660, 0.941, -0.094, 3e-2),
    ],
)
def test_reference_fits(reference, name, brier, loss, slope, in_the_large, tolerance):
    score, event, test_score, test_event = reference
    probability = CANDIDATES[name](Rows.of(score, event)).apply(test_score)
    assert brier_score_loss(test_event, probability) == pytest.approx(brier, abs=3e-6)
    assert log_loss(test_event, probability) == pytest.approx(loss, abs=1e-4)
    assert fit_logistic([logit(probability)], test_event)[1] == pytest.approx(slope, abs=tolerance)
    assert fit_logistic([], test_event, logit(probability))[0] == pytest.approx(in_the_large, abs=tolerance)


def test_binned_isotonic_is_isotonic_on_fifty_bins_and_claims_less(reference):
    score, event, *_ = reference
    found = CANDIDATES["binned_isotonic"](Rows.of(score, event))
    order = np.argsort(score)
    centre = score[order].reshape(50, -1).mean(axis=1)
    rate = event[order].reshape(50, -1).mean(axis=1)
    wanted = IsotonicRegression().fit_transform(centre, rate)
    np.testing.assert_allclose(found.apply(centre), np.clip(wanted, 1 / 8000, 1 - 1 / 8000), atol=1e-12)
    plain = IsotonicRegression(out_of_bounds="clip").fit(score, event)
    assert found.apply(np.array([0.9999]))[0] < 0.4 < plain.predict([0.9999])[0]


@settings(derandomize=True, max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), bins=st.integers(1, 12))
def test_venn_abers_fits_each_bin_with_a_miss_and_with_a_hit_more(seed, bins):
    rng = np.random.default_rng(seed)
    count = rng.integers(1, 9, bins)
    score = np.repeat(np.arange(bins) / bins, count)
    event = rng.integers(0, 2, len(score)).astype(float)
    hits = np.bincount(np.repeat(np.arange(bins), count), event)
    heights = np.array(CANDIDATES["venn_abers"](Rows.of(score, event)).parameters)[bins:]
    for place in range(bins):
        more = count + (np.arange(bins) == place)
        lower, upper = (
            isotonic_regression((hits + outcome * (more - count)) / more, weights=more).x[place] for outcome in (0, 1)
        )
        assert heights[place] == pytest.approx(upper / (1 - lower + upper), abs=1e-12)


def test_newton_agrees_with_scikit_learn():
    rng = np.random.default_rng(1)
    columns = [rng.standard_normal(5000) * 3 + 1, rng.standard_normal(5000) * 0.01]
    event = (rng.random(5000) < expit(-2 + 0.5 * columns[0] + 30 * columns[1])).astype(float)
    other = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000, solver="newton-cholesky")
    other.fit(np.column_stack(columns), event)
    wanted = [other.intercept_[0], *other.coef_[0]]
    np.testing.assert_allclose(fit_logistic(columns, event), wanted, rtol=1e-5)
    separated = fit_logistic([np.arange(10.0)], (np.arange(10) > 4).astype(float))
    assert np.isfinite(separated).all()


@settings(derandomize=True, max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6), name=st.sampled_from(sorted(CANDIDATES)), ties=st.booleans())
def test_every_calibrator_rises_stays_inside_and_is_deterministic(seed, name, ties):
    rng = np.random.default_rng(seed)
    score = rng.random(400)
    if ties:
        score = np.round(score, 1)
    event = (rng.random(400) < score**2 * 0.4).astype(float)
    event[:2] = 0, 1
    calibrator = CANDIDATES[name](Rows.of(score, event))
    grid = calibrator.apply(np.linspace(0, 1, 300))
    assert (np.diff(grid) >= -1e-12).all()
    assert grid.min() >= 1 / 800
    assert grid.max() <= 1 - 1 / 800
    assert CANDIDATES[name](Rows.of(score, event)) == calibrator


def history(seed, distort, n_dates=400, each=60, common=0.5):
    """Return a score and an event with a common shock a date, so that dates and not rows are the samples."""
    rng = np.random.default_rng(seed)
    date = np.repeat(np.arange(n_dates), each)
    z = rng.standard_normal(len(date))
    shock = np.repeat(common * rng.standard_normal(n_dates), each)
    event = (rng.random(len(date)) < expit(-2.4 + 0.8 * z + shock)).astype(float)
    return distort(z), event, date


@pytest.mark.parametrize(
    ("distort", "name"),
    [
        (lambda z: expit(-2.3 + 0.78 * z), "identity"),
        (lambda z: expit(0.78 * z), "intercept_shift"),
        (lambda z: expit(3 * z), "platt"),
    ],
)
def test_the_simplest_sufficient_calibrator_is_chosen(distort, name):
    # One past can mislead, so that five have a vote.
    names = [choose_calibrator(*history(seed, distort), horizon_end=10).name for seed in range(5)]
    assert names.count(name) >= 4


def test_the_chosen_one_is_fitted_on_all_rows_and_improves_the_future():
    score, event, date = history(8, lambda z: expit(3 * z), n_dates=600)
    past, future = date < 400, date >= 400
    chosen = choose_calibrator(score[past], event[past], date[past], horizon_end=10)
    assert chosen == CANDIDATES[chosen.name](Rows.of(score[past], event[past]))
    assert log_loss(event[future], chosen.apply(score[future])) < log_loss(event[future], score[future]) - 0.1


def test_the_choice_repeats_and_rests_on_rows_before_the_cut():
    score, event, date = history(11, lambda z: expit(1.5 * z - 1))
    assert choose_calibrator(score, event, date, horizon_end=10) == choose_calibrator(
        score, event, date, horizon_end=10
    )
    # Outcomes that are not known at a cut train nothing: a past whose first 63 known dates come too late has no choice.
    assert choose_calibrator(score, event, date, horizon_end=271) is None
    assert choose_calibrator(score, event, date, horizon_end=270) is not None


def test_too_short_a_past_gives_none():
    score, event, date = history(2, expit, n_dates=MINIMUM_DATES)
    assert choose_calibrator(score, event, date, horizon_end=10) is not None
    assert choose_calibrator(score[60:], event[60:], date[60:], horizon_end=10) is None
    assert choose_calibrator(score, np.zeros_like(event), date, horizon_end=10) is None
    # With a horizon of 189 sessions no part of this past is known before another begins.
    assert choose_calibrator(score, event, date, horizon_end=189) is None


def test_a_score_that_is_no_probability_gets_platt():
    rng = np.random.default_rng(4)
    score = 0.01 * rng.standard_normal(4000)
    event = (rng.random(4000) < expit(-2 + 80 * score)).astype(float)
    found = calibrate_score(score, event)
    other = LogisticRegression(C=np.inf, tol=1e-10, solver="newton-cholesky").fit(score[:, None] * 100, event)
    np.testing.assert_allclose(found.apply(score), other.predict_proba(score[:, None] * 100)[:, 1], rtol=1e-5)
    # A score that is upside down says nothing, so it becomes the base rate.
    np.testing.assert_allclose(calibrate_score(-score, event).apply(score), event.mean())
    np.testing.assert_allclose(calibrate_score(score, np.zeros(4000)).apply(score), 1 / 8000)


def test_expected_return_is_the_least_squares_line():
    rng = np.random.default_rng(6)
    score, realized = rng.standard_normal(300), rng.standard_normal(300)
    other = LinearRegression().fit(score[:, None], realized)
    line = expected_return_line(score, realized)
    np.testing.assert_allclose(line, [other.intercept_, other.coef_[0]])
    np.testing.assert_allclose(line.apply(score), other.predict(score[:, None]))
    assert expected_return_line(np.full(300, 0.3), realized) == pytest.approx((realized.mean(), 0.0))


def test_mirrored_loss_is_a_logistic_regression():
    rng = np.random.default_rng(7)
    score, log_vol = rng.standard_normal(3000), rng.standard_normal(3000) - 1
    event = (rng.random(3000) < expit(-2 + 0.2 * score + 0.9 * log_vol)).astype(float)
    fitted = mirrored_loss(score, log_vol, event)
    other = LogisticRegression(C=np.inf, tol=1e-10, solver="newton-cholesky").fit(
        np.column_stack([score, log_vol]), event
    )
    probability = other.predict_proba(np.column_stack([score, log_vol]))[:, 1]
    np.testing.assert_allclose(fitted.apply(score, log_vol), probability, rtol=1e-5)
    never = mirrored_loss(score, log_vol, np.zeros(3000))
    np.testing.assert_allclose(never.apply(score, log_vol), 1 / 6000)
