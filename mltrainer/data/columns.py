"""How the columns of a file are recognised, whatever their order and spelling."""

import re
from collections.abc import Iterable

from mltrainer.settings.errors import DataError

SPELLINGS: dict[str, tuple[str, ...]] = {
    "date": ("date", "datetime", "timestamp", "time", "day", "session", "tradingday", "tradedate", "windowstart", "t"),
    "ticker": ("ticker", "symbol", "name", "code", "instrument", "asset", "sym"),
    "open": ("open", "o", "openprice"),
    "high": ("high", "h", "highprice"),
    "low": ("low", "l", "lowprice"),
    "close": ("close", "c", "closeprice", "last", "closelast", "price"),
    "volume": ("volume", "vol", "v", "shares", "tradedvolume"),
    "adj_close": ("adjclose", "adjustedclose", "closeadj", "adjcloseprice"),
}
MACRO_SPELLINGS: dict[str, tuple[str, ...]] = {
    "date": ("date", "observationdate", "referencedate", "day"),
    "series_id": ("seriesid", "series", "id", "name", "code"),
    "value": ("value", "observation", "val"),
    "vintage_first": ("vintagefirst", "realtimestart"),
    "vintage_last": ("vintagelast", "realtimeend"),
}


_MATRIX_TICKER = re.compile(r"[A-Z]{1,5}([.\-][A-Z]{1,2})?")
_MATRIX_LEAST = 3


def recognise(
    found: Iterable[str], spellings: dict[str, tuple[str, ...]], needed: Iterable[str], where: str
) -> dict[str, str]:
    """Match the columns of a file with the names that we use.

    Parameters
    ----------
    found
        Column names as the file has them.
    spellings
        Known spellings by our name, in lower case without blanks and punctuation, the preferred one first.
    needed
        Our names that the file must have.
    where
        How to call the file in the error.

    Returns
    -------
    dict
        The file's column by our name.

    Raises
    ------
    DataError
        ``columns_missing`` where a needed column is not there; it lists what was found and what is needed.
    """
    found, needed = list(found), tuple(needed)
    plain = {re.sub(r"[^a-z]", "", str(name).lower()): str(name) for name in reversed(found)}
    matched = {
        ours: next(plain[spelling] for spelling in known if spelling in plain)
        for ours, known in spellings.items()
        if any(spelling in plain for spelling in known)
    }
    missing = [name for name in needed if name not in matched]
    if missing and _is_matrix(found, matched):
        raise DataError(
            f"{where} is a matrix of one price a day and ticker ({len(found) - 1} columns such as {found[1]}); open, "
            "high, low and volume are not in it",
            hint="bring daily bars, or a folder of five such files: open, high, low, close, volume; gaps, ranges and "
            "traded value are part of what is predicted from",
            code="wide_matrix",
        )
    if missing:
        seen = ", ".join(repr(str(name)[:30]) for name in found[:15]) or "none"
        more = f" and {len(found) - 15} more" if len(found) > 15 else ""
        raise DataError(
            f"{where} has no column for {', '.join(missing)}; found: {seen}{more}",
            hint=f"needed are {', '.join(needed)}, one row a bar or value, separated by commas",
            code="columns_missing",
        )
    return matched


def _is_matrix(found: list[str], matched: dict[str, str]) -> bool:
    """Return whether every column but the first, the date, is named like a ticker."""
    others = [str(name) for name in found[1:]]
    # O and L are tickers too; a short file with such columns rather holds bars.
    bars = [matched[name] for name in ("open", "high", "low") if name in matched]
    if len(others) < _MATRIX_LEAST or any(len(name) > 1 for name in bars) or (bars and len(others) <= 2 * len(bars)):
        return False
    return sum(bool(_MATRIX_TICKER.fullmatch(name)) for name in others) > 0.9 * len(others)
