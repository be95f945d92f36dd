"""The quality gate: from raw bars to the panel, with every fault named and nothing faulty left in it."""

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from mltrainer.data import checks
from mltrainer.data.cells import Cells
from mltrainer.data.copies import Copies, equal_bars
from mltrainer.data.grid import Grid, to_grid
from mltrainer.data.jumps import Jumps
from mltrainer.data.known_actions import known_actions
from mltrainer.data.moves import moves_of
from mltrainer.data.panel import BoolArray, DateArray, Fault, FloatArray, Macro, Panel
from mltrainer.data.raw import FIELDS, MARKET, RawBars
from mltrainer.data.twins import twin_bars
from mltrainer.settings.errors import DataError

MISSING_IS_WARNING_FROM = 3


def clean(raw: RawBars, macro: Macro | None = None, last: np.datetime64 | None = None) -> Panel:
    """Judge raw bars and return the panel.

    A bar that is seen to be wrong on its own day is left out. One that looked right then stays in the arrays, since
    predictions dated before the fault was known must not change: ``void_later`` says from when on it is to be masked.
    No label may touch either. What comes after a session changes neither its arrays nor the faults known by then.

    Parameters
    ----------
    raw
        Bars of any quality; at least one row.
    macro
        Macro values that go with them.
    last
        The last session that is over; bars dated later are left out. Unless given, none is.

    Raises
    ------
    DataError
        ``no_valid_bars`` where nothing usable is left.
    """
    grid, faults = to_grid(raw, last)
    bars = {name: np.where(np.isfinite(values), values, np.nan) for name, values in grid.bars.items()}
    cells = Cells(grid)

    broken = grid.conflict.copy()
    lacking = checks.missing_value(bars, grid.present & ~broken, raw.absent)
    broken |= cells.report("missing_value", lacking, "a value is missing")
    broken |= cells.report("non_positive", checks.non_positive(bars) & ~broken, "a price or the volume is not positive")
    broken |= cells.report("ohlc_order", checks.ohlc_order(bars) & ~broken, "high and low do not enclose the bar")
    broken |= cells.report("zero_volume", checks.zero_volume(bars) & ~broken, "no share was traded")
    _mask(bars, broken)
    # The first price that is known of a day: of closes alone, the close.
    judged = bars | ({"open": bars["close"]} if "open" in raw.absent else {})
    moves = moves_of(judged)
    # Closes alone are equal by chance: only whole bars can be told to be copies.
    whole = np.isfinite(bars["close"]) & (not raw.absent)
    copies = equal_bars(bars, whole, moves)
    stale = cells.report_copies(copies)
    stale |= cells.report_twins(twin_bars(bars, whole, moves))
    stale |= cells.report(
        "stale_close",
        checks.stale_close(bars["close"], moves) & ~broken & ~stale,
        "one of too many equal closes in a row",
    )
    _mask(bars, stale)
    moves = moves_of(judged)
    ticks = cells.report("bad_tick", checks.bad_tick(bars, moves), "high or low is far off the rest of the bar")
    _mask(bars, ticks)

    known = known_actions(raw, grid)
    ratios = checks.unadjusted_split(bars)
    if known:
        listed = known.unadjusted(bars["close"], judged["open"])
        ratios = np.where(np.isnan(listed), ratios, listed)
    cells.report_splits(ratios, known)
    jumps = Jumps(judged, moves, ~np.isnan(ratios))
    cells.report_jumps(jumps, known)
    unexplained = checks.large_jump(moves) & np.isnan(ratios) & ~jumps.masked
    if "volume" in raw.absent:
        reason = "without volume nothing tells news from a spin-off or a wrong price"
        cells.warn_of_jumps(unexplained, moves.change, reason)
    elif known:
        reason = "the vendor lists no split on that day: news, or a spin-off, which such lists do not hold"
        cells.warn_of_jumps(unexplained & known.asked, moves.change, reason)
    _mask(bars, jumps.masked)

    void = broken | stale | ticks | jumps.masked | jumps.void | ~np.isnan(ratios)
    later = _later(void, copies, jumps)
    void[later[:, 0], later[:, 1]] = True
    faults += cells.faults + _missing_sessions(grid) + _notes(raw, grid.sessions)
    return _panel(raw, grid, bars, (void, later, _barred(ratios, jumps)), tuple(faults), macro)


def _mask(bars: checks.Bars, where: BoolArray) -> None:
    for values in bars.values():
        values[where] = np.nan


def _later(void: BoolArray, copies: Copies, jumps: Jumps) -> npt.NDArray[np.int64]:
    """Return (session, ticker, known session) of the bars that became void later, each with its first such session."""
    ahead = copies.looks_ahead
    found = [*zip(copies.earlier[ahead], copies.column[ahead], copies.later[ahead], strict=True), *jumps.later]
    first: dict[tuple[int, int], int] = {}
    for row, column, known in found:
        if not void[row, column]:
            place = (int(row), int(column))
            first[place] = min(int(known), first.get(place, int(known)))
    listed = sorted((row, column, known) for (row, column), known in first.items())
    return np.array(listed, dtype=np.int64).reshape(-1, 3)


