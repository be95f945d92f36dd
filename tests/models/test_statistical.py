"""Statistical models against other tools, published values and simulation."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter
from scipy.stats import norm

from mltrainer.evaluation.labels import beats_median, fwd_return, hit, triple_barrier, xs_rank
from mltrainer.evaluation.volatility import volatility_target
from mltrainer.models.arima import ARIMA
from mltrainer.models.block_bootstrap import BlockBootstrap
from mltrainer.models.event_mark import LABELS
from mltrainer.models.exponential_smoothing import ExponentialSmoothing
from mltrainer.models.garch_likelihood import fit_garch, forecast_variance
from mltrainer.models.histories import Histories, Past
from mltrainer.models.linear_filter import least_errors
from mltrainer.models.local_level import kalman
from mltrainer.models.lognormal_barrier import LognormalBarrier
from mltrainer.models.markov_switching import States, filter_states, fit_states
from mltrainer.models.path_forecaster import volatility
from mltrainer.models.reach import reach_table
from mltrainer.models.reach_first import chance_of_first
from mltrainer.models.target_event import TargetEvent
from mltrainer.models.theta import Theta, trend_slope

HIT = TargetEvent("hit", (7, 10), 0.07)


@pytest.mark.parametrize(
    ("sigma", "chance"), [(0.004, 0.000), (0.00846, 0.009), (0.01789, 0.144), (0.03783, 0.361), (0.08, 0.496)]
)
def test_chances_of_reaching_are_the_published_ones(sigma: float, chance: float) -> None:
    # 200,000 draws of Student's t with 5 degrees, window 7-10, target 7 %.
    found = reach_table(7, 10, "t5").chance(np.array([np.log(1.07) / sigma]), np.zeros(1))
    assert found[0] == pytest.approx(chance, abs=0.003)


@pytest.mark.parametrize("drift", [-0.1, 0.0, 0.07])
@pytest.mark.parametrize("barrier", [0.5, 2.0, 6.0])
def test_the_last_session_alone_is_the_normal_distribution(barrier: float, drift: float) -> None:
    found = reach_table(10, 10, "normal").chance(np.array([barrier]), np.array([drift]))
    assert found[0] == pytest.approx(norm.sf((barrier - 10 * drift) / np.sqrt(10)), abs=0.002)


def test_a_watched_walk_agrees_with_simulation() -> None:
    walks = np.cumsum(np.random.default_rng(1).normal(0.05, 1, (100_000, 12)), axis=1)
    table = reach_table(3, 12, "normal")
    for barrier in (0.3, 2.0, 4.0, 8.0):
        simulated = (walks[:, 2:].max(axis=1) >= barrier).mean()
        assert table.chance(np.array([barrier]), np.array([0.05]))[0] == pytest.approx(simulated, abs=0.005)


@given(st.floats(0, 30), st.floats(0.01, 5), st.floats(-0.25, 0.24))
@settings(derandomize=True, max_examples=40, deadline=None)
def test_a_farther_barrier_is_less_likely_and_a_drift_helps(barrier: float, farther: float, drift: float) -> None:
    table = reach_table(7, 10, "t5")
    near, far, helped = table.chance(
        np.array([barrier, barrier + farther, barrier]), np.array([drift, drift, drift + 0.01])
    )
    assert 0 <= far <= near <= helped + 1e-12 <= 1 + 1e-12


def test_garch_gives_the_benchmark(shared_data: Path) -> None:
    kept = json.loads((shared_data / "reference" / "garch_dem2gbp.json").read_text())
    returns = np.array(kept["returns_pct"])[:, None]
    found = fit_garch(np.tile(returns, 2))
    published = kept["published_fcp"]
    np.testing.assert_allclose(found[:, 0], [published[name] for name in ("mu", "omega", "alpha", "beta")], rtol=4e-3)
    np.testing.assert_array_equal(found[:, 0], found[:, 1])


def test_garch_forecasts_as_arch_does() -> None:
    arch = pytest.importorskip("arch")
    returns = np.random.default_rng(2).standard_t(5, 800)
    params = np.array([0.02, 0.05, 0.08, 0.88])
    model = arch.arch_model(returns, mean="Constant", vol="GARCH", rescale=False)
    first = float(np.mean((returns - 0.02) ** 2))
    forecast = model.fix(params).forecast(horizon=10, start=700).variance.to_numpy()
    ours = forecast_variance(returns[:, None], params[:, None], np.array([first]), 10)[700:, 0]
    # The start of the recursion differs, and is forgotten by then.
    np.testing.assert_allclose(ours, forecast.mean(axis=1), rtol=1e-6)


def test_garch_finds_what_made_the_returns_with_gaps() -> None:
    random = np.random.default_rng(3)
    shocks, variance, returns = random.normal(size=2500), 1.0, np.empty(2500)
    for day, shock in enumerate(shocks):
        returns[day] = np.sqrt(variance) * shock
        variance = 0.05 + 0.1 * returns[day] ** 2 + 0.85 * variance
    gappy = returns.copy()
    gappy[random.choice(2500, 50, replace=False)] = np.nan
    _, omega, alpha, beta = fit_garch(np.column_stack([returns, gappy]) / 100)
    np.testing.assert_allclose(alpha, 0.1, atol=0.03)
    np.testing.assert_allclose(beta, 0.85, atol=0.05)
    np.testing.assert_allclose(omega * 1e4 / (1 - alpha - beta), 1.0, rtol=0.15)


def test_arima_coefficients_are_those_of_statsmodels() -> None:
    arima = pytest.importorskip("statsmodels.tsa.arima.model")
    series = lfilter([1, -0.6], [1, -0.8], np.random.default_rng(4).normal(size=3000))
    ours = least_errors(series[:, None], ARIMA()._filter, ARIMA.starts, ARIMA.bounds)
    theirs = arima.ARIMA(series, order=(1, 0, 1), trend="n").fit().params[:2]
    np.testing.assert_allclose(ours, theirs, atol=0.01)


def forecasters_with(model: ARIMA | ExponentialSmoothing | Theta, coefficients: list[float]):
    model.coef_ = np.array(coefficients)
    return model


def test_arima_forecasts_as_statsmodels_does() -> None:
    arima = pytest.importorskip("statsmodels.tsa.arima.model")
    series = lfilter([1, -0.6], [1, -0.8], np.random.default_rng(4).normal(size=400))
    theirs = arima.ARIMA(series, order=(1, 0, 1), trend="n").smooth([0.8, -0.6, 1.0]).get_forecast(10)
    model = forecasters_with(ARIMA(), [0.8, -0.6])
    above, below = model._filter(model.coef_)
    ours = model._total(series[:, None], lfilter(above, below, series)[:, None], 10)[-1, 0]
    assert ours == pytest.approx(theirs.predicted_mean.sum(), rel=1e-6)


def test_exponential_smoothing_is_that_of_statsmodels() -> None:
    holt = pytest.importorskip("statsmodels.tsa.holtwinters")
    returns = np.random.default_rng(5).normal(size=300)
    price = np.r_[0.0, np.cumsum(returns)]
    level, trend, damping = 0.9, 0.09, 0.85
    theirs = holt.ExponentialSmoothing(
        price, trend="add", damped_trend=True, initialization_method="known", initial_level=0.0, initial_trend=0.0
    ).fit(smoothing_level=level, smoothing_trend=trend / level, damping_trend=damping, optimized=False)
    model = forecasters_with(ExponentialSmoothing(), [level, trend, damping])
    above, below = model._filter(model.coef_)
    errors = lfilter(above, below, returns)
    np.testing.assert_allclose(errors, theirs.resid[1:], atol=1e-8)
    ours = model._total(returns[:, None], errors[:, None], 10)[-1, 0]
    assert ours == pytest.approx(theirs.forecast(10)[-1] - price[-1], abs=1e-8)


def test_theta_is_that_of_statsmodels() -> None:
    theta = pytest.importorskip("statsmodels.tsa.forecasting.theta")
    returns = np.random.default_rng(6).normal(0.1, 1, size=500)
    price = np.r_[0.0, np.cumsum(returns)]
    theirs = theta.ThetaModel(price, deseasonalize=False, use_test=False).fit(use_mle=False)
    slope = trend_slope(returns[:, None])
    assert slope[-1, 0] == pytest.approx(theirs.params["b0"], rel=1e-10)
    smoothing = theirs.params["alpha"]
    model = forecasters_with(Theta(), [smoothing])
    errors = lfilter(*model._filter(model.coef_), returns)
    ours = model._total(returns[:, None], errors[:, None], 10)[-1, 0] + 10 * slope[-1, 0] / 2
    # Theirs adds what is left of the drift's start, which is nothing after 500 days.
    assert ours == pytest.approx(theirs.forecast(10).iloc[-1] - price[-1], abs=slope[-1, 0] / smoothing)


def test_the_kalman_filter_is_that_of_statsmodels() -> None:
    structural = pytest.importorskip("statsmodels.tsa.statespace.structural")
    series = np.random.default_rng(7).normal(size=200)
    series[50:60] = np.nan
    model = structural.UnobservedComponents(series, "llevel")
    # The level stands at 0 before the first day, and takes a step to it.
    model.ssm.initialize_known(np.zeros(1), np.full((1, 1), 0.03))
    theirs = model.filter([1.0, 0.03])
    seen = np.isfinite(series)[:, None]
    ours = kalman(np.nan_to_num(series)[:, None], seen, np.ones(1), np.full(1, 0.03))
    np.testing.assert_allclose(ours.level[:, 0], theirs.filtered_state[0], atol=1e-8)
    assert ours.log_likelihood[0] == pytest.approx(theirs.llf_obs.sum(), rel=1e-7)


def test_a_fading_level_is_forgotten_where_nothing_is_seen() -> None:
    seen = np.r_[np.ones(20, dtype=bool), np.zeros(10, dtype=bool)][:, None]
    level = kalman(np.ones((30, 1)), seen, np.full(1, 0.9), np.full(1, 0.1)).level[:, 0]
    np.testing.assert_allclose(level[20:] / level[19:-1], 0.9)


def switching(days: int) -> np.ndarray:
    random = np.random.default_rng(8)
    nervous = np.zeros(days, dtype=bool)
    for day in range(1, days):
        nervous[day] = random.random() < (0.95 if nervous[day - 1] else 0.02)
    return random.normal(size=days) * np.where(nervous, 0.03, 0.01)


def test_markov_switching_is_that_of_statsmodels() -> None:
    markov = pytest.importorskip("statsmodels.tsa.regime_switching.markov_regression")
    returns = switching(800) * 100
    model = markov.MarkovRegression(returns, k_regimes=2, switching_variance=True)
    # Theirs: P(0 to 0), P(1 to 0), means, variances.
    params = np.array([0.97, 0.06, 0.1, -0.2, 1.0, 8.0])
    theirs = model.filter(params)
    states = States(*(np.array(pair)[:, None] for pair in ([0.1, -0.2], [1.0, np.sqrt(8.0)], [0.97, 0.94])))
    after, _, likely = filter_states(returns[:, None], states)
    np.testing.assert_allclose(after[:, :, 0], theirs.filtered_marginal_probabilities, atol=1e-8)
    assert likely[0] == pytest.approx(theirs.llf, rel=1e-10)
    fitted = fit_states(returns[:, None])
    assert filter_states(returns[:, None], fitted)[2][0] > model.fit().llf - 0.5
    assert fitted.deviations[0, 0] == pytest.approx(1.0, rel=0.1)
    assert fitted.deviations[1, 0] == pytest.approx(3.0, rel=0.15)


def histories(returns: np.ndarray, first: int = 0) -> Histories:
    date, ticker = (part.ravel().astype(np.int32) for part in np.indices(returns.shape))
    rows = date >= first
    return Histories(returns, np.ones(returns.shape, dtype=bool), date[rows], ticker[rows])


def test_paths_of_the_bootstrap_reach_as_often_as_a_known_walk_does() -> None:
    returns = np.random.default_rng(9).normal(scale=0.02, size=(500, 3))
    X = histories(returns, first=400)
    walk = LognormalBarrier(decay=0.999).fit(X, np.r_[np.zeros(200), np.ones(100)], HIT).predict_proba(X)[:, 1]
    paths = BlockBootstrap(decay=0.999).fit(X, np.r_[np.zeros(200), np.ones(100)], HIT).predict_proba(X)[:, 1]
    np.testing.assert_allclose(paths, walk, atol=0.03)


def test_a_ticker_without_a_past_gets_the_base_rate() -> None:
    returns = np.random.default_rng(10).normal(scale=0.02, size=(300, 4))
    returns[:290, 3] = np.nan
    X = histories(returns, first=250)
    y = np.tile([1.0, 0.0, 0.0, 0.0], 50)
    chance = LognormalBarrier().fit(X, y, HIT).predict_proba(X)[:, 1].reshape(50, 4)
    np.testing.assert_array_equal(chance[:, 3], 0.25)
    assert (chance[:, :3] != 0.25).all()


def test_probabilities_are_what_happens() -> None:
    # A market of walks of very different volatility: about so many of them reach 7 %.
    random = np.random.default_rng(11)
    sigma = random.uniform(0.005, 0.05, size=400)
    returns = sigma * random.standard_t(5, size=(700, 400)) * np.sqrt(3 / 5)
    event, _ = hit(np.exp(np.cumsum(returns, axis=0)), horizon=(7, 10), target=0.07)
    X = histories(returns, first=300)
    known = np.isfinite(event[300:].ravel())
    y = np.nan_to_num(event[300:].ravel())
    for model in (ARIMA(decay=0.99), LognormalBarrier(decay=0.99)):
        chance = model.fit(X, y, HIT).predict_proba(X)[:, 1]
        for low, high in ((0.0, 0.1), (0.1, 0.2), (0.2, 0.3), (0.3, 0.45)):
            said = known & (chance >= low) & (chance < high)
            assert chance[said].mean() == pytest.approx(y[said].mean(), abs=0.025)


def test_volatility_is_the_weighted_mean_of_squares() -> None:
    returns = np.random.default_rng(12).normal(size=(60, 2))
    returns[10:15, 1] = np.nan
    weights = 0.9 ** np.arange(59, -1, -1)
    for ticker in (0, 1):
        known = np.isfinite(returns[:, ticker])
        wanted = np.sqrt(np.average(returns[known, ticker] ** 2, weights=weights[known]))
        assert volatility(returns, 0.9)[-1, ticker] == pytest.approx(wanted)
    assert np.isnan(volatility(returns, 0.9)[:20]).all()


def test_returns_beyond_the_market_are_those_beyond_the_members() -> None:
    returns = np.random.default_rng(13).normal(size=(5, 4))
    returns[2, 0] = np.nan
    member = np.ones((5, 4), dtype=bool)
    member[:, 3] = False
    relative = Past(returns, member).relative
    np.testing.assert_allclose(relative, returns - np.nanmean(returns[:, :3], axis=1, keepdims=True))


def test_a_target_before_a_stop_agrees_with_simulation() -> None:
    walks = np.cumsum(np.random.default_rng(15).normal(0.03, 1, (50_000, 10)), axis=1)
    for target, stop in ((1.5, 1.0), (3.0, 2.5)):
        up, down = (walks >= target), (walks <= -stop)
        first_up = np.where(up.any(axis=1), up.argmax(axis=1), 99)
        first_down = np.where(down.any(axis=1), down.argmax(axis=1), 99)
        found = chance_of_first(*(np.full(1, value) for value in (target, stop, 0.03)), 10, "normal")
        assert found[0] == pytest.approx((first_up < first_down).mean(), abs=0.01)


@pytest.fixture(scope="module")
def walks() -> dict[str, np.ndarray]:
    """Return close, high, low and daily returns of 60 walks, simulated in 26 steps a session: nearly all day."""
    random = np.random.default_rng(16)
    sigma = np.geomspace(0.01, 0.04, 60)
    path = np.cumsum(random.normal(size=(400 * 26, 60)) * sigma / np.sqrt(26), axis=0).reshape(400, 26, 60)
    close = path[:, -1]
    prices = {"close": close, "high": path.max(axis=1), "low": path.min(axis=1)}
    return {name: np.exp(price) for name, price in prices.items()} | {"returns": np.diff(close, axis=0, prepend=np.nan)}


def event_of(event: TargetEvent, walks: dict[str, np.ndarray]) -> np.ndarray:
    close, about = walks["close"], {"horizon": event.horizon}
    member = np.ones(close.shape, dtype=bool)
    high, low = (walks["high"], walks["low"]) if event.touch == "high" else (None, None)
    if event.label == "triple_barrier":
        return triple_barrier(close, **about, target=event.target, stop=event.stop, high=high, low=low).event
    if event.label == "hit_vol_scaled":
        target = volatility_target(close, multiple=event.multiple, horizon_end=event.horizon[1])
        return hit(close, **about, target=target, touch=high)[0]
    if event.label == "hit":
        return hit(close, **about, target=event.target, touch=high)[0]
    if event.label == "fwd_return":
        return fwd_return(close, **about)[0]
    return {"xs_rank": xs_rank, "beats_median": beats_median}[event.label](close, **about, member=member)[0]


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("touch", ["close", "high"])
def test_every_event_is_as_likely_as_it_turns_out(label: str, touch: str, walks: dict[str, np.ndarray]) -> None:
    event = TargetEvent(label, (2, 10), 0.06, stop=0.05, multiple=1.0, touch=touch)
    y = event_of(event, walks)[100:].ravel()
    X = histories(walks["returns"], first=100)
    known = np.isfinite(y)
    chance = LognormalBarrier(decay=0.99).fit(X, np.nan_to_num(y), event).predict_proba(X)[:, 1]
    assert chance[known].mean() == pytest.approx(y[known].mean(), abs=0.025)


def test_an_event_that_is_not_computed_is_refused() -> None:
    X = histories(np.random.default_rng(14).normal(scale=0.02, size=(100, 3)))
    with pytest.raises(ValueError, match="no probability for the label triple_barrier"):
        BlockBootstrap().fit(X, np.zeros(300), TargetEvent("triple_barrier", (7, 10), 0.07))
