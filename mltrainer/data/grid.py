"""From raw rows to arrays of sessions by tickers."""

from dataclasses import dataclass

import numpy as np

from mltrainer.data.calendar import sessions_between
from mltrainer.data.panel import BoolArray, DateArray, Fault, FloatArray
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


def to_grid(raw: RawBars) -> tuple[Grid, list[Fault]]:
    """Place every row at its session and ticker.

    Rows on days without a session are left out, rows that repeat another one word for word are dropped, and rows
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
    raw = raw.select(on_session)
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
    return Grid(sessions, raw.tickers, present, conflict, bars), faults


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
