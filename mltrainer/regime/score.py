"""The regime of every session of a history, as it could have been known on that session."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mltrainer.data.panel import BoolArray, DateArray, FloatArray
from mltrainer.regime.hidden import HiddenStates, filter_states
from mltrainer.regime.past import expanding_percentile, share_above_mean, volatility, windows
from mltrainer.settings.errors import DataError

FIRST_SCORE = 252
FIRST_COMPONENT = 63
REFIT = 126
RESTARTS = 4

WEIGHTS = {
    "turbulent_probability": 0.20,
    "volatility_20": 0.20,
    "vix": 0.20,
    "drawdown": 0.10,
    "below_200_day_mean": 0.10,
    "weak_breadth": 0.10,
    "credit_spread": 0.10,
}
"""What each component counts. Fixed by judgement, not fitted: volatility in its three forms is the best single sign of
what follows, the others see slow declines that it misses. A component that is missing leaves its weight to the rest."""

LABELS = ((50.0, "calm"), (80.0, "normal"), (95.0, "nervous"), (100.0, "crisis"))

STATE_NAMES = {
    2: ("calm", "turbulent"),
    3: ("calm", "normal", "turbulent"),
    4: ("calm", "normal", "nervous", "turbulent"),
}


@dataclass(frozen=True, eq=False)
class RegimeHistory:
    """The regime by session; the value at t uses nothing later than t.

    Parameters
    ----------
    sessions
        (n,).
    score
        (n,) 0 (calm) .. 100 (crisis), NaN before 252 sessions.
    probabilities
        (n, states), filtered, calmest state first; NaN before the first fit.
    components
        By name, (n,): where the component stands in its own past, 0..1, higher is more stress; NaN where missing.
    missing
        Components that have no value on the last session.
    states
        The latest fit: name, mean and volatility of the daily return and probability to stay, by state.
    fits
        How many times the hidden states were estimated.
    market_return
        (n,) daily log returns, as given.
    """

    sessions: DateArray
    score: FloatArray
    probabilities: FloatArray
    components: dict[str, FloatArray]
    missing: tuple[str, ...]
    states: tuple[dict[str, Any], ...]
    fits: int
    market_return: FloatArray


def detect_regime(
    market_return: FloatArray,
    *,
    sessions: DateArray,
    close: FloatArray | None = None,
    vix: FloatArray | None = None,
    credit: FloatArray | None = None,
    states: int = 3,
    seed: int = 0,
    fit: Callable[..., HiddenStates] | None = None,
) -> RegimeHistory:
    """Score the regime of every session.

    The score is the expanding percentile of a weighted mean of components (``WEIGHTS``), each itself an expanding
    percentile. The hidden states are fitted on the past only, again every 126 sessions counted from the first one.

    Parameters
    ----------
    market_return
        (n,) daily log returns of the market, NaN where unknown.
    sessions
        (n,).
    close
        (n, n_tickers), for breadth.
    vix, credit
        (n,) VIX and credit spread as known on the session.
    states
        Hidden states, 2 to 4.
    seed
        Of the random starts of the fits.
    fit
        Takes the place of `estimated.fit_states`, for one that remembers.

    Raises
    ------
    DataError
        If no component has enough values: the regime is unavailable then.
    """
    observed = np.column_stack([market_return, _log_positive(volatility(market_return, 10))])
    probabilities, latest, fits = _filtered(observed, states, seed, fit)
    raw = _raw_components(market_return, probabilities[:, -1], close, vix, credit)
    components = {name: expanding_percentile(values, FIRST_COMPONENT) for name, values in raw.items()}
    if not any(np.isfinite(values).any() for values in components.values()):
        raise DataError(
            f"the regime is unavailable: none of its components has {FIRST_COMPONENT} values "
            f"({len(sessions)} sessions given)",
            hint=f"load at least {FIRST_SCORE} sessions of bars",
        )
    score = 100 * expanding_percentile(_composite(components), 1)
    score[: FIRST_SCORE - 1] = np.nan
    return RegimeHistory(
        sessions=sessions,
        score=score,
        probabilities=probabilities,
        components=components,
        missing=tuple(name for name, values in components.items() if not np.isfinite(values[-1])),
        states=() if latest is None else _describe(latest),
        fits=fits,
        market_return=market_return,
    )


def label_of(score: float) -> str:
    """Return calm (to 50), normal (to 80), nervous (to 95) or crisis."""
    return next(label for upper, label in LABELS if score <= upper)


def _filtered(
    observed: FloatArray, states: int, seed: int, fit: Callable[..., HiddenStates] | None
) -> tuple[FloatArray, HiddenStates | None, int]:
    if fit is None:
        # Loaded where states are estimated: the library behind it is slow to import.
        from mltrainer.regime.estimated import fit_states

        fit = fit_states
    n = len(observed)
    probabilities = np.full((n, states), np.nan)
    known: BoolArray = np.isfinite(observed.sum(axis=1))
    models: list[HiddenStates] = []
    ends = []
    for fit_end in range(REFIT, n + 1, REFIT):
        past = observed[:fit_end][known[:fit_end]]
        if len(past) < FIRST_COMPONENT:
            continue
        # Later fits start from the one before and need fewer random starts.
        models.append(fit(past, states, seed, 1 if models else RESTARTS, models[-1] if models else None))
        ends.append(fit_end - 1)
    if not models:
        return probabilities, None, 0
    by_model = filter_states(models, observed)
    for place, first in enumerate(ends):
        own = slice(first, first + REFIT)
        probabilities[own] = by_model[own, place]
    return probabilities, models[-1], len(models)


def _raw_components(
    market_return: FloatArray,
    turbulent: FloatArray,
    close: FloatArray | None,
    vix: FloatArray | None,
    credit: FloatArray | None,
) -> dict[str, FloatArray]:
    nothing = np.full(len(market_return), np.nan)
    # A day without a return leaves the index where it was.
    index = np.cumsum(np.nan_to_num(market_return))
    traded = np.isfinite(market_return)
    return {
        "turbulent_probability": turbulent,
        "volatility_20": volatility(market_return, 20),
        "vix": nothing if vix is None else vix,
        "drawdown": np.where(traded, np.maximum.accumulate(index) - index, np.nan),
        "below_200_day_mean": np.where(traded, windows(index, 200).mean(axis=1) - index, np.nan),
        "weak_breadth": nothing if close is None else 1 - share_above_mean(close, 50),
        "credit_spread": nothing if credit is None else credit,
    }


def _composite(components: dict[str, FloatArray]) -> FloatArray:
    ranks = np.column_stack([components[name] for name in WEIGHTS])
    weights = np.where(np.isfinite(ranks), np.array(list(WEIGHTS.values())), 0.0)
    total = weights.sum(axis=1)
    weighted = (weights * np.nan_to_num(ranks)).sum(axis=1)
    return np.where(total > 0, weighted / np.where(total > 0, total, 1.0), np.nan)


def _describe(model: HiddenStates) -> tuple[dict[str, Any], ...]:
    mean = model.means[:, 0] * model.scale[0] + model.centre[0]
    deviation = np.sqrt(model.variances[:, 0]) * model.scale[0]
    return tuple(
        {"name": name, "mean": float(mean[k]), "volatility": float(deviation[k]), "stay": float(model.transition[k, k])}
        for k, name in enumerate(STATE_NAMES[len(mean)])
    )


def _log_positive(values: FloatArray) -> FloatArray:
    return np.log(np.where(values > 0, values, np.nan))
