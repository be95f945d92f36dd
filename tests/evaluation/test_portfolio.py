import empyrical
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from mltrainer.evaluation.portfolio import buy_and_hold, hold_picks, performance
from mltrainer.evaluation.sharpe import annual_factor, autocorrelations, sharpe_error
from mltrainer.evaluation.spread import half_spread


def market(seed, n_dates=40, n_tickers=8, gaps=True):
    rng = np.random.default_rng(seed)
    close = 20 * np.exp(np.cumsum(0.03 * rng.standard_normal((n_dates, n_tickers)), axis=0))
    open_ = close * np.exp(0.01 * rng.standard_normal(close.shape))
    if gaps:
        missing = rng.random(close.shape) < 0.08
        missing[0] = False
        close[missing] = np.nan
        open_[missing | (rng.random(close.shape) < 0.03)] = np.nan
        close[30:, 0] = np.nan
        open_[30:, 0] = np.nan
    date, column = np.nonzero(~np.isnan(close))
    later = (date >= 10) & (date % 7 != 0)
    score = np.round(rng.random(later.sum()), 1)
    return {"date": date[later], "column": column[later], "score": score, "open_": open_, "close": close}


def by_hand(date, column, score, open_, close, top_k, horizon_end, cost_bps, half_spread):
    """Follow every tranche and every pick one after the other."""
    n = len(close)
    decisions = sorted(d for d in set(date.tolist()) if d + 1 < n)
    first, last = decisions[0] + 1, min(decisions[-1] + horizon_end, n - 1)
    daily = dict.fromkeys(range(first, last + 1), 0.0)
    for decision in decisions:
        rows = [i for i in range(len(date)) if date[i] == decision]
        picks = [column[i] for i in sorted(rows, key=lambda i: -score[i])[:top_k]]
        money = 1.0
        shares = {}
        cost = {ticker: cost_bps / 10_000 + half_spread[decision, ticker] for ticker in picks}
        for ticker in picks:
            price = open_[decision + 1, ticker]
            if not np.isnan(price):
                shares[ticker] = (1 / len(picks)) * (1 - cost[ticker]) / price
                money -= 1 / len(picks)
        worth_before = 1.0
        for day in range(decision + 1, min(decision + horizon_end, n - 1) + 1):
            worth = money
            for ticker, held in shares.items():
                known = [close[s, ticker] for s in range(day + 1) if not np.isnan(close[s, ticker])]
                worth += held * known[-1] * ((1 - cost[ticker]) if day == decision + horizon_end else 1)
            daily[day] += (worth / worth_before - 1) / horizon_end
            worth_before = worth
    return np.array([daily[day] for day in sorted(daily)])


@settings(derandomize=True, max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    top_k=st.integers(1, 10),
    horizon_end=st.integers(1, 12),
    cost=st.sampled_from([0, 5, 40]),
)
def test_returns_agree_with_a_loop_over_tranches(seed, top_k, horizon_end, cost):
    inputs = market(seed)
    spread = 0.003 * np.random.default_rng(seed).random(inputs["close"].shape)
    choices = {"top_k": top_k, "horizon_end": horizon_end, "cost_bps": cost, "half_spread": spread}
    track = hold_picks(**inputs, **choices)
    np.testing.assert_allclose(track.returns, by_hand(**inputs, **choices), atol=1e-12)
    assert len(track.sessions) == len(track.returns)
    assert 0 < track.figures["exposure"] <= 1


def test_prices_before_the_next_open_do_not_matter():
    inputs = market(1, gaps=False)
    choices = {"top_k": 3, "horizon_end": 5, "cost_bps": 5}
    before = hold_picks(**inputs, **choices)
    changed = inputs["open_"].copy()
    changed[: before.sessions[0]] *= 3
    after = hold_picks(**(inputs | {"open_": changed}), **choices)
    np.testing.assert_array_equal(before.returns, after.returns)


def test_appended_sessions_change_no_day_of_the_past():
    inputs = market(2, gaps=False)
    choices = {"top_k": 3, "horizon_end": 5, "cost_bps": 0}
    whole = hold_picks(**inputs, **choices)
    early = inputs["date"] < 30
    cut = {name: inputs[name][early] for name in ("date", "column", "score")}
    part = hold_picks(**cut, open_=inputs["open_"][:30], close=inputs["close"][:30], **choices)
    np.testing.assert_allclose(part.returns, whole.returns[: len(part.returns)], atol=1e-15)


def test_a_full_portfolio_turns_over_once_a_horizon_and_pays_for_it():
    n = 500
    date, column = np.arange(n), np.zeros(n, dtype=int)
    flat = np.full((n, 1), 10.0)
    track = hold_picks(
        date=date, column=column, score=np.ones(n), open_=flat, close=flat, top_k=1, horizon_end=10, cost_bps=5
    )
    assert track.figures["turnover"] == pytest.approx(25.2, abs=0.01)
    assert track.figures["exposure"] == pytest.approx(1.0, abs=0.01)
    # A tenth of the capital is bought and a tenth is sold every day, at 5 basis points each.
    assert track.returns[50:-1] == pytest.approx(-2 * 0.0005 / 10, rel=1e-3)


def test_nothing_to_trade_is_refused():
    flat = np.full((5, 1), 10.0)
    last = {"date": np.array([4]), "column": np.array([0]), "score": np.array([0.5])}
    with pytest.raises(ValueError, match="session to trade in"):
        hold_picks(**last, open_=flat, close=flat, top_k=1, horizon_end=3, cost_bps=5)


