"""Tables with a column for each ticker, as one row a bar."""

import re
from collections.abc import Iterable

import pandas as pd

from mltrainer.data.columns import SPELLINGS
from mltrainer.settings.errors import DataError

_PAIR = re.compile(r"\('(.+)', '(.+)'\)")
_FIELDS = ("open", "high", "low", "close", "volume")
_TICKER = re.compile(r"[A-Z]{1,5}([.\-][A-Z]{1,2})?")
_PERHAPS_TICKER = re.compile(r"\^?[A-Z0-9]{1,6}([.\-=][A-Z]{1,3})?")
_MATRIX_LEAST, _MATRIX_SHARE = 2, 0.9
# Numbers of the rows, as pandas writes them.
_UNNAMED = re.compile(r"Unnamed: \d+|__index_level_\d+__|index")
# As Bloomberg names shares: AAPL US Equity.
_EQUITY = re.compile(r" U[SNWQ] Equity$")
# A second column of a name comes as NAME.1.
_TWICE = re.compile(r"\.\d+$")
# DAY and T, which may name a date elsewhere, are tickers.
_DATES = ("date", "datetime", "timestamp", "tradingday", "tradedate", "observationdate")
# Prices are not below 0; returns are, on every other day.
_MOST_NEGATIVE = 0.01


def is_paired(columns: Iterable[str]) -> bool:
    """Say whether most columns are named by a field and a ticker, as pandas writes several headings into one."""
    names = list(columns)
    return sum(bool(_PAIR.fullmatch(name)) for name in names) > len(names) / 2


def from_pairs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame of ``is_paired`` columns in long form; the other column is the date."""
    pairs = {name: _PAIR.fullmatch(name) for name in frame.columns}
    dated = next((name for name, pair in pairs.items() if not pair or not pair[2].strip()), frame.columns[0])
    table = frame.set_index(dated)[[name for name, pair in pairs.items() if pair and name != dated]]
    table.columns = pd.MultiIndex.from_tuples([(pair[1], pair[2]) for name in table if (pair := pairs[name])])
    return from_stacked(table)


def from_stacked(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the date as its index and two headings, field and ticker in either order, in long form.

    A ticker has no row on a day on which all its fields are empty.
    """
    first = {str(name).lower() for name in table.columns.get_level_values(0)}
    if not first & set(_FIELDS):
        table = table.swaplevel(axis=1)
    parts = []
    for ticker in dict.fromkeys(table.columns.get_level_values(1)):
        own = table.xs(ticker, axis=1, level=1).dropna(how="all")
        parts.append(own.rename_axis("Date").reset_index().assign(Ticker=str(ticker)))
    return pd.concat(parts, ignore_index=True)


def from_matrices(matrices: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one matrix of dates by tickers for each field in long form."""
    indexed = {field: matrix.set_index(matrix.columns[0]) for field, matrix in matrices.items()}
    return from_stacked(pd.concat(indexed, axis=1))


def is_matrix(columns: Iterable[str]) -> bool:
    """Say whether a table has one column for the date and, but for a few, columns that are named like tickers."""
    found = [_EQUITY.sub("", str(name)) for name in columns]
    date = _date_of(found) if found else ""
    others = [_TWICE.sub("", name) for name in found if name != date and not _UNNAMED.fullmatch(name)]
    if len(others) < _MATRIX_LEAST or (_TICKER.fullmatch(date) and date.lower() not in _DATES):
        return False
    # LOW, OPEN, DAY and V are tickers too; a table with a close, or with many such columns, rather holds bars.
    known = {word for words in SPELLINGS.values() for word in words}
    words = [name.lower() for name in others if name.lower() in known]
    if len(others) < 2 * len(words) or any(len(word) > 1 and word in SPELLINGS["close"] for word in words):
        return False
    return sum(bool(_TICKER.fullmatch(name)) for name in others) > _MATRIX_SHARE * len(others)


def from_matrix(table: pd.DataFrame, where: str) -> tuple[pd.DataFrame, list[str]]:
    """Return an ``is_matrix`` table as ``date, ticker, close`` in long form, and the columns that are no tickers.

    A ticker has no row on a day on which its cell is empty.

    Raises
    ------
    DataError
        ``duplicate_ticker`` where two columns have one name, ``not_prices`` where values below zero say so.
    """
    names = [_EQUITY.sub("", str(name)) for name in table.columns]
    table = table.set_axis(names, axis=1)
    date = _date_of(names)
    if twice := [_TWICE.sub("", name) for name in names if _TWICE.search(name) and _TWICE.sub("", name) in names]:
        raise DataError(
            f"{where} has two columns called {twice[0]}",
            hint="keep one column a ticker",
            code="duplicate_ticker",
        )
    tickers = [name for name in names if name != date and _PERHAPS_TICKER.fullmatch(name)]
    unread = [name for name in names if name != date and name not in tickers and not _UNNAMED.fullmatch(name)]
    long = table.melt(id_vars=date, value_vars=tickers, var_name="ticker", value_name="close")
    long = long.rename(columns={date: "date"}).dropna(subset="close", ignore_index=True)
    below = pd.to_numeric(long["close"], errors="coerce") < 0
    if below.mean() > _MOST_NEGATIVE:
        raise DataError(
            f"{where} has a column a ticker, but {below.mean():.0%} of its values are below 0: these are no prices",
            hint="give closes, not returns",
            code="not_prices",
        )
    return long, unread


def _date_of(names: list[str]) -> str:
    """Return the column of dates: by its name, else an index that pandas wrote, else the first."""
    plain = {re.sub(r"[^a-z]", "", name.lower()): name for name in reversed(names)}
    named = (plain[word] for word in _DATES if word in plain)
    written = (name for name in names if _UNNAMED.fullmatch(name))
    return next(named, None) or next(written, None) or names[0]
