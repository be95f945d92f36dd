"""Features against slow versions of their formulas, written cell by cell."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from mltrainer.features.build import build_features, feature_names

from .conftest import random_panel

PANEL = random_panel(11, n_dates=300, n_tickers=4)
WHOLE = random_panel(12, n_dates=300, n_tickers=4, ragged=False)


def column(panel, name, member=None):
    """Return a feature as (n_dates, n_tickers)."""
    every = np.ones(panel.shape, dtype=bool)
    dates, tickers = np.nonzero(every)
    matrix = build_features(panel, every if member is None else member, (dates, tickers))
    return matrix[:, feature_names(panel).index(name)].reshape(panel.shape)


def carried_log(panel, t, i):
    """Return ln of the close of session t, or of the nearest one at most five sessions before."""
    for age in range(6):
        if t - age >= 0 and np.isfinite(panel.close[t - age, i]):
            return np.log(panel.close[t - age, i])
    return np.nan


def returns(panel):
    result = np.full(panel.shape, np.nan)
    for t in range(1, len(panel.close)):
        for i in range(panel.shape[1]):
            result[t, i] = np.log(panel.close[t, i]) - carried_log(panel, t - 1, i)
    return result


def market(panel):
    simple = np.expm1(returns(panel))
    return np.log1p(np.array([np.mean(row[np.isfinite(row)]) if np.isfinite(row).any() else np.nan for row in simple]))


@pytest.mark.parametrize("rows", [1, 5, 21, 126])
def test_past_returns_look_at_the_last_close_over_short_gaps(rows):
    got = column(PANEL, f"mom_{rows}")
    for t in range(rows, 300):
        for i in range(4):
            expected = np.log(PANEL.close[t, i]) - carried_log(PANEL, t - rows, i)
            np.testing.assert_allclose(got[t, i], expected, rtol=1e-5, atol=1e-7)
    assert np.isnan(got[:rows]).all()


def test_a_gap_longer_than_five_sessions_has_no_return():
    # Ticker 3 has no bar in sessions 200 .. 214.
    assert np.isnan(column(PANEL, "mom_1")[200:216, 3]).all()
    assert np.isfinite(column(PANEL, "mom_1")[217, 3])


def test_momentum_skips_the_last_month():
    got = column(WHOLE, "mom_12_1")
    log_close = np.log(WHOLE.close)
    np.testing.assert_allclose(got[252:], log_close[231:-21] - log_close[:-252], rtol=1e-5)
    assert np.isnan(got[:252]).all()


def test_residual_momentum_is_the_regressions():
    got, r, m = column(WHOLE, "residual_momentum"), returns(WHOLE), market(WHOLE)
    for t in (253, 270, 299):
        for i in range(4):
            window = slice(t - 251, t + 1)
            design = np.column_stack([np.ones(252), m[window]])
            coefficients = np.linalg.lstsq(design, r[window, i], rcond=None)[0]
            residuals = r[window, i] - design @ coefficients
            np.testing.assert_allclose(got[t, i], residuals[:-21].sum() / residuals.std(), rtol=1e-4)


def test_market_model_is_the_regressions():
    r, m = returns(WHOLE), market(WHOLE)
    beta, idio, corr = (column(WHOLE, name) for name in ("beta_126", "idio_vol_63", "market_corr_63"))
    for t in (150, 299):
        for i in range(4):
            long, short = slice(t - 125, t + 1), slice(t - 62, t + 1)
            np.testing.assert_allclose(beta[t, i], stats.linregress(m[long], r[long, i]).slope, rtol=1e-4)
            fit = stats.linregress(m[short], r[short, i])
            residual = r[short, i] - fit.intercept - fit.slope * m[short]
            np.testing.assert_allclose(idio[t, i], residual.std(), rtol=1e-4)
            np.testing.assert_allclose(corr[t, i], fit.rvalue, rtol=1e-4)


def test_discreteness_counts_days():
    got, r = column(WHOLE, "information_discreteness"), returns(WHOLE)
    for t in (252, 299):
        for i in range(4):
            year = r[t - 251 : t - 20, i]
            total = np.log(WHOLE.close[t - 21, i] / WHOLE.close[t - 252, i])
            expected = np.sign(total) * (np.mean(year < 0) - np.mean(year > 0))
            np.testing.assert_allclose(got[t, i], expected, rtol=1e-5)


def test_the_year_high_and_its_age():
    ratio, age = column(WHOLE, "high_52w"), column(WHOLE, "since_high")
    for t in (251, 280, 299):
        for i in range(4):
            year = WHOLE.high[t - 251 : t + 1, i]
            np.testing.assert_allclose(ratio[t, i], WHOLE.close[t, i] / year.max(), rtol=1e-6)
            np.testing.assert_allclose(age[t, i], (251 - np.argmax(year)) / 252, rtol=1e-6)


def test_volatilities():
    r = returns(WHOLE)
    window = slice(299 - 20, 300)
    high_low = np.log(WHOLE.high / WHOLE.low)[window]
    close_open = np.log(WHOLE.close / WHOLE.open)[window]
    expected = {
        "vol_21": r[window].std(axis=0, ddof=1),
        "log_vol_21": np.log(r[window].std(axis=0, ddof=1)),
        "parkinson_21": np.sqrt((high_low**2).mean(axis=0) / (4 * np.log(2))),
        "garman_klass_21": np.sqrt((high_low**2 / 2 - (2 * np.log(2) - 1) * close_open**2).mean(axis=0)),
        "downside_63": np.sqrt((np.minimum(r[-63:], 0) ** 2).mean(axis=0)),
        "skew_63": stats.skew(r[-63:], axis=0),
        "max_21": r[window].max(axis=0),
    }
    for name, values in expected.items():
        np.testing.assert_allclose(column(WHOLE, name)[299], values, rtol=1e-4, err_msg=name)


def test_volume_features():
    r, t = returns(WHOLE), 299
    traded = WHOLE.close * WHOLE.volume
    np.testing.assert_allclose(
        column(WHOLE, "amihud_21")[t],
        np.log(np.mean(np.abs(r) / traded * 1e6, axis=0, where=np.arange(300)[:, None] > t - 21)),
        rtol=1e-4,
    )
    log_volume = np.log(WHOLE.volume[t - 62 :])
    expected = (log_volume[-1] - log_volume.mean(axis=0)) / log_volume.std(axis=0, ddof=1)
    np.testing.assert_allclose(column(WHOLE, "volume_z")[t], expected, rtol=1e-4, atol=1e-6)
    balance = np.cumsum(np.sign(r[t - 20 :]) * WHOLE.volume[t - 20 :], axis=0)
    for i in range(4):
        slope = np.polyfit(np.arange(21), balance[:, i], 1)[0] / WHOLE.volume[t - 20 :, i].mean()
        np.testing.assert_allclose(column(WHOLE, "balance_slope_21")[t, i], slope, rtol=1e-4)


def test_market_features():
    r = returns(PANEL)
    np.testing.assert_allclose(column(PANEL, "market_return")[1:, 0], market(PANEL)[1:], rtol=1e-5)
    spread = [np.std(row[np.isfinite(row)]) for row in r[-20:]]
    np.testing.assert_allclose(column(PANEL, "dispersion_20")[-1, 0], np.mean(spread), rtol=1e-5)
    above = WHOLE.close[-1] > WHOLE.close[-50:].mean(axis=0)
    np.testing.assert_allclose(column(WHOLE, "breadth_50")[-1], above.mean(), rtol=1e-6)


def test_ranks_are_among_the_members_of_the_date():
    member = np.random.default_rng(2).random(PANEL.shape) < 0.7
    values, got = column(PANEL, "mom_21"), column(PANEL, "mom_21_rank", member)
    for t in range(40, 300, 7):
        counted = member[t] & np.isfinite(values[t])
        assert np.isnan(got[t, ~counted]).all()
        n = counted.sum()
        expected = (stats.rankdata(values[t, counted]) - 0.5) / max(n, 1) - 0.5
        np.testing.assert_allclose(got[t, counted], expected, atol=1e-6)


def test_prices_in_another_currency_change_nothing():
    names = feature_names(WHOLE)
    scaled = dataclasses.replace(WHOLE, **{n: getattr(WHOLE, n) * 8.0 for n in ("open", "high", "low", "close")})
    every = np.ones(WHOLE.shape, dtype=bool)
    rows = np.nonzero(every)
    a, b = build_features(WHOLE, every, rows), build_features(scaled, every, rows)
    for place, name in enumerate(names):
        if name not in ("amihud_21", "value_63"):
            np.testing.assert_allclose(a[:, place], b[:, place], rtol=1e-4, atol=1e-5, err_msg=name)