def test_golden_performance():
    steps = np.random.default_rng(42).standard_t(5, 1260)
    figures = performance(0.0004 + 0.01 * steps / np.sqrt(5 / 3))
    wanted = {
        "sharpe": 0.1167665261,
        "sortino": 0.1647156163,
        "volatility": 0.1603567325,
        "max_drawdown": -0.2619182112,
        "cagr": 0.0058916794,
        "calmar": 0.0224943479,
    }
    assert {name: figures[name] for name in wanted} == pytest.approx(wanted, abs=1e-9)


@settings(derandomize=True, max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6), days=st.integers(30, 600))
def test_performance_agrees_with_empyrical(seed, days):
    returns = 0.0003 + 0.01 * np.random.default_rng(seed).standard_t(4, days)
    figures = performance(returns)
    wanted = {
        "sharpe": empyrical.sharpe_ratio(returns),
        "sortino": empyrical.sortino_ratio(returns),
        "volatility": empyrical.annual_volatility(returns),
        "max_drawdown": empyrical.max_drawdown(returns),
        "cagr": empyrical.cagr(returns),
        "calmar": empyrical.calmar_ratio(returns),
    }
    assert {name: figures[name] for name in wanted} == pytest.approx(wanted, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("rho", "factor"),
    [(-0.3, 4.596), (-0.1, 3.798), (0, 3.464), (0.1, 3.160), (0.2, 2.879), (0.3, 2.615), (0.5, 2.121), (0.9, 1.207)],
)
def test_annual_factors_of_lo(rho, factor):
    assert annual_factor(np.array([rho**k for k in range(1, 12)]), periods=12) == pytest.approx(factor, abs=6e-4)


def test_the_error_of_a_sharpe_ratio_covers_independent_and_autocorrelated_returns():
    rng = np.random.default_rng(1)
    returns = 0.001 + 0.01 * rng.standard_normal(5000)
    ratio = returns.mean() / returns.std()
    assert sharpe_error(returns) == pytest.approx(np.sqrt((1 + ratio**2 / 2) / 5000), rel=0.05)
    # A chain with correlation 0.3 has a mean that is sqrt(1.3 / 0.7) times less certain.
    chain = lfilter([1], [1, -0.3], returns - returns.mean())
    assert sharpe_error(chain) * np.sqrt(5000) == pytest.approx(np.sqrt(1.3 / 0.7), rel=0.07)
    assert autocorrelations(chain)[0] == pytest.approx(0.3, abs=0.03)
    figures = performance(0.0005 + chain)
    assert figures["sharpe_autocorrelated"] < 0.8 * figures["sharpe"]


def test_bought_at_the_first_open_and_held_to_the_last_close():
    open_, close = np.array([9.0, 10.0, 11.0, 12.0, 13.0]), np.array([9.5, 10.5, np.nan, 12.5, 12.0])
    returns = buy_and_hold(open_, close, first=1, cost=0.001)
    assert np.prod(1 + returns) == pytest.approx(12 / 10 * 0.999**2)
    assert returns[1] == 0
    late = buy_and_hold(np.full(5, np.nan), close, first=1, cost=0.0)
    assert np.prod(1 + late) == pytest.approx(12 / 9.5)
    with pytest.raises(ValueError, match="no price to buy at"):
        buy_and_hold(np.full(5, np.nan), np.full(5, np.nan), first=1, cost=0.0)


def test_half_the_spread_by_activity():
    rng = np.random.default_rng(2)
    close = 40 * np.exp(np.cumsum(0.02 * rng.choice([-1, 1], (200, 3)), axis=0))
    volume = 40e6 / close * np.array([1.0, 1000.0, 1.0])
    volume[:, 2] = np.nan
    cost = half_spread(close, volume)
    frame = pd.DataFrame(np.log(close)).diff().rolling(63, min_periods=21).std()
    wanted = 8.21e-4 * (frame / 0.02) * (frame * 40e6 / (0.02 * 40e6)) ** (-1 / 3)
    np.testing.assert_allclose(cost[30:, 0], wanted[0][30:], rtol=1e-9)
    # A thousand times the activity, a tenth of the cost; unknown activity costs the median of the others.
    np.testing.assert_allclose(cost[100, 1] / cost[100, 0], 0.1 * (frame[1][100] / frame[0][100]) ** (2 / 3))
    assert cost[100, 2] == pytest.approx(cost[100, :2].mean())
    assert (cost[:5] == 0).all()


def test_figures_that_would_divide_by_zero_are_left_out():
    assert performance(np.zeros(5)) == {"max_drawdown": 0.0, "cagr": 0.0, "volatility": 0.0}
    assert set(performance(np.array([0.01]))) == {"max_drawdown", "cagr"}


def test_a_pick_is_worth_what_it_was_before_a_price_on_another_scale() -> None:
    rising = np.linspace(10.0, 11.9, 20)[:, None]
    split = rising.copy()
    split[12:] *= 10
    void = np.zeros(split.shape, dtype=bool)
    void[12] = True
    asked = {
        "date": np.arange(5, 18),
        "column": np.zeros(13, dtype=np.int64),
        "score": np.ones(13),
        "top_k": 1,
        "horizon_end": 5,
        "cost_bps": 0.0,
    }

    honest = hold_picks(open_=rising, close=rising, **asked).returns
    blind = hold_picks(open_=split, close=split, **asked).returns
    told = hold_picks(open_=split, close=split, void=void, **asked).returns

    assert blind.max() > 1
    assert told.max() <= honest.max() + 1e-12
    assert told.min() >= 0
