"""Tables with a column for each ticker, as one row a bar."""

import re
from collections.abc import Iterable

import pandas as pd

_PAIR = re.compile(r"\('(.+)', '(.+)'\)")
_FIELDS = ("open", "high", "low", "close", "volume")


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
