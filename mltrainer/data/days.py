"""Read a column of dates, however it is written, as calendar days."""

import numpy as np
import pandas as pd

from mltrainer.data.panel import DateArray
from mltrainer.settings.errors import DataError

# Epoch numbers by their size: seconds, milliseconds, microseconds, nanoseconds (to the year 2262).
_EPOCH_UNITS = ((1e11, "s"), (1e14, "ms"), (1e17, "us"), (9.2e18, "ns"))
_COMPACT = (19000101, 21001231)
_EMPTY = ("", "NaT", "nan", "None", "<NA>")
_NAMED_MONTHS = {
    r"[A-Za-z]{3} \d{1,2}, \d{4}": "%b %d, %Y",
    r"\d{1,2}-[A-Za-z]{3}-\d{4}": "%d-%b-%Y",
    r"\d{1,2} [A-Za-z]{3} \d{4}": "%d %b %Y",
    r"\d{1,2}-[A-Za-z]{3}-\d{2}": "%d-%b-%y",
}
_FIRST, _LAST = np.datetime64("1900-01-01"), np.datetime64("2100-12-31")


def read_days(column: pd.Series, where: str) -> DateArray:
    """Return the day of every cell as ``datetime64[D]``; an empty cell gives NaT.

    Dates, timestamps, ISO text, ``20180207``, ``Feb 07, 2018``, ``07-Feb-2018``, ``07.02.2018`` and epoch numbers are
    understood; ``02/07/2018`` where a number above 12 somewhere in the column tells the day from the month. A time with
    a zone counts by the clock on the wall of that zone; epoch numbers are read in UTC, where midnight and the close in
    New York fall on the right day.

    Raises
    ------
    DataError
        ``date_unreadable`` with an example of what was found; also where day and month cannot be told apart.
    """
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_localize(None)
    if column.dtype.kind == "M":
        days = column.to_numpy().astype("datetime64[D]")
    else:
        # A panel repeats few days many times: each is read once.
        positions, unique = pd.factorize(column)
        days = np.append(_unique_days(pd.Series(unique), where), np.datetime64("NaT", "D"))[positions]
    strange = (days < _FIRST) | (days > _LAST)
    if strange.any():
        raise _unreadable(where, str(days[strange][0]))
    return days


def _unique_days(values: pd.Series, where: str) -> DateArray:
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    if len(numbers) and (np.abs(numbers) < _EPOCH_UNITS[-1][0]).all():
        compact = numbers.min() >= _COMPACT[0] and numbers.max() <= _COMPACT[1]
        if not compact:
            return _from_epoch(numbers)
        values = pd.Series(numbers.astype(np.int64).astype(str))
        written = "%Y%m%d"
    else:
        written = "%Y-%m-%d"
    texts = values.astype(str).str.strip()
    if len(other := texts[~texts.isin(_EMPTY)]) and (found := _format_of(other, where)):
        return pd.to_datetime(texts, format=found, errors="coerce").to_numpy().astype("datetime64[D]")
    # The wall clock's day is what is written first; the zone behind it does not move it.
    days = pd.to_datetime(texts.str.slice(0, 10), format=written, errors="coerce")
    wrong = days.isna() & ~texts.isin(_EMPTY)
    if wrong.any():
        raise _unreadable(where, texts[wrong].iloc[0][:30])
    return days.to_numpy().astype("datetime64[D]")


def _format_of(texts: pd.Series, where: str) -> str:
    """Return how all of these dates are written, where it is in another way than year, month, day."""
    if texts.str.fullmatch(r"\d{4}/\d{1,2}/\d{1,2}").all():
        return "%Y/%m/%d"
    for form, written in _NAMED_MONTHS.items():
        if texts.str.fullmatch(form).all():
            return written
    parts = texts.str.extract(r"^(\d{1,2})([./-])(\d{1,2})\2\d{4}$")
    if parts[0].isna().any() or parts[1].nunique() != 1:
        return ""
    mark, first, second = parts[1].iloc[0], parts[0].astype(int).max(), parts[2].astype(int).max()
    if mark != "." and first <= 12 and second <= 12:
        raise DataError(
            f"{where} holds dates such as {texts.iloc[0]!r}: nothing tells the day from the month",
            hint="write dates like 2018-02-07",
            code="date_unreadable",
        )
    return mark.join(("%d", "%m", "%Y") if mark == "." or first > 12 else ("%m", "%d", "%Y"))


def _from_epoch(numbers: np.ndarray) -> DateArray:
    unit = next(unit for limit, unit in _EPOCH_UNITS if np.abs(numbers).max() < limit)
    return numbers.astype(np.int64).astype(f"datetime64[{unit}]").astype("datetime64[D]")


def _unreadable(where: str, example: str) -> DataError:
    return DataError(
        f"{where} holds the date {example!r}, which cannot be read",
        hint="write dates from 1900 to 2100 like 2018-02-07, or as a date type, or as epoch milliseconds",
        code="date_unreadable",
    )
