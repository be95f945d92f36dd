import json

import numpy as np
import pytest
from purgedcv import deflated_sharpe_ratio, probabilistic_sharpe_ratio

from mltrainer.evaluation.significance import deflated_sharpe, expected_max_sharpe, psr, psr_of_returns


def test_the_worked_example_of_the_paper(shared_data):
    example = json.loads((shared_data / "reference/deflated_sharpe.json").read_text())
    given, wanted = example["inputs"], example["recomputed"]
    sharpe = given["annual_SR"] / given["obs_per_year"] ** 0.5
    variance = given["var_of_annual_SR_across_trials"] / given["obs_per_year"]
    moments = {"n": given["T"], "skewness": given["skew"], "kurtosis": given["kurtosis(non-excess)"]}
    assert expected_max_sharpe(given["N_trials"], variance) == pytest.approx(wanted["SR0_daily"], abs=1e-12)
    found = deflated_sharpe(sharpe, **moments, trials=given["N_trials"], variance=variance)
    assert found == pytest.approx(wanted["DSR"], abs=1e-12)
    assert deflated_sharpe(sharpe, **moments, trials=46, variance=variance) == pytest.approx(wanted["DSR_if_N_46"])


@pytest.mark.parametrize(
    ("trials", "skewness", "kurtosis", "value"),
    [
        (100, -3, 10, 0.900397),
        (46, -3, 10, 0.950502),
        (45, -3, 10, 0.951607),
        (47, -3, 10, 0.949404),
        (88, 0, 3, 0.950491),
    ],
)
def test_golden_deflated_sharpe(trials, skewness, kurtosis, value):
    sharpe, variance = 2.5 / 250**0.5, 0.5 / 250
    found = deflated_sharpe(sharpe, n=1250, skewness=skewness, kurtosis=kurtosis, trials=trials, variance=variance)
    assert found == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("trials", "value"),
    [(2, 0.5198), (5, 1.1926), (10, 1.5746), (32, 2.0999), (100, 2.5306), (1000, 3.2551)],
)
def test_golden_expected_maximum(trials, value):
    assert expected_max_sharpe(trials) == pytest.approx(value, abs=6e-5)
    assert expected_max_sharpe(trials, 0.25) == pytest.approx(value / 2, abs=6e-5)
    assert expected_max_sharpe(1) == 0


def test_golden_probabilistic_sharpe():
    sharpe = 0.036 / 0.079
    assert psr(sharpe, n=24, skewness=0, kurtosis=3) == pytest.approx(0.98124, abs=5e-6)
    assert psr(sharpe, n=24, skewness=-2.448, kurtosis=10.164) == pytest.approx(0.91271, abs=5e-6)


def test_a_series_agrees_with_purgedcv():
    steps = np.random.default_rng(42).standard_t(5, 1260)
    returns = 0.0004 + 0.01 * steps / np.sqrt(5 / 3)
    assert psr_of_returns(returns) == pytest.approx(0.602946713, abs=1e-6)
    assert psr_of_returns(returns) == pytest.approx(probabilistic_sharpe_ratio(returns, 0.0), abs=1e-4)
    luck = expected_max_sharpe(32, 0.5 / 252)
    assert luck == pytest.approx(0.0935355639, abs=1e-9)
    assert psr_of_returns(returns, luck) == pytest.approx(0.001115122, abs=1e-8)
    assert psr_of_returns(returns, luck) == pytest.approx(deflated_sharpe_ratio(returns, 32, 0.5 / 252), abs=1e-6)


def test_returns_that_do_not_vary_are_refused():
    with pytest.raises(ValueError, match="do not vary"):
        psr_of_returns(np.zeros(10))
