"""The quality gate: from raw bars to the panel, with every fault named and nothing faulty left in it."""

import hashlib
from typing import Any

import numpy as np

from mltrainer.data import checks
from mltrainer.data.grid import Grid, to_grid
from mltrainer.data.panel import BoolArray, DateArray, Fault, Macro, Panel
from mltrainer.data.raw import FIELDS, MARKET, RawBars
from mltrainer.settings.errors import DataError

# Feature windows reach back a year: so long they would cross an unadjusted split.
SPLIT_BARS_SESSIONS = 252
MISSING_IS_WARNING_FROM = 3


def clean(raw: RawBars, macro: Macro | None = None) -> Panel:
    """Judge raw bars and return the panel.

    Every check looks back only: what comes after a session changes neither its arrays nor the faults known by then.

    Parameters
    ----------
    raw
        Bars of any quality; at least one row.
    macro
        Macro values that go with them.

    Raises
    ------
    DataError
        ``no_valid_bars`` where nothing usable is left.
    """
    grid, faults = to_grid(raw)
    bars = {name: np.where(np.isfinite(values), values, np.nan) for name, values in grid.bars.items()}
    cells = _Cells(grid)

    broken = grid.conflict.copy()
    broken |= cells.report("missing_value", checks.missing_value(bars, grid.present & ~broken), "a value is missing")
    broken |= cells.report("non_positive", checks.non_positive(bars) & ~broken, "a price or the volume is not positive")
    broken |= cells.report("ohlc_order", checks.ohlc_order(bars) & ~broken, "high and low do not enclose the bar")
    repeated = cells.report(
        "repeated_bar", checks.repeated_bar(bars) & ~broken, "all five values equal those of the session before"
    )
    stale = cells.report(
        "stale_close",
        checks.stale_close(bars["close"]) & ~broken & ~repeated,
        f"at least the {checks.STALE_LENGTH}th equal close in a row",
    )
    masked = broken | repeated | stale
    for values in bars.values():
        values[masked] = np.nan

    ratios = checks.unadjusted_split(bars)
    split = ~np.isnan(ratios)
    cells.report_splits(ratios)
    faults += cells.faults + _missing_sessions(grid) + _notes(raw, grid.sessions)
    return _panel(raw, grid, bars, masked | split, _barred(split), tuple(faults), macro)


class _Cells:
    """Turns places of the grid into faults that are known on their own day."""

    def __init__(self, grid: Grid) -> None:
        self.faults: list[Fault] = []
        self._days = [str(day) for day in grid.sessions]
        self._tickers = grid.tickers

    def report(self, code: str, where: BoolArray, detail: str) -> BoolArray:
        """Note an error for every True place, and return the places."""
        for row, column in np.argwhere(where):
            day = self._days[row]
            self.faults.append(Fault(code, self._tickers[column], day, day, "error", f"{detail}; the bar is left out"))
        return where

    def report_splits(self, ratios: np.ndarray) -> None:
        """Note an error for every ratio that is not NaN."""
        for row, column in np.argwhere(~np.isnan(ratios)):
            day, ratio = self._days[row], ratios[row, column]
            kind = f"{ratio:g}:1 split" if ratio > 1 else f"1:{1 / ratio:g} reverse split"
            detail = (
                f"looks like an unadjusted {kind}; labels across it are undefined and the ticker is left out "
                f"for {SPLIT_BARS_SESSIONS} sessions"
            )
            self.faults.append(Fault("unadjusted_split", self._tickers[column], day, day, "error", detail))


def _barred(split: BoolArray) -> BoolArray:
    """Return the sessions from each split on, as long as feature windows reach back to it."""
    rows = np.arange(len(split))[:, None]
    latest = np.maximum.accumulate(np.where(split, rows, -SPLIT_BARS_SESSIONS), axis=0)
    return rows - latest < SPLIT_BARS_SESSIONS


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
    return [Fault(code, MARKET, first, first, "info", detail) for code, detail in raw.notes.items()]


def _panel(
    raw: RawBars,
    grid: Grid,
    bars: checks.Bars,
    void: BoolArray,
    barred: BoolArray,
    faults: tuple[Fault, ...],
    macro: Macro | None,
) -> Panel:
    kept: BoolArray = np.asarray(np.isfinite(bars["close"]).any(axis=0))
    if not kept.any():
        raise DataError(
            f"no bar of {raw.path or raw.source} passes the quality gate; {len(faults)} faults were found",
            hint="`mltrainer data check` lists them",
            code="no_valid_bars",
        )
    arrays: dict[str, Any] = {name: np.ascontiguousarray(bars[name][:, kept]) for name in FIELDS}
    arrays |= {"void": np.ascontiguousarray(void[:, kept]), "barred": np.ascontiguousarray(barred[:, kept])}
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
        faults=tuple(sorted(faults, key=lambda fault: (fault.date, fault.ticker, fault.code))),
        dropped=dropped,
        macro=macro,
        path=raw.path,
        **arrays,
    )


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
