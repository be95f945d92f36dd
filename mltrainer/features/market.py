"""Features of the whole market and of the economy: one value a date, the same for every ticker."""

import numpy as np

from mltrainer.data.panel import FloatArray, Panel
from mltrainer.features.bars import Bars, Feature, mean_by_date
from mltrainer.features.moving import lag, moving_mean, moving_std, moving_sum


def market_return(panel: Panel) -> FloatArray:
    """Return the equal-weight log return of all bars of a date (n_dates,), NaN on a date without one."""
    return Bars.of(panel).market


def breadth(bars: Bars, window: int) -> FloatArray:
    """Return the share of tickers whose close is above their mean of ``window`` sessions (n_dates,)."""
    mean = moving_mean(bars.close, window)
    above = np.where(np.isfinite(mean) & np.isfinite(bars.close), bars.close > mean, np.nan)
    return mean_by_date(above)


def dispersion(bars: Bars) -> FloatArray:
    """Return the standard deviation of the day's returns across tickers (n_dates,)."""
    return np.sqrt(mean_by_date((bars.returns - mean_by_date(bars.returns)[:, None]) ** 2))


def _series(bars: Bars, name: str) -> FloatArray:
    assert bars.macro is not None
    return bars.macro.at(name, bars.sessions)


def _change(bars: Bars, name: str, rows: int) -> FloatArray:
    level = _series(bars, name)
    return level - lag(level, rows)


MARKET = (
    Feature("market_return", "mean of all r", "equal-weight index", lambda bars: bars.market),
    Feature("market_return_20", "sum of market r, 20 days", "equal-weight index", lambda b: moving_sum(b.market, 20)),
    Feature("market_vol_20", "std(market r, 20)", "Ang et al. 2006", lambda bars: moving_std(bars.market, 20)),
    Feature("breadth_50", "share of tickers with C > mean(C, 50)", "Zweig 1986", lambda bars: breadth(bars, 50)),
    Feature(
        "dispersion_20",
        "mean of the day's std of r across tickers, 20 days",
        "Stivers & Sun 2010",
        lambda bars: moving_mean(dispersion(bars), 20),
    ),
    Feature("vix", "VIXCLS as known", "Whaley 2000", lambda bars: _series(bars, "VIXCLS"), macro="VIXCLS"),
    Feature(
        "vix_change_5", "VIXCLS(t) - VIXCLS(t-5)", "Whaley 2000", lambda b: _change(b, "VIXCLS", 5), macro="VIXCLS"
    ),
    Feature("t10y2y", "T10Y2Y as known", "Estrella & Mishkin 1998", lambda b: _series(b, "T10Y2Y"), macro="T10Y2Y"),
    Feature("baa10y", "BAA10Y as known", "Fama & French 1989", lambda b: _series(b, "BAA10Y"), macro="BAA10Y"),
    Feature(
        "baa10y_change_21",
        "BAA10Y(t) - BAA10Y(t-21)",
        "Fama & French 1989",
        lambda bars: _change(bars, "BAA10Y", 21),
        macro="BAA10Y",
    ),
)
