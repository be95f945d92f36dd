"""Macro values with the day from which each may be used."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from mltrainer.data.columns import MACRO_SPELLINGS
from mltrainer.data.days import read_days
from mltrainer.data.panel import DateArray, Macro
from mltrainer.data.tables import read_table
from mltrainer.settings.errors import DataError


@dataclass(frozen=True)
class Lag:
    """How long after its reference date a value may be used, where no vintages say it.

    Parameters
    ----------
    days
        Business days, or calendar days, as ``business`` says.
    period
        ``day`` (counted from the reference date itself), or ``month`` or ``quarter`` (from the last day of the
        period that the reference date lies in).
    """

    days: int
    business: bool = False
    period: str = "day"

    def __str__(self) -> str:
        kind = "business" if self.business else "calendar"
        start = "the reference date" if self.period == "day" else f"the end of the {self.period}"
        return f"{self.days} {kind} day{'s' if self.days > 1 else ''} after {start}"


_NEXT_DAY, _TWO_DAYS, _WEEK_LATER = Lag(1, business=True), Lag(2, business=True), Lag(7)
# First prints of 2016 came no later than this; every lag has some days to spare.
LAGS: dict[str, Lag] = {
    **dict.fromkeys(("DGS2", "DGS10", "DGS30", "DTB3", "T10Y2Y", "T10Y3M", "T10YIE", "DFF"), _NEXT_DAY),
    **dict.fromkeys(("VIXCLS", "BAMLH0A0HYM2"), _NEXT_DAY),
    **dict.fromkeys(("BAA10Y", "WALCL"), _TWO_DAYS),
    # Published once a week for the week before.
    **dict.fromkeys(("DTWEXBGS", "DCOILWTICO"), _WEEK_LATER),
    "ICSA": Lag(6),
    **dict.fromkeys(("PAYEMS", "UNRATE"), Lag(10, period="month")),
    "FEDFUNDS": Lag(5, period="month"),
    **dict.fromkeys(("CPIAUCSL", "CPILFESL", "INDPRO", "TCU", "RSAFS", "PPIFIS"), Lag(20, period="month")),
    **dict.fromkeys(("HOUST", "PERMIT"), Lag(23, period="month")),
    **dict.fromkeys(("HSN1F", "DGORDER", "M2SL"), Lag(30, period="month")),
    # The final figure of a month; the university's own release forbids redistribution for a month.
    "UMCSENT": Lag(30, period="month"),
    **dict.fromkeys(("DSPIC96", "PCEPI", "PCEPILFE", "PCEC96", "TTLCONS"), Lag(35, period="month")),
    **dict.fromkeys(("BOPTEXP", "BOPTIMP"), Lag(38, period="month")),
    **dict.fromkeys(("JTSJOL", "BUSINV", "WHLSLRIMSA"), Lag(48, period="month")),
    "GDPC1": Lag(33, period="quarter"),
    "A261RX1Q020SBEA": Lag(60, period="quarter"),
}

REFUSED: dict[str, str] = {
    **dict.fromkeys(("USREC", "USRECD", "USRECM"), "recessions are dated about a year later: it knows the future"),
    **dict.fromkeys(
        ("STLFSI", "STLFSI2", "STLFSI3", "STLFSI4", "NFCI", "ANFCI", "NFCICREDIT", "NFCILEVERAGE", "NFCIRISK", "KCFSI"),
        "its whole history is estimated anew with every release: it knows the future",
    ),
}

# By the usual distance of reference dates in days: a lag on the safe side for series without a stated one.
FIRST_VALUES = 24
_UNKNOWN: tuple[tuple[float, str, Lag], ...] = (
    (4, "daily", Lag(5, business=True)),
    (10, "weekly", Lag(14)),
    (45, "monthly", Lag(60, period="month")),
    (np.inf, "quarterly or rarer", Lag(120, period="quarter")),
)


def read_macro(path: Path) -> Macro:
    """Read ``date, series_id, value`` (optional ``vintage_first``, ``vintage_last``) from CSV or Parquet.

    With vintages a value may be used from one business day after its publication; without, from its reference date
    plus the lag of its series. Series that know the future are left out, and ``lag_note`` says so.

    Raises
    ------
    DataError
        Where the file is not understood or has no usable value.
    """
    frame = read_table(path, MACRO_SPELLINGS, ("date", "series_id", "value"), texts=("series_id",))
    series = frame["series_id"].astype(str).str.strip().to_numpy(dtype=str)
    reference = read_days(frame["date"], str(path))
    values = pd.to_numeric(frame["value"], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    published = (
        read_days(frame["vintage_first"], str(path))
        if "vintage_first" in frame
        else np.full(len(frame), np.datetime64("NaT", "D"))
    )
    usable = np.isfinite(values) & ~np.isnat(reference) & (series != "")
    macro = point_in_time(series[usable], reference[usable], values[usable], published[usable])
    if not len(macro.values):
        raise DataError(
            f"{path} has no value that may be used", hint="give date, series_id and value", code="macro_unusable"
        )
    return macro


def point_in_time(
    series: np.ndarray, reference: DateArray, values: np.ndarray, published: DateArray | None = None
) -> Macro:
    """Return the values with the first day on which each may be used, in that order.

    Parameters
    ----------
    series, reference, values
        (n,) the series, the day or first day of the period described, and the value.
    published
        (n,) the publication day, NaT where unknown; all unknown where it is not given.
    """
    reference = reference.astype("datetime64[D]")
    available = np.full(len(values), np.datetime64("NaT", "D"))
    if published is not None:
        known = ~np.isnat(published)
        # What appears on a week-end is read on the Monday after.
        available[known] = np.busday_offset(published[known], 1, roll="backward")
    notes = {}
    for name in np.unique(series):
        mine = series == name
        if name in REFUSED:
            notes[str(name)] = f"refused: {REFUSED[str(name)]}"
            continue
        unknown = mine & np.isnat(available)
        if not unknown.any():
            notes[str(name)] = "1 business day after publication"
            continue
        kind, lag = ("", LAGS[name]) if name in LAGS else _inferred(reference[mine])
        available[unknown] = _after(reference[unknown], lag)
        note = f"{lag}" + (f" (no lag is known for it; it looks {kind})" if kind else "")
        some = not unknown[mine].all()
        notes[str(name)] = f"1 business day after publication; where that is unknown, {note}" if some else note
    kept = np.flatnonzero(~np.isin(series, list(REFUSED)))
    order = kept[np.lexsort((series[kept], reference[kept], available[kept]))]
    return Macro(series[order], reference[order], available[order], values[order], notes)


def until(macro: Macro, day: np.datetime64) -> Macro:
    """Return what could be used on or before the day."""
    known = macro.available <= day
    return Macro(
        macro.series[known], macro.reference[known], macro.available[known], macro.values[known], macro.lag_note
    )


def _inferred(reference: DateArray) -> tuple[str, Lag]:
    # The first values decide: what is appended must not change when older values became known.
    gaps = np.diff(np.unique(reference)[:FIRST_VALUES]).astype(np.int64)
    usual = float(np.median(gaps)) if len(gaps) else np.inf
    return next((kind, lag) for limit, kind, lag in _UNKNOWN if usual <= limit)


def _after(reference: DateArray, lag: Lag) -> DateArray:
    start = reference
    if lag.period != "day":
        months = reference.astype("datetime64[M]").astype(np.int64)
        step = 3 if lag.period == "quarter" else 1
        following = (months // step + 1) * step
        start = (following.astype("datetime64[M]").astype("datetime64[D]") - np.timedelta64(1, "D")).astype(
            "datetime64[D]"
        )
    if lag.business:
        return np.busday_offset(start, lag.days, roll="backward")
    return start + np.timedelta64(lag.days, "D")
