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
    if missing := [name for name in needed if name not in matched]:
        hint = f"needed are {', '.join(needed)}, one row a bar or value, separated by commas"
        raise columns_missing(where, missing, found, hint)
    return matched


def columns_missing(where: str, missing: Iterable[str], found: Iterable[str], hint: str) -> DataError:
    """Return the error of a file that lacks columns, with those that were found."""
    names = [repr(str(name)[:30]) for name in found]
    more = f" and {len(names) - 15} more" if len(names) > 15 else ""
    return DataError(
        f"{where} has no column for {', '.join(missing)}; found: {', '.join(names[:15]) or 'none'}{more}",
        hint=hint,
        code="columns_missing",
    )
