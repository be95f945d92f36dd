"""What followed past scores, against loops, and on real data."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from mltrainer.regime.followed import fall_risk, next_month
from mltrainer.regime.score import detect_regime
from mltrainer.regime.summary import summary

from .markets import inputs


def made_up(seed=0, n=600):
    rng = np.random.default_rng(seed)
    score = rng.uniform(0, 100, n)
    score[:251] = np.nan
    return score, rng.normal(0, 0.02, n)


def test_the_next_month_by_decade():
    score, returns = made_up()
    index = np.cumsum(returns)
    groups = {}
    for t in range(251, len(score) - 21):
        ahead = returns[t + 1 : t + 22]
        lost = max(1 - np.exp(index[t + 1 : t + 22].min() - index[t]), 0)
        groups.setdefault(int(score[t] // 10), []).append((ahead.std(ddof=1) * np.sqrt(252), lost))
    got = next_month(score, returns)
    assert [row["score_from"] for row in got] == [10.0 * d for d in sorted(groups)]
    for row in got:
        rows = groups[int(row["score_from"] // 10)]
        assert row["sessions"] == len(rows)
        np.testing.assert_allclose([row["volatility"], row["drawdown"]], np.mean(rows, axis=0))


def test_a_score_of_100_belongs_to_the_highest_decade():
    score, returns = np.full(60, 100.0), np.random.default_rng(1).normal(0, 0.01, 60)
    assert [(row["score_from"], row["sessions"]) for row in next_month(score, returns)] == [(90.0, 39)]
    assert next_month(score[:21], returns[:21]) == []


def fell_within(returns, t):
    index = np.cumsum(returns)
    return float(index[t + 1 : t + 64].min() - index[t] <= np.log(0.9))


def test_the_risk_of_a_fall_is_the_share_after_like_scores_drawn_to_the_base_rate():
    score, returns = made_up(2)
    known = range(251, len(score) - 63)
    outcomes = np.array([fell_within(returns, t) for t in known])
    near = np.abs(score[list(known)] - score[-1]) <= 15
    base = outcomes.mean()
    expected = (outcomes[near].sum() / 63 + 5 * base) / (near.sum() / 63 + 5)
    risk = fall_risk(score, returns)
    np.testing.assert_allclose([risk["probability"], risk["base_rate"]], [expected, base])
    assert risk["sessions"] == len(outcomes) and risk["episodes"] >= 1
    assert 0 < risk["brier"] < 1 and 0 < risk["brier_base"] < 1


def test_sessions_that_are_not_evaluated_change_nothing_but_todays_score():
    score, returns = made_up(2)
    risk = fall_risk(score, returns, 500)
    wild = np.r_[returns[:500], np.full(100, -0.5)]
    assert fall_risk(score, wild, 500) == risk
    assert fall_risk(np.r_[score[:500], score[-1]], np.r_[returns[:500], 0.0], 500) == risk


def test_episodes_are_falls_far_apart():
    returns = np.zeros(500)
    returns[[150, 160, 400]] = -0.2
    risk = fall_risk(np.linspace(10, 90, 500), returns)
    assert risk["episodes"] == 2


def test_no_outcome_known_yet_means_no_risk_stated():
    score, returns = made_up(3, 300)
    assert fall_risk(score, returns) is None
    assert fall_risk(np.full(400, np.nan), np.zeros(400)) is None
    document = summary(detect_regime(**inputs(5, 260)))
    assert "fall_risk" not in document.history


def test_nothing_of_the_answer_is_later_than_the_last_session():
    arguments = inputs(6, 420)
    early = {name: values[:380] for name, values in arguments.items()}
    assert summary(detect_regime(**early)).as_of == str(arguments["sessions"][379])
    score, returns = made_up(4)
    changed = returns.copy()
    changed[550:] = 0.5
    assert fall_risk(score[:550], returns[:550]) == fall_risk(score[:550], changed[:550])


@pytest.fixture(scope="module")
def real(shared_data):
    bars = pd.read_parquet(shared_data / "market" / "ohlcv_2013_2018.parquet", columns=["date", "ticker", "close"])
    close = bars.pivot(index="date", columns="ticker", values="close")
    macro = pd.read_csv(shared_data / "macro" / "macro_daily.csv", parse_dates=["date"])
    sessions = pd.DatetimeIndex(close.index)

    def known(name, lag):
        series = macro[macro.series_id == name].dropna().set_index("date")["value"]
        series.index = series.index + pd.offsets.BDay(lag)
        return series[~series.index.duplicated(keep="last")].reindex(sessions, method="ffill").to_numpy()

    market = np.log1p(close.pct_change(fill_method=None).mean(axis=1, skipna=True)).to_numpy()
    return detect_regime(
        market,
        sessions=sessions.to_numpy().astype("datetime64[D]"),
        close=close.to_numpy(),
        vix=known("VIXCLS", 1),
        credit=known("BAA10Y", 2),
    )


def test_on_real_data_higher_scores_were_followed_by_wilder_months(real):
    document = summary(real)
    rows = document.history["next_month"]
    decades = [row["score_from"] for row in rows]
    assert spearmanr(decades, [row["volatility"] for row in rows]).statistic > 0.9
    assert spearmanr(decades, [row["drawdown"] for row in rows]).statistic > 0.8
    assert rows[-1]["volatility"] > 1.8 * rows[0]["volatility"]


def test_on_real_data_the_week_of_february_2018_is_nervous(real):
    assert summary(real).label in ("nervous", "crisis")
    # And the calm of 2017 was calm: more than half of its days.
    year = real.score[np.array([str(day).startswith("2017") for day in real.sessions])]
    assert np.mean(year <= 50) > 0.5
