"""The hidden states and their filter."""

import dataclasses
import itertools

import numpy as np
import pytest
from hmmlearn.hmm import GaussianHMM
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from mltrainer.regime.estimated import fit_states
from mltrainer.regime.hidden import HiddenStates
from mltrainer.regime.hidden import filter_states as filter_each
from mltrainer.regime.past import volatility

from .markets import auc, two_state_market


def filter_states(model: HiddenStates, observed: np.ndarray) -> np.ndarray:
    return filter_each([model], observed)[:, 0]


def some_model(seed, states):
    rng = np.random.default_rng(seed)
    return HiddenStates(
        start=rng.dirichlet(np.ones(states)),
        transition=rng.dirichlet(np.ones(states), states),
        means=rng.standard_normal((states, 2)),
        variances=np.sort(rng.uniform(0.2, 3, (states, 2)), axis=0),
        centre=np.zeros(2),
        scale=np.ones(2),
        log_likelihood=0.0,
    )


def in_hmmlearn(model):
    other = GaussianHMM(len(model.means), "diag")
    other.startprob_, other.transmat_, other.means_ = model.start, model.transition, model.means
    other.covars_ = model.variances
    return other


@settings(max_examples=10, derandomize=True, deadline=None)
@given(seed=st.integers(0, 1000), states=st.integers(2, 4))
def test_the_filter_is_hmmlearns_last_row_of_every_prefix(seed, states):
    model = some_model(seed, states)
    x = np.random.default_rng(seed).standard_normal((40, 2)) * 2
    ours, theirs = filter_states(model, x), in_hmmlearn(model)
    for t in range(1, 41):
        np.testing.assert_allclose(ours[t - 1], theirs.predict_proba(x[:t])[-1], atol=1e-12)
    # What hmmlearn gives for the whole series is something else: it looks ahead.
    assert np.abs(ours - theirs.predict_proba(x)).max() > 0.01


def test_models_side_by_side_say_what_each_says_alone():
    models = [some_model(seed, 3) for seed in range(7)]
    x = np.random.default_rng(1).standard_normal((200, 2))
    x[50:53] = np.nan
    together = filter_each(models, x)
    assert all(np.array_equal(together[:, place], filter_states(model, x)) for place, model in enumerate(models))


def test_the_filter_is_the_sum_over_all_paths():
    model = some_model(5, 3)
    x = np.random.default_rng(1).standard_normal((5, 2))
    density = norm.pdf(x[:, None, :], model.means, np.sqrt(model.variances)).prod(axis=2)
    weight = np.zeros(3)
    for path in itertools.product(range(3), repeat=5):
        p = model.start[path[0]] * density[0, path[0]]
        for t in range(1, 5):
            p *= model.transition[path[t - 1], path[t]] * density[t, path[t]]
        weight[path[-1]] += p
    np.testing.assert_allclose(filter_states(model, x)[-1], weight / weight.sum(), rtol=1e-10)


@settings(max_examples=10, derandomize=True, deadline=None)
@given(seed=st.integers(0, 1000))
def test_other_names_for_the_states_give_the_same_probabilities(seed):
    model = some_model(seed, 3)
    x = np.random.default_rng(seed).standard_normal((30, 2))
    order = np.random.default_rng(seed).permutation(3)
    renamed = dataclasses.replace(
        model,
        start=model.start[order],
        transition=model.transition[np.ix_(order, order)],
        means=model.means[order],
        variances=model.variances[order],
    )
    np.testing.assert_allclose(filter_states(renamed, x), filter_states(model, x)[:, order], atol=1e-12)


def test_a_day_without_an_observation_is_only_predicted():
    model = some_model(2, 2)
    x = np.random.default_rng(2).standard_normal((10, 2))
    x[4, 1] = np.nan
    probabilities = filter_states(model, x)
    np.testing.assert_allclose(probabilities[4], probabilities[3] @ model.transition, atol=1e-12)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)


def test_extreme_observations_do_not_break_the_filter():
    model = some_model(3, 3)
    x = np.array([[0.0, 0.0], [300.0, -300.0], [0.0, 0.0]])
    assert np.isfinite(filter_states(model, x)).all()


@pytest.fixture(scope="module")
def market():
    returns, state = two_state_market(4, 2000)
    observed = np.column_stack([returns, np.log(volatility(returns, 10))])[9:]
    return observed, state[9:]


def test_a_known_chain_is_found_again(market):
    observed, state = market
    model = fit_states(observed, 2, seed=0, restarts=3)
    turbulent = filter_states(model, observed)[:, 1]
    assert auc(state == 1, turbulent) > 0.93
    daily = np.sqrt(model.variances[:, 0]) * model.scale[0]
    np.testing.assert_allclose(daily, [0.007, 0.02], rtol=0.2)
    assert (np.diag(model.transition) > 0.9).all()


@pytest.mark.parametrize("states", [2, 3, 4])
def test_states_come_in_the_order_of_their_variance(market, states):
    model = fit_states(market[0], states, seed=1, restarts=1)
    assert (np.diff(model.variances[:, 0]) > 0).all()
    np.testing.assert_allclose(model.transition.sum(axis=1), 1.0)


def test_the_likelihood_is_hmmlearns_and_more_starts_never_lower_it(market):
    observed = market[0][:600]
    one, more = (fit_states(observed, 3, seed=2, restarts=r) for r in (0, 4))
    assert more.log_likelihood >= one.log_likelihood
    x = (observed - more.centre) / more.scale
    np.testing.assert_allclose(in_hmmlearn(more).score(x), more.log_likelihood, rtol=1e-6)


def test_units_do_not_matter(market):
    observed = market[0][:500]
    scaled = observed * np.array([100.0, 1.0]) + np.array([0.0, np.log(100.0)])
    ours = filter_states(fit_states(observed, 2, 3, 1), observed)
    np.testing.assert_allclose(filter_states(fit_states(scaled, 2, 3, 1), scaled), ours, atol=1e-6)
