"""The parts of the regime against published values: Hamilton's recessions, the curve's table, the crises since 1999."""

import json

import arch.data.sp500
import numpy as np
import pandas as pd
import pytest

from mltrainer.regime.hidden import forward
from mltrainer.regime.recession import QUARTER, recession_probability, recession_risk
from mltrainer.regime.score import detect_regime

LAGS = 4


def test_hamilton_1989_to_the_printed_digits(shared_data):
    """His model: growth around a mean that switches, with four lags; a state is the regime of five quarters."""
    given = json.loads((shared_data / "reference" / "hamilton_1989.json").read_text())
    growth = np.array(given["rgnp_growth_pct"])
    stay, start_again, *rest = given["params"]
    mean, variance, lags = np.array(rest[:2]), rest[2], np.array(rest[3:])
    switch = np.array([[stay, 1 - stay], [start_again, 1 - start_again]])
    steady = np.array([switch[1, 0], switch[0, 1]]) / (switch[1, 0] + switch[0, 1])
    # Regimes of five quarters, the newest first.
    states = np.array(list(np.ndindex(*[2] * (LAGS + 1))))
    start = steady[states[:, -1]] * np.prod(switch[states[:, 1:], states[:, :-1]], axis=1)
    follows = (states[None, :, 1:] == states[:, None, :-1]).all(axis=2)
    transition = follows * switch[states[:, 0]][:, states[:, 0]]
    density = np.empty((len(growth) - LAGS, len(states)))
    for t in range(len(density)):
        around = growth[t : t + LAGS + 1][::-1] - mean[states]
        error = around[:, 0] - around[:, 1:] @ lags
        density[t] = -0.5 * (error**2 / variance + np.log(2 * np.pi * variance))
    filtered, log_likelihood = forward(density, start, transition)
    assert log_likelihood == pytest.approx(given["loglike"], abs=1e-4)
    expansion = filtered[:, states[:, 0] == 1].sum(axis=1)
    np.testing.assert_allclose(expansion, given["filtered_prob_regime1_expansion"], atol=2e-5)


# Estrella & Mishkin 1996, table 1: percent, and the spread that gives it.
TABLE = {5: 1.21, 10: 0.76, 15: 0.46, 20: 0.22, 25: 0.02, 30: -0.17} | {
    40: -0.50,
    50: -0.82,
    60: -1.13,
    70: -1.46,
    80: -1.85,
    90: -2.40,
}


@pytest.mark.parametrize("percent", TABLE)
def test_the_curves_published_table(percent):
    higher, lower = (recession_probability(TABLE[percent] + shift) for shift in (-0.0055, 0.0055))
    assert lower <= percent / 100 <= higher


def test_the_curve_needs_a_whole_quarter_and_sees_no_other():
    spread = np.r_[np.full(50, np.nan), np.full(QUARTER, -0.82)]
    risk = recession_risk(spread)
    assert risk["spread"] == pytest.approx(-0.82) and risk["probability"] == pytest.approx(0.5, abs=0.01)
    assert recession_risk(spread[:-1]) is None
    assert recession_risk(np.r_[np.full(400, 3.0), np.full(QUARTER, -0.82)]) == risk


@pytest.fixture(scope="module")
def since_1999(shared_data):
    index = arch.data.sp500.load().loc[:"2018-02-28", "Adj Close"]
    macro = pd.read_csv(shared_data / "macro" / "macro_daily.csv", parse_dates=["date"])
    known = macro[macro.series_id == "VIXCLS"].dropna().set_index("date")["value"]
    known.index = known.index + pd.Timedelta(days=1)
    history = detect_regime(
        np.log(index).diff().to_numpy(),
        sessions=index.index.to_numpy().astype("datetime64[D]"),
        vix=known.reindex(index.index, method="ffill").to_numpy(),
    )
    return pd.Series(history.score, index=index.index)


@pytest.mark.parametrize("shock", ["2001-09-17", "2008-09-15", "2010-05-06", "2011-08-04", "2015-08-24", "2018-02-05"])
def test_a_shock_shows_within_days(since_1999, shock):
    assert since_1999[shock:].iloc[:4].max() > 70


def test_2017_was_calm(since_1999):
    assert since_1999["2017"].median() < 30
