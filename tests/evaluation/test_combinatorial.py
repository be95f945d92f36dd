"""Combinatorial purged cross-validation: no label of the training meets one of the test, and every path is whole."""

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skfolio.model_selection import CombinatorialPurgedCV

from mltrainer.evaluation.combinatorial import combinatorial_splits, paths_of
from mltrainer.settings.errors import DataError

shapes = st.fixed_dictionaries(
    {
        "groups": st.integers(3, 9),
        "tested": st.integers(1, 2),
        "horizon_end": st.integers(1, 15),
        "embargo": st.integers(0, 15),
    }
)


def marked(spans, length):
    """Say which sessions the spans hold."""
    found = np.zeros(length, dtype=bool)
    for start, stop in spans:
        found[start:stop] = True
    return found


@settings(derandomize=True, max_examples=40, deadline=None)
@given(shape=shapes, first=st.integers(0, 200), length=st.integers(500, 900), seed=st.integers(0, 10**6))
def test_no_label_of_the_training_meets_one_of_the_test_whatever_days_are_missing(shape, first, length, seed):
    horizon, embargo = shape["horizon_end"], shape["embargo"]
    rng = np.random.default_rng(seed)
    # Rows exist on some days only, and their labels end on the last session or before.
    there = np.flatnonzero(rng.random(first + length) < rng.choice([0.3, 0.9, 1.0]))
    ends = there + rng.integers(1, horizon + 1, len(there))
    for split in combinatorial_splits(first, first + length, **shape):
        tested = marked(split.test, first + length + horizon + 1)
        trained = marked(split.train, len(tested))[there]
        # Every session that a test label looks at.
        looks = np.zeros(len(tested) + 1)
        np.add.at(looks, there[tested[there]] + 1, 1)
        np.add.at(looks, ends[tested[there]] + 1, -1)
        for seen in (tested, looks[:-1].cumsum() > 0):
            upto = np.append(0, seen.cumsum())
            assert not (upto[ends + 1] - upto[there + 1])[trained].any()
        assert not tested[there[trained]].any()
        for _, stop in split.test:
            after = min((start for start, _ in split.train if start >= stop), default=stop + horizon + embargo)
            assert after >= stop + horizon + embargo


@settings(derandomize=True, max_examples=40, deadline=None)
@given(groups=st.integers(3, 9), tested=st.integers(1, 3), first=st.integers(0, 100), length=st.integers(500, 800))
def test_every_path_tests_every_session_once_and_no_two_paths_share_a_test(groups, tested, first, length):
    if tested >= groups - 1:
        return
    splits = combinatorial_splits(first, first + length, groups=groups, tested=tested, horizon_end=5, embargo=5)
    paths = paths_of(splits)
    assert (len(splits), len(paths)) == (comb(groups, tested), comb(groups - 1, tested - 1))
    for path in paths:
        days = []
        for group, place in path.items():
            days += range(*splits[place].test[splits[place].tested.index(group)])
        assert days == list(range(first, first + length))
    used = [(group, place) for path in paths for group, place in path.items()]
    assert len(used) == len(set(used)) == len(splits) * tested


@settings(derandomize=True, max_examples=15, deadline=None)
@given(shape=shapes, length=st.integers(600, 900))
def test_splits_are_those_of_skfolio(shape, length):
    if shape["tested"] < 2 or shape["groups"] < 4:
        return
    length -= length % shape["groups"]
    oracle = CombinatorialPurgedCV(
        n_folds=shape["groups"],
        n_test_folds=shape["tested"],
        purged_size=shape["horizon_end"],
        embargo_size=shape["embargo"],
    )
    found = combinatorial_splits(0, length, **shape)
    for split, (train, tests) in zip(found, oracle.split(np.zeros((length, 1))), strict=True):
        assert np.array_equal(np.concatenate([np.arange(*span) for span in split.train]), train)
        assert all(np.array_equal(np.arange(*span), test) for span, test in zip(split.test, tests, strict=True))


def test_golden_sizes_of_the_training():
    # T = 120, a purge of nine and an embargo of two; a hundred sessions before are never tested.
    splits = combinatorial_splits(100, 220, groups=6, tested=2, horizon_end=9, embargo=2)
    golden = [69, 49, 49, 49, 60, 60, 40, 40, 51, 60, 40, 51, 60, 51, 71]
    before = [91 if split.tested[0] == 0 else 100 for split in splits]
    assert [split.train_sessions - more for split, more in zip(splits, before, strict=True)] == golden


def test_too_little_data_says_what_is_left():
    with pytest.raises(DataError, match="are needed") as caught:
        combinatorial_splits(0, 120, groups=6, tested=2, horizon_end=10, embargo=10)
    assert caught.value.exit_code == 6
