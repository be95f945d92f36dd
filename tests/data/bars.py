"""Small clean markets for the tests of this room, as frames that can be spoiled and written."""

import numpy as np
import pandas as pd

from mltrainer.data.calendar import sessions_from
from mltrainer.data.raw import FIELDS, RawBars


def frame(tickers: tuple[str, ...] = ("AAA", "BBB", "NA", "TRUE"), sessions: int = 60, seed: int = 1) -> pd.DataFrame:
    """Return a random walk a ticker with consistent bars, sorted by ticker and date."""
    rng = np.random.default_rng(seed)
    days = sessions_from(np.datetime64("2016-01-04"), sessions)
    parts = []
    for ticker in tickers:
        close = 50 * np.exp(np.cumsum(rng.normal(0, 0.01, sessions)))
        start = close * np.exp(rng.normal(0, 0.003, sessions))
        parts.append(
            pd.DataFrame(
                {
                    "date": days.astype("datetime64[ns]"),
                    "ticker": ticker,
                    "open": start.round(2),
                    "high": (np.maximum(start, close) * 1.005).round(2),
                    "low": (np.minimum(start, close) * 0.995).round(2),
                    "close": close.round(2),
                    "volume": rng.integers(900_000, 1_100_000, sessions),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def raw(bars: pd.DataFrame) -> RawBars:
    """Return the frame as a source would deliver it."""
    codes, names = pd.factorize(bars["ticker"], sort=True)
    columns = {name: bars[name].to_numpy(dtype=np.float64) for name in FIELDS}
    return RawBars(
        dates=bars["date"].to_numpy().astype("datetime64[D]"),
        codes=codes.astype(np.int64),
        tickers=tuple(names),
        source="files",
        simulated=False,
        delay="none",
        **columns,
    )


def row_of(bars: pd.DataFrame, ticker: str, session: int) -> int:
    """Return the row of a ticker's n-th bar."""
    return int(np.flatnonzero(bars["ticker"] == ticker)[session])
