"""Who is a member of the universe on which day."""

import re
from difflib import get_close_matches
from pathlib import Path

import bottleneck as bn
import numpy as np

from mltrainer.data.listed import AS_OF, company
from mltrainer.data.listed import sectors as listed_sectors
from mltrainer.data.names import held_as
from mltrainer.data.panel import BoolArray, FloatArray, Panel
from mltrainer.settings.errors import DataError, UsageError

TRADED_WINDOW, TRADED_LEAST = 63, 21
# Shorter ones are tickers.
LEAST_PART = 6
TOP = re.compile(r"top[-_ ]?(\d+)", re.IGNORECASE)
INDEX = re.compile(r"sp[-_ ]?500([-_ ]?200)?", re.IGNORECASE)
WITHOUT = re.compile(r"(?P<of>.+?)\s+without\s+(?P<left_out>.+)", re.IGNORECASE)
_FORMS = (
    "all, top-N such as top-200, sp500, sp500-200, a sector, a file of tickers, or tickers such as AAPL,MSFT; "
    "any of them without others, such as: top-200 without Energy,NVDA"
)


def membership(panel: Panel, universe: str) -> tuple[BoolArray, dict[str, str]]:
    """Return who is a member on which day, and who never was.

    A ticker is a member only on days with a bar that is not barred. Membership on day d uses data up to d alone.

    Parameters
    ----------
    panel
        The bars.
    universe
        ``all``; ``top-N``, the N with the highest mean of close x volume over the last 63 sessions (at least 21 of
        them); ``sp500``; ``sp500-200``; a sector's name; a file of one ticker a line; or tickers between commas. Each
        may go on with ``without`` and sectors or tickers, which then are no members: ``top-200 without Energy`` is
        what is left of the 200.

    Returns
    -------
    member
        (n_dates, n_tickers), True where the ticker is a member.
    excluded
        The reason by ticker, for every ticker of the data that never was a member.

    Raises
    ------
    UsageError
        ``unknown_ticker`` with the nearest name, ``unknown_universe`` with the known forms.
    DataError
        ``membership_missing`` for ``sp500`` where the membership by date was not imported, ``no_member`` where the data
        have no ticker of the index, ``column_absent`` for ``top-N`` of data without volume.
    """
    universe = universe.strip()
    if (match := WITHOUT.fullmatch(universe)) and not universe_file(universe):
        return _without(panel, match["of"], match["left_out"])
    usable = np.isfinite(panel.close) & ~panel.barred
    if universe.lower() == "all":
        member, reason = usable, "no usable bar"
    elif match := TOP.fullmatch(universe):
        size = int(match[1])
        if size < 1:
            raise UsageError("top-0 is no universe", hint=f"known are {_FORMS}", code="unknown_universe")
        if "volume" in panel.absent:
            raise DataError(
                f"{universe} ranks tickers by traded value, and these data have no volume",
                hint="choose the universe all, or name the tickers",
                code="column_absent",
            )
        member = _most_traded(traded_value(panel), usable, size)
        reason = f"never among the {size} most traded"
    elif match := INDEX.fullmatch(universe):
        member, reason = _of_index(panel, usable, universe, bool(match[1]))
    else:
        chosen, reason = _chosen(panel, universe)
        member = usable & chosen
    return member, dict(panel.dropped) | _never(panel, member, usable, reason)


def _without(panel: Panel, universe: str, left_out: str) -> tuple[BoolArray, dict[str, str]]:
    """Return the members of a universe without those of some sectors and tickers, and who never was one."""
    member, excluded = membership(panel, universe)
    out = np.any([_chosen(panel, part.strip())[0] for part in left_out.split(",") if part.strip()], axis=0)
    gone = {ticker: f"left out: {left_out}" for ticker, is_out in zip(panel.tickers, out, strict=True) if is_out}
    return member & ~out, gone | excluded


def traded_value(panel: Panel) -> FloatArray:
    """Return the mean of close x volume over the last 63 sessions, (n_dates, n_tickers), NaN below 21 values."""
    window = min(TRADED_WINDOW, len(panel.sessions))
    if window < TRADED_LEAST:
        return np.full(panel.shape, np.nan)
    return bn.move_mean(panel.close * panel.volume, window=window, min_count=TRADED_LEAST, axis=0)


def _most_traded(traded: FloatArray, usable: BoolArray, size: int) -> BoolArray:
    """Return the ``size`` highest usable values of each day; the columns' order, which is by name, breaks ties."""
    able = usable & np.isfinite(traded)
    ranking = np.where(able, -traded, np.inf).argsort(axis=1, kind="stable")[:, :size]
    member = np.zeros(traded.shape, dtype=bool)
    np.put_along_axis(member, ranking, True, axis=1)
    return member & able


