"""Lists that come with the package: 200 index members with their sectors, and changes of tickers."""

import csv
from functools import lru_cache
from pathlib import Path

AS_OF = "2018-12-31"
"""The day of the list of 200."""


@lru_cache(maxsize=1)
def sectors() -> dict[str, str]:
    """Return the sector by ticker of 200 liquid members of the S&P 500 on 2018-12-31."""
    return {row["ticker"]: row["sector"] for row in _rows("sp500_200.csv")}


@lru_cache(maxsize=1)
def changes() -> dict[str, tuple[str, str]]:
    """Return the new ticker and the day (ISO) of the change by old ticker."""
    return {row["old"]: (row["new"], row["date"]) for row in _rows("ticker_changes.csv")}


def company(ticker: str, first_day: str = "") -> str:
    """Return one name for all tickers that a company had: its last, in the spelling ``BRK.B``.

    Parameters
    ----------
    ticker
        A ticker as any source writes it.
    first_day
        The first day (ISO) of its bars. A symbol whose bars begin after the change belongs to another company, which
        reuses it, and keeps its name. Unless given, the symbol is the old company's.
    """
    name = ticker.upper().replace("-", ".").replace("/", ".")
    while name in changes() and first_day < changes()[name][1]:
        name, first_day = changes()[name][0], ""
    return name


def _rows(name: str) -> list[dict[str, str]]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
