"""The one entry to data: a request becomes a panel."""

import hashlib
from dataclasses import replace

import numpy as np

from mltrainer.data.calendar import last_finished_before
from mltrainer.data.files import FileSource
from mltrainer.data.index import index_members, read_intervals
from mltrainer.data.listed import company
from mltrainer.data.listed import sectors as listed_sectors
from mltrainer.data.macro import read_macro, until
from mltrainer.data.names import joined_changes
from mltrainer.data.panel import Panel
from mltrainer.data.quality import clean, in_order
from mltrainer.data.raw import RawBars, Source
from mltrainer.data.simulated import SimulatedSource
from mltrainer.data.stored import StoredSource, stored_tickers
from mltrainer.data.wanted import tickers_to_read
from mltrainer.settings.errors import DataError, UsageError
from mltrainer.settings.request import DataRequest


def load_panel(request: DataRequest, chosen: frozenset[str] | None = None) -> Panel:
    """Read the data of a request, cut what is later than ``as_of``, and pass it through the quality gate.

    Parameters
    ----------
    chosen
        The tickers to read of a bar store, see :func:`wanted_of`; all unless given.

    Raises
    ------
    DataError
        Where the data are missing, not understood, or nothing usable is left.
    UsageError
        Where the request itself is wrong.
    """
    raw = source_of(request, chosen).read()
    macro = read_macro(request.macro) if request.macro is not None else raw.macro
    if request.as_of is not None:
        day = np.datetime64(request.as_of, "D")
        raw = _until(raw, day, request.as_of)
        macro = until(macro, day) if macro is not None else None
    # A simulated market may reach beyond the present.
    last = None if raw.simulated else last_finished_before(raw.dates.max())
    raw, joins = joined_changes(raw)
    panel = clean(raw, macro, last)
    return _with_index(replace(panel, faults=in_order((*panel.faults, *joins))), request)


def wanted_of(request: DataRequest, universe: str) -> frozenset[str] | None:
    """Return the tickers of a bar store that a universe needs; None where all are read.

    A file is read whole: it has to be anyway.
    """
    if request.source != "polygon" or request.data is None:
        return None
    companies = read_intervals(request.members).tickers if request.members else ()
    return tickers_to_read(universe, stored_tickers(request.data), companies)


def known_tickers(request: DataRequest, panel: Panel) -> list[str]:
    """Return every ticker that a trial on this data may name, whether the panel at hand holds it or not."""
    if request.source == "polygon" and request.data is not None:
        return sorted({*panel.tickers, *stored_tickers(request.data)})
    return list(panel.tickers)


def _with_index(panel: Panel, request: DataRequest) -> Panel:
    """Add what is known about real tickers: their sectors, and who was in the index when."""
    if panel.simulated:
        return panel
    bars = np.isfinite(panel.close)
    if not any(panel.sectors):
        first = [panel.dates[row] for row in bars.argmax(axis=0)]
        known = {company(ticker): sector for ticker, sector in listed_sectors().items()}
        own = tuple(known.get(company(ticker, day), "") for ticker, day in zip(panel.tickers, first, strict=True))
        panel = replace(panel, sectors=own if any(own) else ())
    if request.members is None:
        return panel
    found = index_members(read_intervals(request.members), panel.sessions, panel.tickers, bars)
    digest = hashlib.sha256(panel.fingerprint.encode() + np.packbits(found.member).tobytes())
    return replace(panel, index=found, fingerprint=f"sha256:{digest.hexdigest()}")


def source_of(request: DataRequest, chosen: frozenset[str] | None = None) -> Source:
    """Return the source that a request names; of a bar store it reads the chosen tickers."""
    if request.source == "simulated":
        return SimulatedSource(request.simulation, request.seed)
    if request.source == "polygon" and request.data is not None:
        return StoredSource(request.data, chosen)
    if request.data is None:
        raise UsageError(
            "the source files needs a file or a folder", hint="give it with --data FILE_OR_DIR", code="data_missing"
        )
    return FileSource(request.data)


def _until(raw: RawBars, day: np.datetime64, as_of: str) -> RawBars:
    rows = raw.dates <= day
    if not rows.any():
        raise DataError(
            f"no bar is dated {as_of} or earlier; the first is of {raw.dates.min()}",
            hint="give a later --as-of",
            code="data_missing",
        )
    # Tickers that appear later must not leave a trace, not even their names.
    seen = np.unique(raw.codes[rows])
    cut = raw.select(rows)
    return replace(
        cut, codes=np.searchsorted(seen, cut.codes), tickers=tuple(raw.tickers[position] for position in seen)
    )
