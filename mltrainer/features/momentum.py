"""Features of past returns: momentum, its quality, and reversal."""

import numpy as np

from mltrainer.data.panel import FloatArray
from mltrainer.features.bars import Bars, Feature
from mltrainer.features.moving import Window, lag, moving_max, moving_mean, moving_min, moving_sum, since_max, since_min

YEAR = 252
MONTH = 21

_PAST_RETURNS = {
    1: "Jegadeesh 1990",
    2: "Lehmann 1990",
    3: "Lehmann 1990",
    5: "Lehmann 1990",
    10: "Jegadeesh & Titman 1993",
    21: "Jegadeesh 1990",
    42: "Jegadeesh & Titman 1993",
    63: "Jegadeesh & Titman 1993",
    126: "Jegadeesh & Titman 1993",
    252: "Jegadeesh & Titman 1993",
}


def _past_return(rows: int, source: str) -> Feature:
    return Feature(f"mom_{rows}", f"ln C(t) / C(t-{rows})", source, lambda bars: bars.change(rows))


def skipped(bars: Bars, far: int, near: int) -> FloatArray:
    """Return ln C(t-near) / C(t-far)."""
    return lag(bars.carried, near) - lag(bars.carried, far)


def residual_momentum(bars: Bars) -> FloatArray:
    """Return the sum of the market-model residuals of t-251 .. t-21 in units of their standard deviation.

    The model r = a + b m is fitted by least squares on the 252 sessions that end at t.
    """
    returns, market = bars.returns, bars.market_column
    valid = np.isfinite(returns)
    year, month = Window(valid, YEAR), Window(valid, MONTH)
    mean, mean_market = year.mean(returns), year.mean(market)
    covariance = year.mean(returns * market) - mean * mean_market
    variance_market = year.mean(market * market) - mean_market**2
    beta = covariance / np.where(variance_market > 0, variance_market, np.nan)
    residual_variance = year.mean(returns * returns) - mean**2 - beta * covariance
    # Residuals sum to zero over the year, so those of the older months are minus those of the newest.
    newest = month.sum(returns) - month.count * mean - beta * (month.sum(market) - month.count * mean_market)
    return -newest / np.sqrt(np.where(residual_variance > 1e-12, residual_variance, np.nan))


def discreteness(bars: Bars) -> FloatArray:
    """Return sign(r(t-251 .. t-21)) x (share of falling days - share of rising days)."""
    steps = lag(bars.returns, MONTH)
    place = Window(np.isfinite(steps), YEAR - MONTH)
    falling = place.mean((steps < 0).astype(np.float64))
    rising = place.mean((steps > 0).astype(np.float64))
    return np.sign(skipped(bars, YEAR, MONTH)) * (falling - rising)


def relative(bars: Bars, rows: int) -> FloatArray:
    """Return the sum of r minus the market's r over the last ``rows`` sessions."""
    return moving_sum(bars.returns - bars.market_column, rows)


MOMENTUM = (
    *(_past_return(rows, source) for rows, source in _PAST_RETURNS.items()),
    Feature("mom_12_1", "ln C(t-21) / C(t-252)", "Jegadeesh & Titman 1993", lambda bars: skipped(bars, 252, 21)),
    Feature("mom_6_1", "ln C(t-21) / C(t-126)", "Jegadeesh & Titman 1993", lambda bars: skipped(bars, 126, 21)),
    Feature(
        "acceleration",
        "ln C(t-21) / C(t-126) - ln C(t-126) / C(t-252)",
        "Novy-Marx 2012",
        lambda bars: skipped(bars, 126, 21) - skipped(bars, 252, 126),
    ),
    Feature(
        "residual_momentum",
        "sum of market-model residuals t-251 .. t-21 / their standard deviation",
        "Blitz, Huij & Martens 2011",
        residual_momentum,
    ),
    Feature(
        "information_discreteness",
        "sign(mom_12_1) x (share of falling days - share of rising days)",
        "Da, Gurun & Warachka 2014",
        discreteness,
    ),
    Feature("reversal_5", "-(sum of r - market r, 5 days)", "Lehmann 1990", lambda bars: -relative(bars, 5)),
    Feature("reversal_21", "-(sum of r - market r, 21 days)", "Jegadeesh 1990", lambda bars: -relative(bars, 21)),
    Feature(
        "high_52w",
        "C / max(H, 252)",
        "George & Hwang 2004",
        lambda bars: bars.close / moving_max(bars.high, YEAR),
        needs="H",
    ),
    Feature(
        "low_52w",
        "C / min(L, 252)",
        "George & Hwang 2004",
        lambda bars: bars.close / moving_min(bars.low, YEAR),
        needs="L",
    ),
    Feature(
        "since_high",
        "sessions since max(H, 252) / 252",
        "Bhootra & Hur 2013",
        lambda bars: since_max(bars.high, YEAR) / YEAR,
        needs="H",
    ),
    Feature(
        "since_low",
        "sessions since min(L, 252) / 252",
        "Bhootra & Hur 2013",
        lambda bars: since_min(bars.low, YEAR) / YEAR,
        needs="L",
    ),
    Feature(
        "overnight_21",
        "mean of ln O(t) / C(t-1), 21 days",
        "Lou, Polk & Skouras 2019",
        lambda bars: moving_mean(bars.overnight, MONTH),
        needs="O",
    ),
    Feature(
        "intraday_21",
        "mean of ln C(t) / O(t), 21 days",
        "Lou, Polk & Skouras 2019",
        lambda bars: moving_mean(bars.intraday, MONTH),
        needs="O",
    ),
    Feature("gap", "ln O(t) / C(t-1)", "Lou, Polk & Skouras 2019", lambda bars: bars.overnight, needs="O"),
)
