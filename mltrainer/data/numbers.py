"""Read a column of numbers that people wrote: currency signs, thousands marks, millions as M."""

import numpy as np
import pandas as pd

from mltrainer.data.panel import FloatArray
from mltrainer.settings.errors import DataError

_SIZES = {"K": 1e3, "M": 1e6, "B": 1e9}
# 1,234 alone may be a decimal comma; with a decimal point, or two groups, somewhere in the column it is not.
_GROUPED = r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"
_CERTAIN = r"[+-]?\d{1,3}(?:,\d{3})+\.\d+|[+-]?\d{1,3}(?:,\d{3}){2,}"


def read_numbers(column: pd.Series, name: str, where: str) -> tuple[FloatArray, bool]:
    """Return the column as float64, and whether marks were taken off.

    A cell that is not a number becomes NaN and is left to the quality gate.

    Parameters
    ----------
    column
        Numbers, or text such as ``$1,234.50`` and ``12.5M``.
    name, where
        How to call the column and the file in the error.

    Raises
    ------
    DataError
        ``not_a_number`` where no cell is one.
    """
    numbers = pd.to_numeric(column, errors="coerce")
    marked = False
    if numbers.dtype.kind != "O" and column.dtype.kind not in "fiu":
        unread = numbers.isna() & column.notna()
        if unread.any():
            found = _without_marks(column[unread].astype(str))
            marked = bool(found.notna().any())
            numbers = numbers.astype(np.float64)
            numbers[unread] = found
    if numbers.isna().all():
        raise DataError(
            f"{where} holds no number in the column for {name}; found {str(column.iloc[0])[:30]!r}",
            hint="write numbers like 45.08 or 1,234.50",
            code="not_a_number",
        )
    return numbers.to_numpy(dtype=np.float64, na_value=np.nan), marked


def _without_marks(texts: pd.Series) -> pd.Series:
    plain = texts.str.strip().str.removeprefix("$").str.removesuffix("$").str.strip()
    size = plain.str[-1:].str.upper().map(_SIZES)
    plain = plain.where(size.isna(), plain.str[:-1].str.strip())
    grouped = plain.str.fullmatch(_GROUPED)
    if grouped.any() and plain.str.fullmatch(_CERTAIN).any():
        plain = plain.where(~grouped, plain.str.replace(",", ""))
    return pd.to_numeric(plain, errors="coerce") * size.fillna(1.0)
