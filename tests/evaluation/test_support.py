import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from mltrainer.evaluation.effective import effective_size, newey_west_error, wilson
from mltrainer.evaluation.support import support_at, support_of, supports_at, verdict


@pytest.mark.parametrize(
    ("hits", "n", "lower", "upper"),
    [(15, 15, 0.796, 1.0), (13, 15, 0.621, 0.963), (6, 15, 0.198, 0.643), (85, 100, 0.767, 0.907)],
)
def test_wilson_intervals(hits, n, lower, upper):
    found = wilson(hits / n, n, level=0.95)
    assert found == pytest.approx((lower, upper), abs=5e-4)
    exact = binomtest(hits, n).proportion_ci(0.9, method="wilson")
    assert wilson(hits / n, n) == pytest.approx((exact.low, exact.high), abs=1e-12)


def test_effective_size_counts_dates_correlation_and_overlap():
    assert effective_size(np.array([], dtype=int), horizon_end=10) == 0
    assert effective_size(np.array([3, 20, 40]), horizon_end=10) == 3
    assert effective_size(np.arange(50), horizon_end=10) == pytest.approx(5)
    # Runs of 3 and 1 sessions, 8 rows on 4 dates: a run of 2 on average, 2 rows a date.
    date = np.repeat([1, 2, 3, 9], 2)
    assert effective_size(date, horizon_end=10) == pytest.approx(8 / (1 + 0.0955) / 2)


def test_the_panel_of_the_reference_is_worth_some_hundreds_of_rows_in_a_million():
    # 200 tickers, 1250 sessions, horizon 10: about 1250 at a correlation of 0.0955 by the formula.
    assert effective_size(np.repeat(np.arange(1250), 200), horizon_end=10) == pytest.approx(25_000 / 20.0045, rel=1e-6)


def test_newey_west_agrees_with_the_double_sum():
    series = np.cumsum(np.random.default_rng(0).standard_normal(80)) * 0.1
    away, n, lags = series - series.mean(), 80, 20
    total = sum(
        away[i] * away[j] * (1 - abs(i - j) / (lags + 1)) for i in range(n) for j in range(n) if abs(i - j) <= lags
    )
    assert newey_west_error(series, horizon_end=10) == pytest.approx(np.sqrt(total) / n)


def past(n_dates, each, probability, hit_share, seed=0):
    rng = np.random.default_rng(seed)
    n = n_dates * each
    return (
        np.full(n, probability),
        (rng.permutation(n) < hit_share * n).astype(float),
        np.repeat(11 * np.arange(n_dates), each),
    )


def test_a_confidence_that_the_past_bears_out_qualifies():
    record = past(100, 1, 0.87, 0.88)
    support = support_at(0.9, 0.85, *record, horizon_end=10)
    assert (support.n, support.n_eff, support.hits) == (100, 100, 88)
    assert support.lower < 0.87 < support.upper
    assert verdict(0.9, 0.85, *record, horizon_end=10) == "qualified"
    assert verdict(0.85, 0.85, *record, horizon_end=10) == "qualified"
    assert verdict(0.84, 0.85, *record, horizon_end=10) == "below"


@pytest.mark.parametrize(
    "record",
    [
        past(29, 1, 0.87, 0.87),  # too few
        past(100, 1, 0.87, 0.5),  # did not come true
        past(400, 1, 0.99, 0.86),  # came true less often than was said
        past(400, 1, 0.50, 0.5),  # never reached
    ],
    ids=["few", "false", "overconfident", "never"],
)
def test_a_confidence_that_the_past_does_not_bear_out_is_unsupported(record):
    assert verdict(0.9, 0.85, *record, horizon_end=10) == "unsupported"


def test_clustered_rows_count_less():
    probability, event, _ = past(60, 1, 0.87, 0.87)
    together = np.repeat([0, 20], 30)
    assert support_at(0.9, 0.85, probability, event, together, horizon_end=10).n_eff < 30
    assert verdict(0.9, 0.85, probability, event, together, horizon_end=10) == "unsupported"


def test_below_the_threshold_support_is_that_of_the_own_level():
    probability = np.array([0.1, 0.2, 0.3, 0.9])
    event = np.array([0.0, 0.0, 1.0, 1.0])
    support = support_at(0.24, 0.85, probability, event, np.arange(4) * 20, horizon_end=10)
    assert (support.n, support.hits) == (3, 2)


def test_never_reached():
    record = (np.array([0.2, 0.31]), np.array([0.0, 1.0]))
    once = support_of(record[1][1:], np.array([4]), horizon_end=5)
    assert (once.n, once.n_eff, once.hits) == (1, 1, 1)
    assert (once.lower, once.upper) == wilson(1.0, 1.0)
    empty = support_at(0.9, 0.85, *record, np.array([1, 2]), horizon_end=10)
    assert (empty.n, empty.n_eff, empty.lower, empty.upper) == (0, 0, 0, 1)


LEVELS = st.sampled_from([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.9])


@given(st.lists(st.tuples(st.integers(0, 9), LEVELS, st.booleans())), st.lists(LEVELS), LEVELS)
def test_many_candidates_at_once_are_each_by_itself(past, confidence, threshold):
    past = sorted(past, key=lambda row: row[0])
    date = np.array([row[0] for row in past], dtype=int)
    record = np.array([row[1] for row in past]), np.array([float(row[2]) for row in past]), date
    found = supports_at(np.array(confidence), threshold, *record, horizon_end=3)
    assert found == [support_at(one, threshold, *record, horizon_end=3) for one in confidence]
