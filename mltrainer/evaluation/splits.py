"""Walk-forward folds by date, counted from the first session, with a purge before every test block."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from mltrainer.settings.errors import DataError

MINIMUM_TRAIN = 63
TAIL = 63
MINIMUM_FIT = 21


@dataclass(frozen=True)
class Fold:
    """One training window and the block of decision sessions that it is tested on; all are session positions.

    Parameters
    ----------
    index
        Number of the fold, from 0.
    train_start, train_end
        First and last training session, both inclusive.
    test_start, test_stop
        First test session, and the session after the last one.
    """

    index: int
    train_start: int
    train_end: int
    test_start: int
    test_stop: int


class InnerSplit(NamedTuple):
    """A training window cut in two: fit on ``train_start`` .. ``fit_end``, judge on ``tail_start`` .. ``tail_end``.

    All are session positions and inclusive.
    """

    fit_end: int
    tail_start: int
    tail_end: int


def walk_forward(
    n_sessions: int,
    *,
    horizon_end: int,
    initial_train: int,
    test_block: int,
    embargo: int = 0,
    window: Literal["anchored", "rolling"] = "anchored",
    train_sessions: int = 756,
) -> list[Fold]:
    """Return the folds of a walk-forward test.

    The first test block starts at session ``initial_train``; every block has ``test_block`` sessions, the last one may
    be shorter. Boundaries never depend on ``n_sessions``, so sessions that are appended lengthen the last block or add
    folds, and move none. Every training label ends before the first test session:
    ``test_start - train_end > horizon_end + embargo`` (López de Prado 2018, ch. 7, one session stricter).

    Parameters
    ----------
    n_sessions
        Sessions in the data.
    horizon_end
        Last session of the label's window, counted from the decision.
    initial_train
        Sessions before the first test block.
    test_block
        Sessions of one test block.
    embargo
        Sessions left out beyond the purge.
    window
        ``anchored`` trains on everything since session 0, ``rolling`` on the last ``train_sessions``.
    train_sessions
        Length of a rolling training window.

    Raises
    ------
    DataError
        If no test session can have a known outcome, or the first training window is under 63 sessions.
    """
    needed = initial_train + horizon_end + 1
    if n_sessions < needed:
        raise DataError(
            f"too little data: {needed} sessions are needed ({initial_train} to train on first, one to test, "
            f"{horizon_end} until its outcome is known), {n_sessions} were found",
            hint="bring a longer history, or lower initial_train or the horizon",
            code="data_insufficient",
        )
    purged = horizon_end + 1 + embargo
    shortest = initial_train - purged + 1
    if window == "rolling":
        shortest = min(shortest, train_sessions)
    if shortest < MINIMUM_TRAIN:
        raise DataError(
            f"too short a training window: {MINIMUM_TRAIN} sessions are needed, {max(shortest, 0)} are left of "
            f"{initial_train} after {purged - 1} sessions of horizon and embargo",
            hint="raise initial_train, or take a shorter horizon",
            code="data_insufficient",
        )
    folds = []
    for index, test_start in enumerate(range(initial_train, n_sessions, test_block)):
        train_end = test_start - purged
        train_start = max(0, train_end - train_sessions + 1) if window == "rolling" else 0
        folds.append(Fold(index, train_start, train_end, test_start, min(test_start + test_block, n_sessions)))
    return folds


def inner_tail(fold: Fold, *, horizon_end: int) -> InnerSplit:
    """Split a fold's training window by the same rule: the last 63 sessions, and what can be fitted before them.

    Serves early stopping and provisional calibration; no label of the fitted part reaches into the tail.

    Raises
    ------
    DataError
        If fewer than 21 sessions are left to fit on.
    """
    tail_start = fold.train_end - TAIL + 1
    fit_end = tail_start - horizon_end - 1
    left = fit_end - fold.train_start + 1
    if left < MINIMUM_FIT:
        raise DataError(
            f"too short a training window: after {TAIL} sessions of tail and {horizon_end} of horizon, {max(left, 0)} "
            f"of {fold.train_end - fold.train_start + 1} sessions are left to fit on, {MINIMUM_FIT} are needed",
            hint=f"raise initial_train by {MINIMUM_FIT - left} sessions, or take a shorter horizon",
            code="data_insufficient",
        )
    return InnerSplit(fit_end, tail_start, fold.train_end)
