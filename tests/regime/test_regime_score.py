"""The regime score: what it is, what it may know, and when it says nothing."""

import time

import numpy as np
import pytest
from hmmlearn.hmm import GaussianHMM

from mltrainer.regime import score as score_module
from mltrainer.regime.estimated import fit_states
from mltrainer.regime.score import WEIGHTS, detect_regime, label_of
from mltrainer.regime.summary import summary
from mltrainer.settings.errors import DataError
from mltrainer.settings.result import Regime

from .markets import auc, first_part, inputs, two_state_market

N = 520
CUTS = (252, 300, 378, 441)


@pytest.fixture(scope="module")
def arguments():
    return inputs(1, N)


@pytest.fixture(scope="module")
def history(arguments):
    return detect_regime(**arguments)


def changed_before(before, after, n):
    """Return the names of the series of a history that differ in the first ``n`` sessions."""
    pairs = {"score": (before.score, after.score), "probabilities": (before.probabilities, after.probabilities)}
    pairs |= {name: (before.components[name], after.components[name]) for name in WEIGHTS}
    return {name for name, (a, b) in pairs.items() if not np.array_equal(a[:n], b[:n], equal_nan=True)}


def poisoned(arguments, n, kind):
    changed = {name: values.copy() for name, values in arguments.items()}
    rng = np.random.default_rng(n)
    for name, values in changed.items():
        if name != "sessions":
            values[n:] = np.nan if kind == "missing" else values[n:] * rng.uniform(0.1, 10, values[n:].shape)
    return changed


@pytest.mark.parametrize("n", CUTS)
def test_the_future_changes_no_bit(arguments, history, n):
    assert changed_before(history, detect_regime(**first_part(arguments, n)), n) == set()
    for kind in ("missing", "noise"):
        assert changed_before(history, detect_regime(**poisoned(arguments, n, kind)), n) == set()


def test_smoothed_probabilities_are_caught(arguments, monkeypatch):
    def smoothed(model, observed):
        known = np.isfinite(observed).all(axis=1)
        other = GaussianHMM(len(model.means), "diag")
        other.startprob_, other.transmat_, other.means_ = model.start, model.transition, model.means
        other.covars_ = model.variances
        rows = np.full((len(observed), len(model.means)), 1 / len(model.means))
        rows[known] = other.predict_proba(((observed - model.centre) / model.scale)[known])
        return rows

    def each(models, observed):
        return np.stack([smoothed(model, observed) for model in models], axis=1)

    monkeypatch.setattr(score_module, "filter_states", each)
    leaky = detect_regime(**arguments)
    caught = changed_before(leaky, detect_regime(**first_part(arguments, 300)), 300)
    assert {"probabilities", "turbulent_probability"} <= caught


def test_a_fit_on_the_whole_sample_is_caught(arguments):
    def leaky(given):
        returns = given["market_return"]
        whole = np.column_stack([returns, np.log(score_module.volatility(returns, 10))])[11:]
        return detect_regime(**given, fit=lambda past, *rest: fit_states(whole, *rest))

    caught = changed_before(leaky(arguments), leaky(first_part(arguments, 300)), 300)
    assert {"probabilities", "turbulent_probability", "score"} <= caught


def test_a_percentile_of_the_whole_sample_is_caught(arguments, monkeypatch):
    monkeypatch.setattr(score_module, "expanding_percentile", lambda x, first: (x - np.nanmin(x)) / np.nanmax(x))
    caught = changed_before(detect_regime(**arguments), detect_regime(**first_part(arguments, 300)), 300)
    assert {"score", "vix"} <= caught


def test_scores_begin_with_the_252nd_session(history):
    assert np.isnan(history.score[:251]).all()
    assert np.isfinite(history.score[251:]).all()
    assert history.score[251:].min() >= 0 and history.score[251:].max() <= 100
    assert history.missing == ()
    for values in history.components.values():
        known = values[np.isfinite(values)]
        assert known.min() > 0 and known.max() < 1


def test_252_sessions_are_enough_and_251_are_not(arguments):
    document = summary(detect_regime(**first_part(arguments, 252)))
    assert isinstance(document, Regime) and 0 <= document.score <= 100
    with pytest.raises(DataError, match="unavailable.*252 sessions, there are 251"):
        summary(detect_regime(**first_part(arguments, 251)))


