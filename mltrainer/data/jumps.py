"""Jumps of the price level that trading does not explain: spikes, bars of another company, spin-offs, wrong units.

News moves prices with volume. A jump of many times the usual move on ordinary volume is no trade's doing, and its bar
is left out on its own day. The next bar tells what it was: back at the old level, it was a spike; at the new one, the
level has shifted, as an unadjusted spin-off or special dividend does. A jump with volume may be news, and is called
wrong only when the price returns to where it was.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mltrainer.data.moves import MOST_MISSING, Moves
from mltrainer.data.panel import BoolArray, FloatArray

LEAST_JUMP, LEAST_SCALES = 0.06, 8.0
# With volume, smaller jumps are everyday news.
LOUD_JUMP = 0.10
# Without a market to compare with, a day on which everything moved looks like a jump.
LEAST_SCALES_ALONE = 12.0
# Ordinary volume, in traded value against its past: the farther a jump, the more volume would come with news. A large
# fall may have more of it, since the owners of the part that was spun off trade too.
QUIET_AT_LEAST, QUIET_PER_SCALE, QUIET_MOST = 1.0, 0.1, 2.0
# Where the volume is wild anyway, that of a single day tells less: it must lie lower.
CALM_SPREAD, PER_SPREAD = 0.6, 1.5
SPIN_OFF_FALL, SPIN_OFF_SCALES, SPIN_OFF_TRADED = 0.20, 16.0, 3.0
# A return to within these shares of the jump counts as back.
BACK_QUIET, BACK_LOUD = 0.5, 0.2
# A visit of several sessions that came with volume must be large to be told from news and its reversal.
VISIT_JUMP, VISIT_BACK, VISIT_LONGEST = 0.25, 0.15, 10
SHIFT_MEMORY = 63
UNIT, UNIT_TOLERANCE, UNIT_LONGEST = 100.0, 0.4, 21
REUSED_GAP, REUSED_JUMP = 21, np.log(1.5)
# Feature windows reach back a year across a shifted level.
LEVEL_SESSIONS = 252


@dataclass(frozen=True)
class Finding:
    """One fault: its code, its place, the session from which it is known, and what was found."""

    code: str
    row: int
    column: int
    known: int
    detail: str


class Jumps:
    """What the jumps of (n_sessions, n_tickers) bars are. Every verdict uses data up to its ``known`` session alone.

    Parameters
    ----------
    bars
        Prices and volumes; a missing or masked bar is NaN.
    moves
        The moves of the same bars.
    explained
        True where a jump is known for something else, such as a split.

    Attributes
    ----------
    findings
        All faults, ticker by ticker.
    masked
        (n_sessions, n_tickers) bars to leave out, known on their own day.
    void
        (n_sessions, n_tickers) bars that no label may cross, known on their own day.
    later
        (session, ticker, known session) of bars that are found out later.
    out
        (session, ticker, length) of rows to leave out from a session on.
    """

    def __init__(self, bars: dict[str, FloatArray], moves: Moves, explained: BoolArray) -> None:
        self._open, self._close = bars["open"], bars["close"]
        self._moves = moves
        self._explained = explained
        self.findings: list[Finding] = []
        self.masked = np.zeros(self._close.shape, dtype=bool)
        self.void = np.zeros(self._close.shape, dtype=bool)
        self.later: list[tuple[int, int, int]] = []
        self.out: list[tuple[int, int, int]] = []
        candidates = self._candidates()
        for column in np.flatnonzero(candidates.any(axis=0)):
            self._judge(int(column), np.flatnonzero(candidates[:, column]))

    def _candidates(self) -> BoolArray:
        moves = self._moves
        least = self._least(slice(None), slice(None))
        with np.errstate(invalid="ignore"):
            far = np.abs(moves.gap - moves.market_gap[:, None]) >= least
            far |= np.abs(moves.change - moves.market[:, None]) >= least
            far |= np.abs(moves.gap) >= np.log(UNIT) - UNIT_TOLERANCE
        return (far & ~self._explained) | self._returns_after_long()

    def _returns_after_long(self) -> BoolArray:
        present = np.isfinite(self._close)
        rows = np.arange(len(present))[:, None]
        last = np.maximum.accumulate(np.where(present, rows, -1), axis=0)
        before = np.concatenate([np.full((1, present.shape[1]), -1), last[:-1]])
        return present & (before >= 0) & (rows - before >= REUSED_GAP)

    def _least(self, row: slice | int, column: slice | int) -> FloatArray:
        """Return the smallest move that is a jump; NaN where the ticker is too young to tell."""
        scales = np.where(self._moves.many[row], LEAST_SCALES, LEAST_SCALES_ALONE)
        scale = self._moves.scale[row, column]
        return np.maximum(LEAST_JUMP, (scales[:, None] if scale.ndim == 2 else scales) * scale)

    def _judge(self, column: int, candidates: npt.NDArray[np.intp]) -> None:
        valid = np.flatnonzero(np.isfinite(self._close[:, column]))
        returned: set[int] = set()
        shift: tuple[int, float, int] | None = None
        for row in map(int, candidates):
            earlier = valid[(valid < row) & ~self.masked[valid, column]]
            if row in returned or self.masked[row, column] or not len(earlier):
                continue
            before = int(earlier[-1])
            level = float(self._close[before, column])
            jump = float(np.log(self._open[row, column] / level))
            following = [int(later) for later in valid[(valid > row) & (valid <= row + max(VISIT_LONGEST, 1))]]
            if row - before >= REUSED_GAP:
                self._reused(row, column, row - before, jump)
            elif self._is_unit(jump):
                self._unit(row, column, level, jump, valid[valid >= row])
            elif row - before > MOST_MISSING:
                continue
            elif shift and row - shift[0] <= SHIFT_MEMORY and self._is_back(row, column, shift[1], jump):
                self._visit(shift[0], row, column, jump, shift[2])
                shift = None
            elif self._is_quiet(row, column):
                after = following[0] if following and following[0] - row <= MOST_MISSING else None
                if self._quiet(row, column, level, after):
                    shift = (row, level, len(self.out) - 1)
                if after is not None:
                    returned.add(after)
            elif (back := self._loud(row, column, level, following)) is not None:
                returned.add(back)

    def _is_unit(self, jump: float) -> bool:
        return abs(abs(jump) - np.log(UNIT)) < UNIT_TOLERANCE

    def _is_back(self, row: int, column: int, level: float, jump: float) -> bool:
        return abs(np.log(self._open[row, column] / level)) < BACK_QUIET / 2 * abs(jump)

    def _is_quiet(self, row: int, column: int) -> bool:
        """Return whether the price jumped overnight and stayed, on ordinary volume."""
        moves = self._moves
        gap = moves.gap[row, column] - moves.market_gap[row]
        change = moves.change[row, column] - moves.market[row]
        if not abs(gap) >= self._least(row, column) or change * np.sign(gap) < abs(gap) / 2:
            return False
        traded, scales = moves.traded[row, column], abs(gap) / moves.scale[row, column]
        ordinary = min(QUIET_AT_LEAST + QUIET_PER_SCALE * (scales - LEAST_SCALES), QUIET_MOST)
        traded *= np.exp(PER_SPREAD * max(float(np.nan_to_num(moves.spread[row, column])) - CALM_SPREAD, 0.0))
        spun_off = gap <= -SPIN_OFF_FALL and scales >= SPIN_OFF_SCALES and traded < SPIN_OFF_TRADED
        return bool(traded < ordinary or spun_off)

    def _quiet(self, row: int, column: int, level: float, after: int | None) -> bool:
        """Leave out a jump without news, and return whether the next bar shows that the level has shifted."""
        size = float(np.expm1(self._moves.gap[row, column]))
        self.masked[row, column] = True
        found = f"opens {size:+.1%} from the last close and stays there on ordinary volume; the bar is left out"
        self._find("unexplained_jump", row, column, row, found)
        if after is None:
            return False
        drift = self._moves.market[row] + self._moves.market_gap[after]
        if abs(np.log(self._open[after, column] / level) - drift) < BACK_QUIET * abs(np.log1p(size)):
            self._find(
                "price_spike", row, column, after, f"{size:+.1%} for one session, then back; the bar is left out"
            )
            return False
        kind = "an unadjusted spin-off or special dividend" if size < 0 else "an unadjusted event"
        found = (
            f"the level has shifted by {size:+.1%} without news: {kind}, or bars of another company; labels across it "
            f"are undefined and the ticker is left out for {LEVEL_SESSIONS} sessions"
        )
        self._find("spin_off" if size < 0 else "level_shift", row, column, after, found)
        self.out.append((after, column, LEVEL_SESSIONS))
        return True

    def _loud(self, row: int, column: int, level: float, following: list[int]) -> int | None:
        """Call a jump with volume wrong where the price is back soon, and return the session of the return."""
        moves, size = self._moves, float(np.log(self._close[row, column] / level))
        if not following or not abs(size - moves.market[row]) >= self._least(row, column):
            return None
        after = following[0]
        drift = moves.market[row] + moves.market_gap[after]
        if after - row <= MOST_MISSING and (abs(size) >= LOUD_JUMP or moves.traded[row, column] < QUIET_MOST):
            opened = np.log(self._open[after, column] / level) - drift
            closed = np.log(self._close[after, column] / level) - drift - moves.market[after]
            if abs(opened) < BACK_LOUD * abs(size) and abs(closed) < BACK_QUIET * abs(size):
                self._late("price_spike", row, after, column, f"{np.expm1(size):+.1%} for one session, then back")
                return after
        if abs(moves.gap[row, column]) < VISIT_JUMP:
            return None
        for last, after in zip(following[:-1], following[1:], strict=True):
            home = np.log(self._open[after, column] / level)
            leap = np.log(self._open[after, column] / self._close[last, column])
            if abs(home) < VISIT_BACK * abs(size) and abs(leap) >= 0.6 * abs(size) and leap * size < 0:
                found = f"{np.expm1(size):+.1%} for {after - row} sessions, then back: bars of another company"
                self._late("other_company", row, after, column, found)
                return after
        return None

    def _visit(self, first: int, row: int, column: int, jump: float, out: int) -> None:
        """Call what looked like a shifted level a visit of another company, once the price is back.

        ``out`` is where the rows to leave out since the shift are listed: they end here.
        """
        found = (
            f"after {row - first} sessions the price jumps back by {np.expm1(jump):+.1%} to the level before: bars of "
            "another company; labels that touch them are undefined"
        )
        self._find("other_company", first, column, row, found)
        self.later += [(inside, column, row) for inside in range(first + 1, row)]
        self.void[row, column] = True
        since = self.out[out][0]
        self.out[out] = (since, column, row - since)

    def _late(self, code: str, first: int, known: int, column: int, found: str) -> None:
        rule = "labels that touch it are undefined, and from then on it is left out of all that is computed"
        self._find(code, first, column, known, f"{found}; {rule}")
        self.later += [(inside, column, known) for inside in range(first, known)]

    def _unit(self, row: int, column: int, level: float, jump: float, valid: npt.NDArray[np.intp]) -> None:
        """Leave out bars in another unit until the price is back, at most for a month; then the unit has changed."""
        for later in map(int, valid):
            if abs(np.log(self._close[later, column] / level) - np.sign(jump) * np.log(UNIT)) >= UNIT_TOLERANCE:
                return
            if later - row >= UNIT_LONGEST:
                found = f"the unit has changed for good; the ticker is left out for {LEVEL_SESSIONS} sessions"
                self._find("unit_jump", later, column, later, found)
                self.void[later, column] = True
                self.out.append((later, column, LEVEL_SESSIONS))
                return
            self.masked[later, column] = True
            times = "100 times" if jump > 0 else "a hundredth of"
            self._find("unit_jump", later, column, later, f"{times} the last good close; the bar is left out")

    def _reused(self, row: int, column: int, missing: int, jump: float) -> None:
        if abs(jump) < REUSED_JUMP:
            return
        found = (
            f"after {missing - 1} sessions without a bar the price is at {np.exp(jump):.0%} of the last: perhaps "
            f"another company under the same symbol; the ticker is left out for {LEVEL_SESSIONS} sessions"
        )
        self._find("symbol_reused", row, column, row, found)
        self.void[row, column] = True
        self.out.append((row, column, LEVEL_SESSIONS))

    def _find(self, code: str, row: int, column: int, known: int, detail: str) -> None:
        self.findings.append(Finding(code, row, column, known, detail))
