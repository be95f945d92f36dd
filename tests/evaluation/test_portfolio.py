import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mltrainer.evaluation.portfolio import hold_picks, performance


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


def by_hand(date, column, score, open_, close, top_k, horizon_end, cost_bps):
    """Follow every tranche and every pick one after the other."""
    n = len(close)
    cost = cost_bps / 10_000
    decisions = sorted(d for d in set(date.tolist()) if d + 1 < n)
    first, last = decisions[0] + 1, min(decisions[-1] + horizon_end, n - 1)
    daily = dict.fromkeys(range(first, last + 1), 0.0)
    for decision in decisions:
        rows = [i for i in range(len(date)) if date[i] == decision]
        picks = [column[i] for i in sorted(rows, key=lambda i: -score[i])[:top_k]]
        money = 1.0
        shares = {}
        for ticker in picks:
            price = open_[decision + 1, ticker]
            if not np.isnan(price):
                shares[ticker] = (1 / len(picks)) * (1 - cost) / price
                money -= 1 / len(picks)
        worth_before = 1.0
        for day in range(decision + 1, min(decision + horizon_end, n - 1) + 1):
            worth = money
            for ticker, held in shares.items():
                known = [close[s, ticker] for s in range(day + 1) if not np.isnan(close[s, ticker])]
                worth += held * known[-1] * ((1 - cost) if day == decision + horizon_end else 1)
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
    choices = {"top_k": top_k, "horizon_end": horizon_end, "cost_bps": cost}
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
    assert figures == pytest.approx(wanted, abs=1e-9)


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