def _barred(ratios: FloatArray, jumps: Jumps) -> BoolArray:
    """Return the rows that are left out because their feature windows reach back across a fault."""
    barred = np.zeros(ratios.shape, dtype=bool)
    splits = ((int(row), int(column), checks.SPLIT_BARS_SESSIONS) for row, column in np.argwhere(~np.isnan(ratios)))
    for row, column, length in (*splits, *jumps.out):
        barred[row : row + length, column] = True
    return barred


def _missing_sessions(grid: Grid) -> list[Fault]:
    """Return one fault for each run of sessions that a ticker lacks between two of its bars.

    It is dated the first missing session, and known only when bars come again: until then it may be a delisting.
    """
    n_sessions = len(grid.sessions)
    rows = np.arange(n_sessions)[:, None]
    last_seen = np.maximum.accumulate(np.where(grid.present, rows, -1), axis=0)
    before = np.concatenate([np.full((1, grid.present.shape[1]), -1), last_seen[:-1]])
    returns = grid.present & (before >= 0) & (rows - before > 1)
    faults = []
    for row, column in np.argwhere(returns):
        start, length = before[row, column] + 1, row - before[row, column] - 1
        severity = "info" if length < MISSING_IS_WARNING_FROM else "warning"
        detail = f"no bar on {length} sessions, until {grid.sessions[row]}" if length > 1 else "no bar on this session"
        faults.append(
            Fault(
                "missing_session",
                grid.tickers[column],
                str(grid.sessions[start]),
                str(grid.sessions[row]),
                severity,
                detail,
            )
        )
    return faults


def _notes(raw: RawBars, sessions: DateArray) -> list[Fault]:
    first = str(sessions[0]) if len(sessions) else str(raw.dates.min())
    notes = [Fault(code, MARKET, first, first, "info", detail) for code, detail in raw.notes.items()]
    if raw.absent:
        skipped = ", ".join(checks.not_checked(raw.absent))
        detail = f"the data have no {', '.join(raw.absent)}: not looked for are {skipped}"
        notes.append(Fault("columns_absent", MARKET, first, first, "warning", detail))
    return notes


def _panel(
    raw: RawBars,
    grid: Grid,
    bars: checks.Bars,
    left_out: tuple[BoolArray, npt.NDArray[np.int64], BoolArray],
    faults: tuple[Fault, ...],
    macro: Macro | None,
) -> Panel:
    void, later, barred = left_out
    kept: BoolArray = np.asarray(np.isfinite(bars["close"]).any(axis=0))
    if not kept.any():
        raise DataError(
            f"no bar of {raw.path or raw.source} passes the quality gate; {len(faults)} faults were found",
            hint="`mltrainer data check` lists them",
            code="no_valid_bars",
        )
    arrays: dict[str, Any] = {name: np.ascontiguousarray(bars[name][:, kept]) for name in FIELDS}
    arrays |= {"void": np.ascontiguousarray(void[:, kept]), "barred": np.ascontiguousarray(barred[:, kept])}
    later = later[kept[later[:, 1]]]
    later[:, 1] = (np.cumsum(kept) - 1)[later[:, 1]]
    arrays["void_later"] = later
    tickers = tuple(ticker for ticker, keep in zip(grid.tickers, kept, strict=True) if keep)
    dropped = {
        ticker: "no bar passes the quality gate" for ticker, keep in zip(grid.tickers, kept, strict=True) if not keep
    }
    return Panel(
        sessions=grid.sessions,
        tickers=tickers,
        source=raw.source,
        simulated=raw.simulated,
        delay=raw.delay,
        fingerprint=_fingerprint(raw, arrays, macro),
        rows=len(raw.dates),
        sectors=tuple(raw.sectors.get(ticker, "") for ticker in tickers) if raw.sectors else (),
        faults=in_order(faults),
        dropped=dropped,
        macro=macro,
        path=raw.path,
        absent=raw.absent,
        **arrays,
    )


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return the faults by date, ticker and code."""
    return tuple(sorted(faults, key=lambda fault: (fault.date, fault.ticker, fault.code)))


def _fingerprint(raw: RawBars, arrays: dict[str, np.ndarray], macro: Macro | None) -> str:
    """Return the SHA-256 of all that a trial can depend on: raw rows, their names, the clean arrays, macro values."""
    digest = hashlib.sha256()
    order = np.lexsort((raw.codes, raw.dates))
    digest.update("\n".join([*raw.tickers, *(f"{key}={value}" for key, value in sorted(raw.sectors.items()))]).encode())
    for name in ("dates", "codes", *FIELDS):
        digest.update(getattr(raw, name)[order].tobytes())
    for values in arrays.values():
        digest.update(values.tobytes())
    if macro is not None:
        digest.update("\n".join(macro.series.tolist()).encode())
        for values in (macro.reference, macro.available, macro.values):
            digest.update(values.tobytes())
    return f"sha256:{digest.hexdigest()}"
