"""Features of risk: how much a ticker moves, how, and how much of it is the market."""

import numpy as np

from mltrainer.data.panel import FloatArray
from mltrainer.features.bars import Bars, Feature, positive_log
from mltrainer.features.moving import Window, lag, moving_max, moving_mean, moving_min, moving_skew, moving_std
from mltrainer.features.recursive import wilder_mean


def parkinson(bars: Bars, window: int) -> FloatArray:
    """Return sqrt(mean(ln(H/L)^2) / (4 ln 2))."""
    return np.sqrt(moving_mean(bars.range**2, window) / (4 * np.log(2)))


def garman_klass(bars: Bars, window: int) -> FloatArray:
    """Return sqrt(mean(ln(H/L)^2 / 2 - (2 ln 2 - 1) ln(C/O)^2))."""
    daily = 0.5 * bars.range**2 - (2 * np.log(2) - 1) * bars.intraday**2
    mean = moving_mean(daily, window)
    return np.sqrt(np.where(mean > 0, mean, np.nan))


def downside(bars: Bars, window: int) -> FloatArray:
    """Return sqrt(mean(min(r, 0)^2))."""
    return np.sqrt(moving_mean(np.minimum(bars.returns, 0.0) ** 2, window))


def true_range(bars: Bars) -> FloatArray:
    """Return max(H, C before) - min(L, C before), NaN on the first bar."""
    before = np.exp(lag(bars.carried, 1))
    return np.maximum(bars.high, before) - np.minimum(bars.low, before)


def market_model(bars: Bars, window: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return beta, the residual standard deviation and the correlation of r with the market's r."""
    returns, market = bars.returns, bars.market_column
    place = Window(np.isfinite(returns), window)
    mean, mean_market = place.mean(returns), place.mean(market)
    covariance = place.mean(returns * market) - mean * mean_market
    variance = place.mean(returns * returns) - mean**2
    variance_market = place.mean(market * market) - mean_market**2
    variance, variance_market = (np.where(v > 1e-12, v, np.nan) for v in (variance, variance_market))
    beta = covariance / variance_market
    residual = np.sqrt(np.maximum(variance - beta * covariance, 0.0))
    return beta, residual, covariance / np.sqrt(variance * variance_market)


VOLATILITY = (
    Feature("vol_5", "std(r, 5)", "Ang et al. 2006", lambda bars: moving_std(bars.returns, 5)),
    Feature("vol_21", "std(r, 21)", "Ang et al. 2006", lambda bars: bars.vol_21),
    Feature("vol_63", "std(r, 63)", "Ang et al. 2006", lambda bars: bars.vol_63),
    Feature("log_vol_21", "ln std(r, 21)", "Andersen et al. 2003", lambda bars: positive_log(bars.vol_21)),
    Feature(
        "vol_ratio",
        "ln std(r, 5) / std(r, 63)",
        "Corsi 2009",
        lambda bars: positive_log(moving_std(bars.returns, 5)) - positive_log(bars.vol_63),
    ),
    Feature(
        "parkinson_21",
        "sqrt(mean ln(H/L)^2 / (4 ln 2)), 21 days",
        "Parkinson 1980",
        lambda bars: parkinson(bars, 21),
        needs="HL",
    ),
    Feature(
        "garman_klass_21",
        "sqrt(mean(ln(H/L)^2 / 2 - 0.386 ln(C/O)^2)), 21 days",
        "Garman & Klass 1980",
        lambda bars: garman_klass(bars, 21),
        needs="OHL",
    ),
    Feature("range", "ln H / L", "Parkinson 1980", lambda bars: bars.range, needs="HL"),
    Feature(
        "atr_14",
        "Wilder mean of the true range, 14 days / C",
        "Wilder 1978",
        lambda bars: wilder_mean(true_range(bars), 14) / bars.close,
        needs="HL",
    ),
    Feature("downside_63", "sqrt(mean min(r, 0)^2), 63 days", "Ang et al. 2006", lambda bars: downside(bars, 63)),
    Feature("skew_63", "skewness of r, 63 days", "Harvey & Siddique 2000", lambda bars: moving_skew(bars.returns, 63)),
    Feature("max_21", "max(r, 21)", "Bali, Cakici & Whitelaw 2011", lambda bars: moving_max(bars.returns, 21)),
    Feature("min_21", "min(r, 21)", "Bali, Cakici & Whitelaw 2011", lambda bars: moving_min(bars.returns, 21)),
    Feature(
        "beta_126",
        "cov(r, market r) / var(market r), 126 days",
        "Frazzini & Pedersen 2014",
        lambda bars: market_model(bars, 126)[0],
    ),
    Feature(
        "idio_vol_63",
        "std of market-model residuals, 63 days",
        "Ang et al. 2006",
        lambda bars: market_model(bars, 63)[1],
    ),
    Feature(
        "market_corr_63",
        "correlation of r with market r, 63 days",
        "Pollet & Wilson 2010",
        lambda bars: market_model(bars, 63)[2],
    ),
)