def _of_index(panel: Panel, usable: BoolArray, universe: str, only_listed: bool) -> tuple[BoolArray, str]:
    if panel.index is None and not only_listed:
        raise DataError(
            f"the universe {universe} needs the index's membership by date, which was not imported",
            hint="bring it with `mltrainer data import --membership FILE`, or use sp500-200 or top-N",
            code="membership_missing",
        )
    member, reason = usable, "never in the index on a day with a usable bar"
    if only_listed:
        names = {company(ticker) for ticker in listed_sectors()}
        first = [panel.dates[row] for row in np.isfinite(panel.close).argmax(axis=0)]
        own = [company(ticker, day) in names for ticker, day in zip(panel.tickers, first, strict=True)]
        member, reason = member & np.array(own), f"not in the list {universe} of {AS_OF}, or never in the index"
    if panel.index is not None:
        member = member & panel.index.member
    if not member.any():
        raise DataError(
            f"the data have no ticker of {universe}", hint=f"use another universe: {_FORMS}", code="no_member"
        )
    return member, reason


def _chosen(panel: Panel, universe: str) -> tuple[BoolArray, str]:
    """Return which columns a sector, a file or a list names, and why the others are out."""
    sectors = {_plain(sector): sector for sector in panel.sectors if sector}
    held = universe.upper() in {*panel.tickers, *panel.dropped}
    if sector := sectors.get(_plain(universe)) or (None if held else _sector_by_part(sectors, universe)):
        reason = f"not in the sector {sector}" + ("" if all(panel.sectors) else ", or its sector is not known")
        return np.array([own == sector for own in panel.sectors]), reason
    if path := universe_file(universe):
        names = names_in(universe)
        if not names:
            raise UsageError(f"{path} names no ticker", hint="write one ticker a line", code="unknown_universe")
        return _columns(panel, names), f"not in {path.name}"
    names = names_in(universe)
    if not names or len(names) == 1 and not _looks_like_ticker(names[0], panel):
        known = f"{_FORMS}; sectors here: {', '.join(sorted(set(sectors.values())))}" if sectors else _FORMS
        raise UsageError(f"{universe!r} is no universe", hint=f"known are {known}", code="unknown_universe")
    return _columns(panel, names), "not in the list of tickers"


def names_in(universe: str) -> list[str]:
    """Return the tickers of a file, one a line, or of a list with commas, as they are written.

    Raises
    ------
    UsageError
        Where the file cannot be read.
    """
    path = universe_file(universe)
    parts = [line.split("#")[0] for line in _lines(path)] if path else universe.split(",")
    return [part.strip() for part in parts if part.strip()]


def listed_sector(universe: str) -> str | None:
    """Return the sector of the package's own list that a universe names, None where it names none."""
    sectors = {_plain(sector): sector for sector in listed_sectors().values()}
    return sectors.get(_plain(universe)) or _sector_by_part(sectors, universe)


def universe_file(universe: str) -> Path | None:
    """Return the file that a universe names, None where it names none."""
    try:
        path = Path(universe).expanduser()
        return path if path.is_file() else None
    except (OSError, RuntimeError):
        # A long list of tickers is no name that a file can have.
        return None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read as a list of tickers", hint="write one ticker a line", code="unknown_universe"
        ) from error


def _sector_by_part(sectors: dict[str, str], universe: str) -> str | None:
    """Return the one sector with a word like this in its name: ``technology``, ``healthcare``."""
    part = _plain(universe).replace(" ", "")
    near = [sector for name, sector in sectors.items() if part in name.replace(" ", "")]
    return near[0] if len(part) >= LEAST_PART and len(near) == 1 else None


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name).strip().lower()


def _looks_like_ticker(name: str, panel: Panel) -> bool:
    return name.upper() in {*panel.tickers, *panel.dropped} or bool(
        re.fullmatch(r"[A-Z][A-Z0-9]{0,5}([.\-][A-Z]+)?", name)
    )


def _columns(panel: Panel, names: list[str]) -> BoolArray:
    known = {*panel.tickers, *panel.dropped}
    resolved = [held_as(name, known) for name in names]
    for name, found in zip(names, resolved, strict=True):
        if found not in known:
            near = get_close_matches(found, sorted(known), n=1, cutoff=0.5)
            hint = f"the nearest is {near[0]}" if near else f"the data have {len(known)} tickers, such as {min(known)}"
            if panel.source == "polygon":
                hint += f"; it can be fetched: mltrainer data fetch --source polygon --universe {found}"
            raise UsageError(f"the data have no ticker {name}", hint=hint, code="unknown_ticker")
    wanted = set(resolved)
    return np.array([ticker in wanted for ticker in panel.tickers])


def _never(panel: Panel, member: BoolArray, usable: BoolArray, reason: str) -> dict[str, str]:
    ever, ever_usable = np.asarray(member.any(axis=0)), np.asarray(usable.any(axis=0))
    return {
        ticker: reason if ever_usable[column] else "no usable bar"
        for column, ticker in enumerate(panel.tickers)
        if not ever[column]
    }
