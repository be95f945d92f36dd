"""Who is listed when in the simulated market: late listings, delistings, missing days."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LATE_SHARE = 0.10
# Late listings come within this many sessions, whatever the length of the simulation.
LATE_SESSIONS = (21, 378)
DELISTINGS_A_YEAR = 0.015
TAKEOVER_SHARE, TAKEOVER_JUMP, DISTRESS_JUMP = 0.6, 0.2, -0.3
HALT_CHANCE, HALT_LONGEST = 0.0003 / 2, 3


@dataclass(frozen=True, eq=False)
class Structure:
    """Which bars exist.

    Parameters
    ----------
    trades
        (n_sessions, n_tickers) True where there is a bar.
    final_jump
        (n_sessions, n_tickers) overnight log return of the last session before a delisting, else 0. Its mean over
        takeovers and failures is zero, and nothing announces it.
    """

    trades: npt.NDArray[np.bool_]
    final_jump: npt.NDArray[np.float64]


def draw_structure(rng: np.random.Generator, n_sessions: int, n_tickers: int) -> Structure:
    """Draw listings, delistings and missing days; every session's draws follow those of the session before."""
    late = rng.random(n_tickers) < LATE_SHARE
    first = np.where(late, rng.integers(*LATE_SESSIONS, size=n_tickers), 0)
    draws = rng.random((n_sessions, 4, n_tickers))
    rows = np.arange(n_sessions)[:, None]

    ends = (draws[:, 0] < DELISTINGS_A_YEAR / 252) & (rows > first)
    last = np.where(ends.any(axis=0), ends.argmax(axis=0), n_sessions)
    trades = (rows >= first) & (rows <= last)

    halts = draws[:, 1] < HALT_CHANCE
    lengths = 1 + (draws[:, 2] * HALT_LONGEST).astype(np.int64)
    for ahead in range(HALT_LONGEST):
        halted = np.zeros_like(trades)
        halted[ahead:] = (halts & (lengths > ahead))[: n_sessions - ahead]
        trades &= ~halted

    jump = np.where(draws[:, 3] < TAKEOVER_SHARE, TAKEOVER_JUMP, DISTRESS_JUMP)
    return Structure(trades, np.where(ends & (rows == last), jump, 0.0))
