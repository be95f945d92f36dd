"""From raw rows to arrays of sessions by tickers."""

from dataclasses import dataclass

import numpy as np

from mltrainer.data.calendar import sessions_between
from mltrainer.data.panel import BoolArray, DateArray, Fault, FloatArray
from mltrainer.data.partial import cut_off, few_tickers
from mltrainer.data.raw import FIELDS, MARKET, RawBars
from mltrainer.settings.errors import DataError


@dataclass(frozen=True, eq=False)
class Grid:
    """Bars as they were delivered, every array (n_sessions, n_tickers).

    ``present`` is True where a row exists, ``conflict`` where several differ. A bar that is not there is NaN.
    """

    sessions: DateArray
    tickers: tuple[str, ...]
    present: BoolArray
    conflict: BoolArray
    bars: dict[str, FloatArray]


def to_grid(raw: RawBars, last: np.datetime64 | None = None) -> tuple[Grid, list[Fault]]:
    """Place every row at its session and ticker.

    Rows on days without a session, on sessions after ``last`` and on sessions that were cut off before their close are
    left out, rows that repeat another one word for word are dropped, and rows
    that contradict each other are marked. Each is a fault dated its own day.

    Raises
    ------
    DataError
        ``no_valid_bars`` where no row lies on a session.
    """
    calendar = sessions_between(raw.dates.min(), raw.dates.max())
    on_session = np.isin(raw.dates, calendar)
    faults = [
        Fault("not_a_session", raw.tickers[code], str(day), str(day), "error", "the exchange was closed on this day")
        for code, day in zip(raw.codes[~on_session], raw.dates[~on_session], strict=True)
    ]
    if not on_session.any():
        raise DataError(
            f"none of the {len(raw.dates)} bars is dated a session of the New York Stock Exchange",
            hint="give daily bars, dated by the session that they describe",
            code="no_valid_bars",
        )
    if not on_session.all():
        raw = raw.select(on_session)
    if last is not None:
        raw, unfinished = _finished(raw, last)
        faults += unfinished
    sessions = np.unique(raw.dates)
    faults += _days_without_data(calendar, sessions)

    rows = np.searchsorted(sessions, raw.dates)
    cells = rows * len(raw.tickers) + raw.codes
    order = np.argsort(cells, kind="stable")
    sorted_cells = cells[order]
    first = np.concatenate([[True], sorted_cells[1:] != sorted_cells[:-1]])[: len(cells)]
    starts = order[first]

    shape = (len(sessions), len(raw.tickers))
    present, conflict = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    present.flat[cells[starts]] = True
    bars = {}
    for name in FIELDS:
        bars[name] = np.full(shape, np.nan)
        bars[name].flat[cells[starts]] = getattr(raw, name)[starts]

    repeated = order[~first]
    if len(repeated):
        same = np.ones(len(repeated), dtype=bool)
        for name in FIELDS:
            kept, other = bars[name].flat[cells[repeated]], getattr(raw, name)[repeated]
            same &= (kept == other) | (np.isnan(kept) & np.isnan(other))
        conflict.flat[cells[repeated[~same]]] = True
        faults += _duplicates(sessions, raw.tickers, cells[repeated], conflict)
    grid, cut = _without_cut_off(Grid(sessions, raw.tickers, present, conflict, bars))
    return grid, faults + cut


def _finished(raw: RawBars, last: np.datetime64) -> tuple[RawBars, list[Fault]]:
    """Leave out bars of sessions that are not over yet."""
    early = raw.dates > last
    faults = [
        Fault(
            "future_date",
            raw.tickers[code],
            str(day),
            str(day),
            "error",
            "this session is not over; the bar is left out",
        )
        for code, day in zip(raw.codes[early], raw.dates[early], strict=True)
    ]
    if early.all():
        raise DataError(
            f"all {len(raw.dates)} bars are dated after {last}, the last session that is over",
            hint="check the dates and the clock of this machine",
            code="no_valid_bars",
        )
    return raw.select(~early) if early.any() else raw, faults


def _without_cut_off(grid: Grid) -> tuple[Grid, list[Fault]]:
    """Leave out sessions whose bars end before the close, and say where most tickers are missing."""
    share = cut_off(np.where(grid.present & ~grid.conflict, grid.bars["volume"], np.nan), grid.sessions)
    kept = np.isnan(share)
    faults = []
    for row in map(int, np.flatnonzero(~kept)):
        day = str(grid.sessions[row])
        detail = f"the median ticker has {share[row]:.0%} of its usual volume: cut off before the close; it is left out"
        faults.append(Fault("partial_session", MARKET, day, day, "error", detail))
    if faults:
        bars = {name: values[kept] for name, values in grid.bars.items()}
        grid = Grid(grid.sessions[kept], grid.tickers, grid.present[kept], grid.conflict[kept], bars)
    for row, count, before in few_tickers(grid.present):
        day = str(grid.sessions[row])
        detail = f"only {count} tickers have a bar, {before} had one the session before"
        faults.append(Fault("few_tickers", MARKET, day, day, "warning", detail))
    return grid, faults


def _days_without_data(calendar: DateArray, sessions: DateArray) -> list[Fault]:
    """Return one fault for each run of sessions on which no ticker has a bar, known when data come again."""
    inside = calendar[(calendar > sessions[0]) & (calendar < sessions[-1])]
    missing = np.flatnonzero(~np.isin(inside, sessions))
    runs = np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1) if len(missing) else []
    return [
        Fault(
            "missing_session_all",
            MARKET,
            str(inside[run[0]]),
            str(sessions[np.searchsorted(sessions, inside[run[-1]])]),
            "warning",
            "no ticker has a bar on this session"
            if len(run) == 1
            else f"no ticker has a bar on {len(run)} sessions, the last of them {inside[run[-1]]}",
        )
        for run in runs
    ]


def _duplicates(sessions: DateArray, tickers: tuple[str, ...], cells: np.ndarray, conflict: BoolArray) -> list[Fault]:
    faults = []
    for cell, extra in zip(*np.unique(cells, return_counts=True), strict=True):
        row, column = divmod(int(cell), len(tickers))
        day = str(sessions[row])
        if conflict[row, column]:
            detail = f"{extra + 1} rows of this day contradict each other; the bar is left out"
            faults.append(Fault("duplicate_conflict", tickers[column], day, day, "error", detail))
        else:
            detail = f"{extra + 1} equal rows of this day; one is kept"
            faults.append(Fault("duplicate", tickers[column], day, day, "info", detail))
    return faults
