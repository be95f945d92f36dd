"""What a trial holds in memory: what folds knew as changes, and nothing that was freed."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mltrainer.trials.changes import Changes
from mltrainer.trials.freed import give_back, let_go
from mltrainer.trials.labels import Outcomes

VALUES = st.sampled_from([0.0, -0.0, 1.0, 0.5, float("nan")])


@given(arrays(np.float64, (3, 12), elements=VALUES), arrays(np.float64, (3, 8), elements=VALUES), st.booleans())
@settings(derandomize=True, deadline=None, max_examples=50)
def test_what_a_fold_knew_comes_back_bit_for_bit(latest: np.ndarray, known: np.ndarray, lengths: bool) -> None:
    now = Outcomes(latest[0], latest[0], latest[1], latest[2] if lengths else None)
    then = Outcomes(known[0], known[0], known[1], known[2] if lengths else None)

    changes = Changes.of(then, now)
    made = changes.made_to(now)

    assert made.event.tobytes() == then.event.tobytes()
    assert made.realized.tobytes() == then.realized.tobytes()
    assert (made.length is None) == (not lengths)
    assert made.length is None or made.length.tobytes() == known[2].tobytes()
    assert np.isnan(made.down).all() and len(made.down) == len(then.event)
    assert len(changes.event[0]) == sum(a.tobytes() != b.tobytes() for a, b in zip(known[0], latest[0], strict=False))


def test_what_was_freed_goes_back_to_the_system() -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

    if not Path("/proc/self/statm").exists():
        pytest.skip("only Linux tells what a process holds")
    # Small arrays lie in the heap, which does not shrink while one of them stays behind the others.
    made = [np.ones(8_000) for _ in range(1_000)]
    del made[:-1]
    before = resident()
    give_back()
    assert resident() < before - 30_000_000


def test_a_map_that_was_let_go_holds_no_page_and_loses_nothing(tmp_path: Path) -> None:
    def mapped() -> int:
        return int(Path("/proc/self/statm").read_text().split()[2]) * 4096

    if not Path("/proc/self/statm").exists():
        pytest.skip("only Linux tells what a process holds")
    matrix = np.lib.format.open_memmap(tmp_path / "X.npy", mode="w+", dtype=np.float32, shape=(8_000, 1_000))
    before = mapped()
    matrix[:] = 1.0
    assert mapped() > before + 30_000_000
    let_go(matrix)
    assert mapped() < before + 2_000_000
    matrix[0] = 2.0
    assert matrix.sum(dtype=np.float64) == 8_001_000
    matrix.flush()
    assert np.load(tmp_path / "X.npy").sum(dtype=np.float64) == 8_001_000
