"""One company under several tickers: its bars are put together, those of others with the same symbol are not."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from mltrainer.data.listed import changes, company
from mltrainer.data.panel import Fault
from mltrainer.data.raw import RawBars


def held_as(name: str, held: Collection[str]) -> str:
    """Return the ticker under which data hold a company; what they do not hold comes back in capitals.

    It may be meant by an earlier ticker, or in another spelling, such as BRK-B.
    """
    if name in held:
        return name
    return next((ticker for ticker in sorted(held) if company(ticker) == company(name)), name.upper())


def joined_changes(raw: RawBars) -> tuple[RawBars, list[Fault]]:
    """Return bars in which a company that changed its ticker is one ticker, its latest in the data.

    Bars under the old ticker, dated before the change, become those of the new one where the data hold both: without
    this the old one would look delisted. What trades under the old ticker from the change on is another company, or a
    copy, and stays as it is. Where the vendor has the early bars under the new ticker as well, those count.

    Parameters
    ----------
    raw
        Bars up to the day that may be known, so that a change in the future leaves no trace.

    Returns
    -------
    raw, faults
        One ``ticker_changed`` for each change, known on its day, for information.
    """
    if raw.simulated:
        return raw, []
    place = {ticker: code for code, ticker in enumerate(raw.tickers)}
    codes, kept = raw.codes.copy(), np.ones(len(raw.codes), dtype=bool)
    faults = []
    for old, (new, day) in sorted(changes().items(), key=lambda change: change[1][1]):
        if old not in place or new not in place:
            continue
        change = np.datetime64(day)
        moved = (codes == place[old]) & (raw.dates < change)
        theirs = raw.dates[kept & (codes == place[new])]
        if not moved.any() or not (theirs >= change).any():
            continue
        kept &= ~(moved & np.isin(raw.dates, theirs))
        codes[moved] = place[new]
        known = str(theirs[theirs >= change].min())
        faults.append(Fault("ticker_changed", new, known, known, "info", f"{old} until {day}; its bars are joined"))
    if not faults:
        return raw, []
    used = np.unique(codes[kept])
    return replace(
        replace(raw, codes=codes).select(kept),
        codes=np.searchsorted(used, codes[kept]).astype(np.int64),
        tickers=tuple(raw.tickers[code] for code in used),
    ), faults
