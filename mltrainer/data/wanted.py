"""Which tickers a fetch is for: they must have names before there are any bars."""

import re

from mltrainer.data.barstore import DAILY, BarStore
from mltrainer.data.listed import changes, sectors
from mltrainer.data.universe import universe_file
from mltrainer.settings.errors import UsageError

_TICKER = re.compile(r"[A-Za-z][A-Za-z0-9]{0,6}([.\-][A-Za-z]{1,3})?")
_INDEX = re.compile(r"sp[-_ ]?500([-_ ]200)?", re.IGNORECASE)
_FORMS = "sp500-200, tickers such as AAPL,MSFT, a file of one ticker a line, or all for those that were fetched before"


def wanted_tickers(universe: str, store: BarStore, first: str, last: str) -> list[str]:
    """Return the tickers of a universe, in capitals and without repetition.

    ``sp500-200`` stands for the listed members under every name that they had from ``first`` to ``last`` (ISO).

    Raises
    ------
    UsageError
        ``unknown_universe`` where it is none of the known forms.
    """
    universe = universe.strip()
    if universe.lower() == "all":
        held = [row["name"] for row in store.manifest.files(DAILY)]
        if not held:
            raise UsageError("nothing was fetched before", hint=f"give {_FORMS}", code="unknown_universe")
        return held
    if match := _INDEX.fullmatch(universe):
        if not match[1]:
            raise UsageError("the members of the whole index are not listed here", hint=f"give {_FORMS}")
        return sorted({name for ticker in sectors() for name in _names(ticker, first, last)})
    if path := universe_file(universe):
        try:
            names = [line.split("#")[0].strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
        except (OSError, UnicodeDecodeError):
            raise UsageError(f"{path} cannot be read as a list of tickers", code="unknown_universe") from None
    else:
        names = [name.strip() for name in universe.split(",")]
    tickers = list(dict.fromkeys(name.upper() for name in names if name))
    wrong = [ticker for ticker in tickers if not _TICKER.fullmatch(ticker)]
    if wrong or not tickers:
        raise UsageError(
            f"{(wrong or [universe])[0][:40]!r} is no ticker", hint=f"give {_FORMS}", code="unknown_universe"
        )
    return tickers


def _names(ticker: str, first: str, last: str) -> list[str]:
    """Return the names of a company within a span: a change of its ticker in between gives two."""
    if ticker not in changes():
        return [ticker]
    new, day = changes()[ticker]
    return [*([ticker] if first < day else []), *(_names(new, first, last) if last >= day else [])]
