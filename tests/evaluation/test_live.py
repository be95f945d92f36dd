"""Promises against what came true: the counts by hand, the interval by the equation that defines it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.evaluation.live import by_level, kept_promise


@given(
    st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60),
    st.integers(1, 20),
)
@settings(derandomize=True, max_examples=60, deadline=None)
def test_the_figures_are_those_of_the_definition(cases: list[tuple[float, bool]], horizon: int) -> None:
    confidence = np.array([said for said, _ in cases])
    outcome = np.array([float(came) for _, came in cases])
    # Far enough apart that every case stands for itself.
    date = np.arange(len(cases)) * (horizon + 1)
    kept = kept_promise(confidence, outcome, date, horizon_end=horizon)
    n, hits = len(cases), int(outcome.sum())
    assert (kept.n, kept.hits, kept.dates) == (n, hits, n)
    assert kept.n_eff == pytest.approx(n)
    for bound in (kept.lower, kept.upper):
        # Wilson's bounds are where the share lies 1.645 of the bound's own standard errors away.
        assert (hits / n - bound) ** 2 == pytest.approx(1.6448536**2 * bound * (1 - bound) / n, abs=1e-7)
    assert kept.brier == pytest.approx(np.mean((confidence - outcome) ** 2))
    levels = by_level(confidence, outcome, date, horizon_end=horizon)
    assert sum(one.n for _, _, one in levels) == n
    assert all(low <= one.promised <= high for low, high, one in levels)


@pytest.mark.parametrize(
    ("said", "share", "verdict"),
    [(0.3, 0.3, "kept"), (0.8, 0.3, "promised too much"), (0.05, 0.3, "promised too little")],
)
def test_a_promise_is_judged_once_there_are_enough_cases(said: float, share: float, verdict: str) -> None:
    outcome = (np.arange(100) < 100 * share).astype(np.float64)
    apart = np.arange(100) * 11
    assert kept_promise(np.full(100, said), outcome, apart, horizon_end=10).verdict == verdict
    # A hundred cases on neighbouring days share their windows: they are worth ten.
    assert kept_promise(np.full(100, said), outcome, np.arange(100), horizon_end=10).verdict == "too few to judge"
