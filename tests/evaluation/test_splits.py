import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from purgedcv import WalkForwardSplit

from mltrainer.evaluation.labels import hit
from mltrainer.evaluation.splits import inner_tail, walk_forward
from mltrainer.settings.errors import DataError

shapes = st.fixed_dictionaries(
    {
        "horizon_end": st.integers(1, 40),
        "initial_train": st.integers(160, 300),
        "test_block": st.integers(5, 80),
        "embargo": st.integers(0, 20),
        "window": st.sampled_from(["anchored", "rolling"]),
        "train_sessions": st.integers(63, 300),
    }
)


@settings(derandomize=True, max_examples=80, deadline=None)
@given(shape=shapes, extra=st.integers(60, 400), appended=st.integers(1, 120))
def test_folds_are_purged_cover_each_session_once_and_do_not_move(shape, extra, appended):
    n = shape["initial_train"] + extra
    folds = walk_forward(n, **shape)
    tested = [day for fold in folds for day in range(fold.test_start, fold.test_stop)]
    assert tested == list(range(shape["initial_train"], n))
    for fold in folds:
        assert fold.test_start - fold.train_end == shape["horizon_end"] + 1 + shape["embargo"]
        assert fold.train_end + shape["horizon_end"] + shape["embargo"] < fold.test_start
        size = fold.train_end - fold.train_start + 1
        assert 63 <= size <= (shape["train_sessions"] if shape["window"] == "rolling" else n)
        assert fold.test_stop - fold.test_start == shape["test_block"] or fold is folds[-1]
    longer = walk_forward(n + appended, **shape)
    assert longer[: len(folds) - 1] == folds[:-1]
    last, grown = folds[-1], longer[len(folds) - 1]
    assert (grown.train_start, grown.train_end, grown.test_start) == (last.train_start, last.train_end, last.test_start)
    assert grown.test_stop >= last.test_stop


@settings(derandomize=True, max_examples=25, deadline=None)
@given(
    horizon=st.integers(1, 189),
    embargo=st.integers(0, 20),
    seed=st.integers(0, 10**6),
    rolling=st.booleans(),
)
def test_no_training_label_window_meets_a_test_session_whatever_bars_are_missing(horizon, embargo, seed, rolling):
    rng = np.random.default_rng(seed)
    close = 50 * np.exp(np.cumsum(0.02 * rng.standard_normal((700, 3)), axis=0))
    close[rng.random(close.shape) < rng.choice([0.02, 0.4])] = np.nan
    close[rng.integers(300, 700) :, 0] = np.nan
    folds = walk_forward(
        700, horizon_end=horizon, initial_train=300, test_block=63, embargo=embargo,
        window="rolling" if rolling else "anchored", train_sessions=252,
    )  # fmt: skip
    for fold in folds:
        known, _ = hit(close[: fold.test_start], horizon=(1, horizon), target=0.05)
        later = close.copy()
        later[fold.test_start :] *= rng.uniform(0.2, 5, later[fold.test_start :].shape)
        again, _ = hit(later, horizon=(1, horizon), target=0.05)
        train = slice(fold.train_start, fold.train_end + 1)
        # What a fold learns from was settled before its first test session: no price from then on moves it, unless a
        # bar that comes back shows that what looked like a delisting was a gap.
        both = ~np.isnan(known[train]) & ~np.isnan(again[train])
        ended = np.isnan(close[fold.test_start - 1])
        np.testing.assert_array_equal(known[train][both & ~ended], again[train][both & ~ended])
        assert fold.train_end + horizon + embargo < fold.test_start


@settings(derandomize=True, max_examples=25, deadline=None)
@given(n_folds=st.integers(2, 5), block=st.integers(5, 40), horizon=st.integers(1, 30), initial=st.integers(120, 200))
def test_a_purge_one_session_stricter_than_purgedcv(n_folds, block, horizon, initial):
    n = initial + n_folds * block
    if n < initial + horizon + 1:
        return
    days = np.datetime64("2020-01-01") + np.arange(n)
    splitter = WalkForwardSplit(
        n_folds, block, prediction_times=days, evaluation_times=days + np.timedelta64(horizon, "D")
    )
    folds = walk_forward(n, horizon_end=horizon, initial_train=initial, test_block=block)
    for fold, (train, test) in zip(folds, splitter.split(np.zeros((n, 1))), strict=True):
        assert (fold.train_start, fold.train_end + 1) == (train[0], train[-1])
        assert (fold.test_start, fold.test_stop - 1) == (test[0], test[-1])


def test_golden_blocks_with_a_horizon_of_ten():
    # The reference has train ends 30, 45, 60, 75 before tests that start at 40, 55, 70, 85 (gap of ten, ours eleven).
    folds = walk_forward(160, horizon_end=10, initial_train=100, test_block=15)
    assert [(f.train_end - 60, f.test_start - 60, f.test_stop - 61) for f in folds] == [
        (29, 40, 54),
        (44, 55, 69),
        (59, 70, 84),
        (74, 85, 99),
    ]


@pytest.mark.parametrize(
    ("n", "changes", "said"),
    [
        (262, {}, "263 sessions are needed"),
        (30, {}, "30 were found"),
        (400, {"initial_train": 72}, "63 sessions are needed, 62 are left"),
        (900, {"horizon_end": 190}, "too short a training window"),
        (900, {"window": "rolling", "train_sessions": 40}, "40 are left"),
    ],
)
def test_too_little_data_says_what_is_needed_and_found(n, changes, said):
    with pytest.raises(DataError, match=said) as caught:
        walk_forward(n, **{"horizon_end": 10, "initial_train": 252, "test_block": 63} | changes)
    assert caught.value.hint
    assert caught.value.exit_code == 6


def test_one_known_outcome_is_enough():
    (fold,) = walk_forward(263, horizon_end=10, initial_train=252, test_block=63)
    assert (fold.test_start, fold.test_stop, fold.train_end) == (252, 263, 241)


def test_inner_tail_is_purged_like_a_fold():
    fold = walk_forward(600, horizon_end=10, initial_train=252, test_block=63)[1]
    fit_end, tail_start, tail_end = inner_tail(fold, horizon_end=10)
    assert (fit_end, tail_start, tail_end) == (231, 242, 304)
    assert tail_start - fit_end > 10
    assert tail_end == fold.train_end


def test_inner_tail_refuses_a_window_with_nothing_left():
    fold = walk_forward(600, horizon_end=100, initial_train=252, test_block=63)[0]
    with pytest.raises(DataError, match="21 are needed"):
        inner_tail(fold, horizon_end=100)
