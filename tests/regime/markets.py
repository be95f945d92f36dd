"""Simulated markets whose hidden state is known."""

import numpy as np


def two_state_market(seed: int, n: int, stay: tuple[float, float] = (0.985, 0.96)):
    """Return (returns (n,), state (n,)): calm with 0.7 % a day, turbulent with 2 % and a falling market."""
    rng = np.random.default_rng(seed)
    state = np.zeros(n, dtype=int)
    for t in range(1, n):
        state[t] = state[t - 1] if rng.random() < stay[state[t - 1]] else 1 - state[t - 1]
    returns = np.where(state == 1, rng.normal(-0.0015, 0.02, n), rng.normal(0.0008, 0.007, n))
    return returns, state


def inputs(seed: int, n: int, n_tickers: int = 6):
    """Return the arguments of ``detect_regime`` for a two-state market with VIX, credit spread and closes."""
    returns, state = two_state_market(seed, n)
    rng = np.random.default_rng(seed + 1)
    returns[0] = np.nan
    own = np.nan_to_num(returns)[:, None] + rng.normal(0, 0.01, (n, n_tickers))
    close = 50 * np.exp(np.cumsum(own, axis=0))
    close[rng.random(close.shape) < 0.01] = np.nan
    return {
        "market_return": returns,
        "sessions": np.datetime64("2012-01-02") + np.arange(n),
        "close": close,
        "vix": 14 + 12 * state + rng.normal(0, 1, n),
        "credit": 2 + 0.5 * state + np.cumsum(rng.normal(0, 0.02, n)),
    }


def first_part(arguments, n: int):
    """Return the arguments as they stood after ``n`` sessions."""
    return {name: values[:n].copy() for name, values in arguments.items()}


def auc(event, score):
    """Return the area under the ROC curve by counting pairs."""
    above = score[event][:, None] > score[~event][None, :]
    equal = score[event][:, None] == score[~event][None, :]
    return above.mean() + equal.mean() / 2