def test_nothing_known_is_unavailable_and_never_the_middle():
    n = 400
    with pytest.raises(DataError, match="unavailable"):
        detect_regime(np.full(n, np.nan), sessions=np.datetime64("2015-01-01") + np.arange(n))


def test_a_missing_component_is_named_and_leaves_its_weight_to_the_rest(arguments, history):
    without = detect_regime(**{**arguments, "vix": None, "close": None})
    assert set(without.missing) == {"vix", "weak_breadth"}
    assert np.isfinite(without.score[251:]).all()
    for name in set(WEIGHTS) - set(without.missing):
        np.testing.assert_array_equal(without.components[name], history.components[name])
    document = summary(without)
    assert document.missing == list(without.missing) and "vix" not in document.components


def test_a_component_enters_with_its_63rd_value(arguments):
    late = arguments["vix"].copy()
    late[:400] = np.nan
    vix = detect_regime(**{**arguments, "vix": late}).components["vix"]
    assert np.isnan(vix[:462]).all() and np.isfinite(vix[462:]).all()


def test_the_score_is_the_percentile_of_the_weighted_components(history):
    ranks = np.array([history.components[name] for name in WEIGHTS])
    weights = np.array(list(WEIGHTS.values()))[:, None] * np.isfinite(ranks)
    with np.errstate(invalid="ignore"):
        composite = (weights * np.nan_to_num(ranks)).sum(axis=0) / weights.sum(axis=0)
    for t in (251, 300, N - 1):
        past = composite[: t + 1]
        past = past[np.isfinite(past)]
        below, equal = np.sum(past < past[-1] - 1e-12), np.sum(np.abs(past - past[-1]) <= 1e-12)
        np.testing.assert_allclose(history.score[t], 100 * (below + equal / 2) / len(past))


@pytest.mark.parametrize("name", ["vix", "credit"])
def test_more_fear_today_never_lowers_todays_score(arguments, history, name):
    for factor in (1.1, 2.0, 5.0):
        higher = arguments[name].copy()
        higher[-1] *= factor
        assert detect_regime(**{**arguments, name: higher}).score[-1] >= history.score[-1]


def test_the_unit_of_an_index_does_not_matter(arguments, history):
    other = detect_regime(
        **{**arguments, "vix": arguments["vix"] * 4, "credit": arguments["credit"] / 8, "close": arguments["close"] * 2}
    )
    np.testing.assert_array_equal(other.score, history.score)


def test_a_day_without_a_market_does_not_stop_the_score(arguments):
    gap = arguments["market_return"].copy()
    gap[300:302] = np.nan
    assert np.isfinite(detect_regime(**{**arguments, "market_return": gap}).score[251:]).all()


@pytest.mark.parametrize("states", [2, 3, 4])
def test_probabilities_add_up_for_every_number_of_states(arguments, states):
    history = detect_regime(**arguments, states=states)
    assert history.probabilities.shape == (N, states)
    assert np.isnan(history.probabilities[:125]).all()
    np.testing.assert_allclose(history.probabilities[125:].sum(axis=1), 1.0)
    assert history.fits == N // 126
    volatilities = [state["volatility"] for state in history.states]
    assert volatilities == sorted(volatilities) and history.states[-1]["name"] == "turbulent"


def test_the_same_call_gives_the_same_numbers(arguments, history):
    assert changed_before(history, detect_regime(**arguments), N) == set()


def test_the_hidden_state_of_a_simulated_market_is_seen():
    returns, state = two_state_market(9, 1500)
    history = detect_regime(returns, sessions=np.datetime64("2010-01-01") + np.arange(1500), states=2)
    known = np.isfinite(history.score)
    assert auc(state[known] == 1, history.probabilities[known, 1]) > 0.93
    assert auc(state[known] == 1, history.score[known]) > 0.8


@pytest.mark.parametrize(
    ("score", "label"),
    [
        (0.0, "calm"),
        (50.0, "calm"),
        (50.1, "normal"),
        (80.0, "normal"),
        (94.9, "nervous"),
        (99.9, "crisis"),
        (100.0, "crisis"),
    ],
)
def test_labels(score, label):
    assert label_of(score) == label


def test_five_years_are_quick():
    arguments = inputs(3, 1259, 50)
    started = time.process_time()
    summary(detect_regime(**arguments))
    assert time.process_time() - started < 3
