"""Which tickers a fetch is for, and which of a bar store a trial needs: names, before there are any bars."""

import re
from collections.abc import Iterable, Sequence

from mltrainer.data.index import Intervals
from mltrainer.data.listed import changes, company, sectors
from mltrainer.data.universe import INDEX, TOP, WITHOUT, listed_sector, names_in, universe_file
from mltrainer.settings.errors import UsageError

_TICKER = re.compile(r"[A-Za-z][A-Za-z0-9]{0,6}([.\-][A-Za-z]{1,3})?")
_FORMS = (
    "sp500-200, sp500, a sector, tickers such as AAPL,MSFT, a file of one ticker a line, "
    "or all for those that were fetched before"
)


def wanted_tickers(
    universe: str, held: Sequence[str], first: str, last: str, members: Intervals | None = None
) -> list[str]:
    """Return the tickers that a fetch of a universe asks for, in capitals and without repetition.

    Parameters
    ----------
    universe
        ``sp500-200`` or a sector for the listed members, ``sp500`` for all of the index, under every name that they had
        within the span; tickers or a file of them; ``all`` for what is there.
    held
        What was fetched before.
    first, last
        The span (ISO).
    members
        Membership of the index, where it was imported.

    Raises
    ------
    UsageError
        ``unknown_universe`` where it is none of the known forms, ``membership_missing`` for ``sp500`` without members.
    """
    universe = universe.strip()
    if universe.lower() == "all":
        if not held:
            raise UsageError(
                "nothing was fetched before", hint=f"give --universe with {_FORMS}", code="unknown_universe"
            )
        return list(held)
    if TOP.fullmatch(universe):
        raise UsageError(
            "who is most traded is not known before the bars are there",
            hint=f"give --universe with {_FORMS}; a trial can rank what was fetched",
            code="unknown_universe",
        )
    if match := INDEX.fullmatch(universe):
        if match[1]:
            return sorted({name for ticker in sectors() for name in _names(ticker, first, last)})
        if members is None:
            raise UsageError(
                "the members of the whole index are not listed here",
                hint="bring them with `mltrainer data import --membership FILE`, or give --universe sp500-200",
                code="membership_missing",
            )
        return sorted({name for ticker in _members(members, first, last) for name in _names(ticker, first, last)})
    if sector := listed_sector(universe):
        own = [ticker for ticker, its in sectors().items() if its == sector]
        return sorted({name for ticker in own for name in _names(ticker, first, last)})
    tickers = list(dict.fromkeys(name.upper().replace("-", ".") for name in names_in(universe)))
    wrong = [ticker for ticker in tickers if not _TICKER.fullmatch(ticker)]
    if wrong or not tickers:
        raise UsageError(
            f"{(wrong or [universe])[0][:40]!r} is no ticker",
            hint=f"give --universe with {_FORMS}",
            code="unknown_universe",
        )
    return tickers


def tickers_to_read(universe: str, held: Sequence[str], members: Iterable[str] = ()) -> frozenset[str] | None:
    """Return which of the stored tickers a trial on a universe needs; None for all.

    A few tickers alone are no market: the gate, the market features and the regime measure them against the listed
    members that are stored, so that these stay the same whatever the universe. Who is most traded is known only where
    all are read.

    Parameters
    ----------
    universe
        As the settings have it.
    held
        The stored tickers.
    members
        The tickers that ever were in the index.
    """
    universe = universe.strip()
    if match := WITHOUT.fullmatch(universe):
        universe = match["of"]
    index = INDEX.fullmatch(universe)
    if universe.lower() == "all" or TOP.fullmatch(universe):
        return None
    named: Iterable[str] = ()
    if index:
        named = () if index[1] else members
    elif not listed_sector(universe) or universe_file(universe) or universe.upper() in held:
        named = names_in(universe)
    listed = _companies(sectors())
    market = [ticker for ticker in held if _companies([ticker]) & listed]
    asked = _companies(named)
    return frozenset(ticker for ticker in held if _companies([ticker]) & asked).union(market or held)


def _companies(names: Iterable[str]) -> set[str]:
    """Return what each name stands for, be it the company of old or one that took the symbol over."""
    return {known for name in names for known in (company(name), company(name, "9999"))}


def _members(intervals: Intervals, first: str, last: str) -> set[str]:
    """Return the tickers that were in the index on some day of a span."""
    rows = zip(intervals.tickers, intervals.start.astype(str), intervals.end.astype(str), strict=True)
    return {ticker for ticker, start, end in rows if start <= last and (end == "NaT" or end > first)}


def _names(ticker: str, first: str, last: str) -> list[str]:
    """Return the names of a company within a span: a change of its ticker in between gives two."""
    if ticker not in changes():
        return [ticker]
    new, day = changes()[ticker]
    return [*([ticker] if first < day else []), *(_names(new, first, last) if last >= day else [])]
