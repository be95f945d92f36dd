"""The simulated market: its truth, its stylised facts, and that more of it changes nothing."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from scipy import stats

from mltrainer.data.load import load_panel
from mltrainer.data.panel import FloatArray, Panel
from mltrainer.data.quality import clean
from mltrainer.data.raw import FIELDS
from mltrainer.data.simulated import SimulatedMarket, simulate
from mltrainer.data.universe import membership
from mltrainer.settings.request import DataRequest, Simulation

HORIZON = 10


@pytest.fixture(scope="module")
def market() -> SimulatedMarket:
    return simulate(Simulation(), 58)


@pytest.fixture(scope="module")
def panel(market: SimulatedMarket) -> Panel:
    return clean(market.raw, market.macro)


@pytest.fixture(scope="module")
def returns(panel: Panel) -> FloatArray:
    return np.diff(np.log(panel.close), axis=0)


def rank_ic(score: FloatArray, panel: Panel) -> FloatArray:
    """Return the rank correlation of a score with the 10-session return, on every tenth date."""
    values = []
    for row in range(60, len(panel.sessions) - HORIZON, HORIZON):
        ahead = panel.close[row + HORIZON] / panel.close[row] - 1
        both = np.isfinite(ahead) & np.isfinite(score[row])
        values.append(stats.spearmanr(score[row][both], ahead[both]).statistic)
    return np.array(values)


def aligned(market: SimulatedMarket, panel: Panel) -> FloatArray:
    return market.oracle[:, [market.tickers.index(ticker) for ticker in panel.tickers]]


def test_it_says_that_it_is_simulated(panel: Panel) -> None:
    assert (panel.source, panel.simulated, panel.delay) == ("simulated", True, "none: simulated")
    assert panel.shape == (1500, 200)
    assert panel.tickers[0] == "S001"
    assert len(set(panel.sectors)) == 11
    assert panel.dates[0] == "2018-01-02"
    assert panel.macro is not None


def test_its_bars_pass_the_gate_but_for_missing_days(panel: Panel) -> None:
    counts = Counter(fault.code for fault in panel.faults)
    assert 10 < counts.pop("missing_session") < 100
    # Of 281,000 bars: a jump on ordinary volume now and then, as the market of the simulation makes them.
    assert set(counts) <= {"unexplained_jump", "spin_off", "level_shift"}
    assert counts["unexplained_jump"] <= 5
    assert panel.barred.mean() < 0.01


@pytest.mark.parametrize("seed", range(1, 6))
def test_hardly_a_seed_makes_false_alarms(seed: int) -> None:
    small = load_panel(DataRequest(source="simulated", seed=seed, simulation=Simulation(tickers=100, sessions=600)))
    counts = Counter(fault.code for fault in small.faults)
    assert set(counts) <= {"missing_session", "unexplained_jump", "spin_off", "level_shift"}
    assert counts["unexplained_jump"] <= 3


def test_late_listings_and_delistings(panel: Panel) -> None:
    bars = np.isfinite(panel.close)
    first, last = bars.argmax(axis=0), len(bars) - 1 - bars[::-1].argmax(axis=0)
    assert 0.05 < (first > 0).mean() < 0.16
    assert first.max() <= 378
    assert 0.03 < (last < len(bars) - 1).mean() < 0.16


def autocorrelation(values: FloatArray, lag: int) -> float:
    frame = pd.DataFrame(values)
    return float(np.nanmean([frame[column].corr(frame[column].shift(lag)) for column in frame]))


def test_stylised_facts(panel: Panel, returns: FloatArray, market: SimulatedMarket) -> None:
    average = np.nanmean(panel.close[1:] / panel.close[:-1] - 1, axis=1)
    kurtosis = stats.kurtosis(returns, axis=0, fisher=False, nan_policy="omit")
    assert 5 < np.median(kurtosis) < 15
    assert 4 < stats.kurtosis(average, fisher=False) < 25
    assert 0.18 < np.median(np.nanstd(returns, axis=0)) * np.sqrt(252) < 0.32
    assert 0.09 < average.std() * np.sqrt(252) < 0.20
    assert abs(autocorrelation(returns, 1)) < 0.05
    assert 0.05 < autocorrelation(np.abs(returns), 1) < 0.30
    assert 0.01 < autocorrelation(np.abs(returns), 20) < 0.20
    assert autocorrelation(np.abs(average)[:, None], 20) > 0.10
    leverage = [np.corrcoef(average[:-ahead], average[ahead:] ** 2)[0, 1] for ahead in range(1, 6)]
    assert -0.35 < np.mean(leverage) < 0

    upper = np.triu_indices(returns.shape[1], 1)
    usual = np.nanmean(pd.DataFrame(returns).corr().to_numpy()[upper])
    crisis = np.nanmean(pd.DataFrame(returns[market.regime[1:] == 2]).corr(min_periods=20).to_numpy()[upper])
    assert 0.2 < usual < 0.4
    assert crisis > usual + 0.05

    overnight, intraday = np.log(panel.open[1:] / panel.close[:-1]), np.log(panel.close / panel.open)[1:]
    both = np.isfinite(overnight) & np.isfinite(intraday)
    assert 0.25 < overnight[both].var() / np.nanvar(returns) < 0.45
    assert abs(np.corrcoef(overnight[both], intraday[both])[0, 1]) < 0.08
    parkinson = np.nanmean(np.log(panel.high / panel.low)[1:] ** 2) / (4 * np.log(2))
    assert 0.9 < np.sqrt(parkinson / np.nanvar(intraday)) < 1.2
    volumes, moves = pd.DataFrame(np.log(panel.volume[1:])), pd.DataFrame(np.abs(returns))
    assert 0.25 < volumes.corrwith(moves).median() < 0.6


def test_base_rate_of_the_default_event(panel: Panel) -> None:
    close = panel.close
    ahead = np.stack([close[step : len(close) - HORIZON + step] for step in range(7, HORIZON + 1)])
    reference = close[:-HORIZON]
    reached = (ahead >= reference * 1.07).any(axis=0)
    assert 0.08 < reached[np.isfinite(reference)].mean() < 0.15


@pytest.mark.parametrize(("signal_ic", "within"), [(0.0, 0.01), (0.03, 0.01), (0.15, 0.02)])
def test_the_oracle_ranks_as_well_as_it_was_told_to(signal_ic: float, within: float) -> None:
    values = []
    for seed in (58, 1):
        market = simulate(Simulation(signal_ic=signal_ic), seed)
        panel = clean(market.raw)
        values.append(rank_ic(aligned(market, panel), panel).mean())
    assert np.mean(values) == pytest.approx(signal_ic, abs=within)


def past_scores(panel: Panel) -> dict[str, FloatArray]:
    """Return what a model could see of the signal at the close of each session."""
    logs = pd.DataFrame(np.log(panel.close))
    volume = pd.DataFrame(np.log(panel.volume))
    overnight = pd.DataFrame(np.log(panel.open)) - logs.shift(1)
    return {
        "return": logs.diff(HORIZON).to_numpy(),
        "volume": (volume.rolling(5).mean() - volume.rolling(60).mean()).to_numpy(),
        "overnight": overnight.rolling(HORIZON).mean().to_numpy(),
        "volatility": logs.diff().rolling(20).std().to_numpy(),
    }


def test_a_planted_signal_shows_in_past_returns_and_volume() -> None:
    market = simulate(Simulation(signal_ic=0.15), 58)
    panel = clean(market.raw)
    found = {name: rank_ic(score, panel) for name, score in past_scores(panel).items()}
    for name in ("return", "volume", "overnight"):
        assert found[name].mean() > 0.04, name
        assert found[name].mean() > 3 * found[name].std() / np.sqrt(len(found[name])), name


def test_the_null_market_has_nothing_to_find() -> None:
    pooled: dict[str, list[float]] = {}
    for seed in (58, 1, 2):
        panel = clean(simulate(Simulation(signal_ic=0, tickers=150, sessions=1000), seed).raw)
        for name, score in past_scores(panel).items():
            pooled.setdefault(name, []).extend(rank_ic(score, panel))
    for name, values in pooled.items():
        error = np.std(values) / np.sqrt(len(values))
        assert abs(np.mean(values)) < 4 * error, name


def test_more_sessions_change_no_earlier_bar() -> None:
    short = simulate(Simulation(tickers=30, sessions=500), 7)
    long = simulate(Simulation(tickers=30, sessions=800), 7)
    early = long.raw.dates <= short.raw.dates.max()
    assert short.raw.tickers == long.raw.tickers
    for name in ("dates", "codes", *FIELDS):
        assert getattr(short.raw, name).tobytes() == getattr(long.raw, name)[early].tobytes(), name
    assert short.oracle.tobytes() == long.oracle[:500].tobytes()
    before = long.macro.reference <= short.macro.reference.max()
    for series in np.unique(short.macro.series):
        one, other = short.macro.series == series, (long.macro.series == series) & before
        shared = min(one.sum(), other.sum())
        np.testing.assert_array_equal(short.macro.values[one][:shared], long.macro.values[other][:shared])
        assert one.sum() >= other.sum() - 1


def test_the_seed_is_all_that_matters() -> None:
    simulation = Simulation(tickers=10, sessions=60)
    one, again, other = (
        load_panel(DataRequest(source="simulated", simulation=simulation, seed=seed)) for seed in (3, 3, 4)
    )
    assert one.fingerprint == again.fingerprint != other.fingerprint
    assert one.close.tobytes() == again.close.tobytes()


def test_the_strength_of_the_signal_leaves_all_else_in_place() -> None:
    weak, strong = (simulate(Simulation(tickers=20, sessions=100, signal_ic=ic), 5) for ic in (0.01, 0.2))
    assert weak.oracle.tobytes() == strong.oracle.tobytes()
    np.testing.assert_array_equal(weak.regime, strong.regime)
    assert weak.raw.dates.tobytes() == strong.raw.dates.tobytes()


def test_macro_follows_the_regime_and_comes_with_a_lag(market: SimulatedMarket) -> None:
    macro = market.macro
    assert set(macro.series) == {"VIXCLS", "BAA10Y", "T10Y2Y", "DFF", "UNRATE"}
    assert (macro.available > macro.reference).all()
    vix = macro.at("VIXCLS", market.sessions)
    known = np.isfinite(vix)
    assert vix[known & (market.regime == 2)].mean() > 1.5 * vix[known & (market.regime == 0)].mean()
    assert 8 < np.nanmedian(vix) < 35


def test_small_and_wrong_requests() -> None:
    tiny = load_panel(DataRequest(source="simulated", simulation=Simulation(tickers=2, sessions=30)))
    assert len(tiny.sessions) == 30
    assert membership(tiny, "all")[0].any()
    with pytest.raises(ValidationError, match="2018-02-30"):
        Simulation(start="2018-02-30")


def test_as_of_cuts_bars_and_macro() -> None:
    request = DataRequest(source="simulated", simulation=Simulation(tickers=10, sessions=300), as_of="2018-06-29")
    panel = load_panel(request)
    assert panel.dates[-1] == "2018-06-29"
    assert panel.macro is not None
    assert str(panel.macro.available.max()) <= "2018-06-29"
