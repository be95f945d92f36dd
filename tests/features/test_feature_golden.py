"""Indicators against figures of TA-Lib and of other packages."""

import numpy as np
import pandas as pd
import pytest

from mltrainer.features import technical, volatility, volume
from mltrainer.features.bars import Bars
from mltrainer.features.moving import lag, moving_mean, moving_std
from mltrainer.features.recursive import exponential_mean, wilder_mean


def indicators(bars):
    """Return by name (n,) in the scale of TA-Lib."""
    with np.errstate(all="ignore"):
        line = exponential_mean(bars.close, 12) - exponential_mean(bars.close, 26)
        made = {
            "rsi_14": technical.relative_strength(bars, 14),
            "atr_14": wilder_mean(volatility.true_range(bars), 14),
            "macd": line,
            "macd_hist": technical.macd_histogram(bars) * bars.close,
            "cci_20": technical.commodity_channel(bars, 20),
            "mfi_14": volume.money_flow(bars, 14),
            "stoch_k": moving_mean(technical.stochastic(bars, 5), 3),
            "stoch_k_14": moving_mean(technical.stochastic(bars, 14), 3),
            "williams_r": technical.stochastic(bars, 14) - 100,
            "bb_up": moving_mean(bars.close, 20) + 2 * moving_std(bars.close, 20, ddof=0),
            "bb_b": technical.bollinger(bars)[0],
            "sma_20": moving_mean(bars.close, 20),
            "ema_20": exponential_mean(bars.close, 20),
            "roc_10": 100 * (bars.close / lag(bars.close, 10) - 1),
            "stddev_20": moving_std(bars.close, 20, ddof=0),
        }
    return {name: values[:, 0] for name, values in made.items()}


def bars_of(o, h, l, c, v):  # noqa: E741
    arrays = [np.asarray(a, dtype=float)[:, None] for a in (o, h, l, c, v)]
    return Bars(np.arange(len(c)).astype("datetime64[D]"), *arrays)


@pytest.fixture(scope="session")
def golden(shared_data):
    path = shared_data / "reference" / "golden" / "golden_ohlcv.npz"
    if not path.is_file():
        pytest.skip(f"not here: {path}")
    stored = np.load(path)
    rng = np.random.default_rng(20240601)
    r = 0.0005 + 0.02 * rng.standard_t(5, 300) / np.sqrt(5 / 3)
    np.testing.assert_allclose(stored["C"], 100 * np.exp(np.cumsum(r)), rtol=1e-9)
    return bars_of(*(stored[name] for name in "OHLCV"))


AT_100_AND_299 = {
    "rsi_14": (51.148431, 56.508012),
    "atr_14": (2.758986, 3.859511),
    "cci_20": (38.765887, -2.087718),
    "mfi_14": (59.209446, 63.126140),
    "macd": (0.496957, 4.647324),
    "macd_hist": (0.496957 - 0.553801, 4.647324 - 5.801171),
    "stoch_k": (29.111516, 18.471327),
    "williams_r": (-53.417864, -72.250146),
    "bb_up": (141.278587, 193.759008),
}


@pytest.mark.parametrize("name", AT_100_AND_299)
def test_golden_series(golden, name):
    got = indicators(golden)[name][[100, 299]]
    # The exponential means begin at different bars here and there, which still shows at bar 100.
    np.testing.assert_allclose(got, AT_100_AND_299[name], atol=2e-5 if name.startswith("macd") else 2e-6, rtol=0)


def test_three_stocks_against_talib(shared_data):
    path = shared_data / "reference" / "indicators" / "talib_dev_AAPL_XOM_AMD.csv.gz"
    if not path.is_file():
        pytest.skip(f"not here: {path}")
    expected = pd.read_csv(path, parse_dates=["date"])
    bars = pd.read_parquet(shared_data / "market" / "ohlcv_2013_2018.parquet")
    bars["date"] = pd.to_datetime(bars["date"])
    for ticker, rows in expected.groupby("ticker"):
        mine = bars[bars.ticker == ticker].sort_values("date")
        assert (mine.date.to_numpy() == rows.date.to_numpy()).all()
        made = indicators(bars_of(*(mine[c] for c in ("open", "high", "low", "close", "volume"))))
        for name in ("rsi_14", "atr_14", "macd_hist", "cci_20", "mfi_14", "bb_up", "sma_20", "ema_20", "stddev_20"):
            np.testing.assert_allclose(
                made[name][300:], rows[name].to_numpy()[300:], rtol=2e-5, atol=2e-5, err_msg=name
            )


def test_spy_against_another_package(shared_data):
    folder = shared_data / "reference" / "indicators"
    if not folder.is_dir():
        pytest.skip(f"not here: {folder}")
    quotes = pd.read_csv(folder / "spy_2017_2018_quotes.csv")
    expected = pd.read_csv(folder / "spy_2017_2018_expected.csv")
    made = indicators(bars_of(*(quotes[c] for c in ("open", "high", "low", "close", "volume"))))
    for name, theirs in {
        "rsi_14": "rsi_14.rsi",
        "atr_14": "atr_14.atr",
        "bb_b": "bb_20_2.percentB",
        "stoch_k_14": "stoch_14_3_3.oscillator",
        "cci_20": "cci_20.cci",
        "mfi_14": "mfi_14.mfi",
        "williams_r": "willr_14.williamsR",
    }.items():
        tail = slice(250, None)
        np.testing.assert_allclose(
            made[name][tail], expected[theirs].to_numpy()[tail], rtol=1e-4, atol=1e-4, err_msg=name
        )
