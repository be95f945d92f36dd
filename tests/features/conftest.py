"""Small panels for the tests of the features."""

from collections.abc import Callable

import numpy as np
import pytest

from mltrainer.data.panel import Macro, Panel

MakePanel = Callable[..., Panel]


def random_panel(
    seed: int = 0, n_dates: int = 320, n_tickers: int = 5, *, ragged: bool = True, macro: bool = True
) -> Panel:
    """Return a random market: one factor, own noise, late listings and gaps if ``ragged``."""
    rng = np.random.default_rng(seed)
    shape = (n_dates, n_tickers)
    factor = 0.008 * rng.standard_t(5, (n_dates, 1))
    overnight = 0.3 * factor + 0.006 * rng.standard_normal(shape)
    intraday = 0.7 * factor + 0.012 * rng.standard_normal(shape)
    log_close = np.log(rng.uniform(5, 300, n_tickers)) + np.cumsum(overnight + intraday, axis=0)
    close, open_ = np.exp(log_close), np.exp(log_close - intraday)
    high = np.maximum(open_, close) * np.exp(np.abs(0.004 * rng.standard_normal(shape)))
    low = np.minimum(open_, close) * np.exp(-np.abs(0.004 * rng.standard_normal(shape)))
    volume = np.round(np.exp(14 + 0.4 * rng.standard_normal(shape)))
    if ragged:
        holes = rng.random(shape) < 0.01
        holes[:40, 1] = True
        holes[150:153, 2] = True
        holes[200:215, 3] = True
        for array in (open_, high, low, close, volume):
            array[holes] = np.nan
    sessions = np.datetime64("2015-01-05") + np.arange(n_dates)
    empty = np.zeros(shape, dtype=bool)
    return Panel(
        sessions=sessions,
        tickers=tuple(f"T{i:02d}" for i in range(n_tickers)),
        open=open_,
        high=high,
        low=low,
        close=close,
        volume=volume,
        void=empty,
        barred=empty,
        source="test",
        simulated=True,
        delay="none",
        fingerprint=f"sha256:{seed}",
        rows=int(np.isfinite(close).sum()),
        macro=random_macro(rng, sessions) if macro else None,
    )


def random_macro(rng: np.random.Generator, sessions: np.ndarray) -> Macro:
    """Return three daily series, each known one day after the day it describes."""
    names = np.repeat(["VIXCLS", "T10Y2Y", "BAA10Y"], len(sessions))
    days = np.tile(sessions, 3)
    values = np.concatenate([start + np.cumsum(rng.normal(0, 0.1, len(sessions))) for start in (16.0, 1.5, 2.5)])
    return Macro(names, days, days + np.timedelta64(1, "D"), values)


@pytest.fixture
def make_panel() -> MakePanel:
    """Return the maker of random panels."""
    return random_panel
