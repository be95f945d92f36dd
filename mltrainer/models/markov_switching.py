"""Markov switching between a calm and a nervous state."""

from dataclasses import dataclass

import numpy as np

from mltrainer.models.histories import FloatArray, Past
from mltrainer.models.path_forecaster import FEWEST, Path, PathForecaster, with_own_parameters

_ROUNDS = 40
_RISE = 1e-3
# Neither state may become so rare or so narrow that it explains single days.
_FEWEST_DAYS, _NARROWEST = 10.0, 0.05


@dataclass(frozen=True, eq=False)
class States:
    """Parameters of many series with two states, calm first.

    Parameters
    ----------
    means, deviations
        (2, n) of a daily return in each state.
    stay
        (2, n) probability that a state lasts another day.
    """

    means: FloatArray
    deviations: FloatArray
    stay: FloatArray

    @property
    def usual(self) -> FloatArray:
        """Return the long-run share of each state, (2, n)."""
        leave = 1 - self.stay
        return leave[::-1] / leave.sum(axis=0)


class MarkovSwitching(PathForecaster):
    """P(event) when a ticker's returns switch between a calm and a nervous state (Hamilton 1989).

    Means, deviations and transitions are a ticker's own, by maximum likelihood; the chance of each state is that of
    the day, from returns up to it. Coming means are taken as 0, since those of a single ticker are mostly chance: it
    knows no direction.

    Parameters
    ----------
    random_state
        Not used: nothing is drawn. Kept so that every model is made the same way.
    """

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def _learn(self, past: Past) -> None:
        enough = with_own_parameters(past.returns)
        states = fit_states(past.returns[:, enough])
        own = np.full((6, past.returns.shape[1]), np.nan)
        own[:, enough] = np.concatenate([states.means, states.deviations, states.stay])
        # A ticker that is too young for its own takes the median ticker's.
        self.params_ = np.where(np.isfinite(own), own, np.nanmedian(own, axis=1)[:, None])

    def _paths(self, past: Past, sessions: int) -> list[Path]:
        states = States(*self.params_.reshape(3, 2, -1))
        now, _, _ = filter_states(past.returns, states)
        young = np.cumsum(np.isfinite(past.returns), axis=0) < FEWEST
        usual, leave = states.usual, (1 - states.stay).sum(axis=0)
        # The mean over the coming sessions of what is left of today's state, which fades by 1 - leave a session.
        fade = sum((1 - leave) ** ahead for ahead in range(1, sessions + 1)) / sessions
        paths = []
        for state in (0, 1):
            share = usual * (1 - fade)
            share[state] += fade
            deviation = np.sqrt((share * states.deviations**2).sum(axis=0))
            cells = np.where(young, np.nan, deviation)
            paths.append(Path(np.zeros(cells.shape), cells, now[:, state]))
        return paths


def filter_states(returns: FloatArray, states: States) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the probability of each state after and before each date, (n_dates, 2, n), and the log-likelihood (n,).

    Hamilton (1989), starting from the long-run shares; a missing return tells nothing.
    """
    known = np.isfinite(returns)
    distance = (np.where(known, returns, 0.0)[:, None] - states.means) / states.deviations
    density = np.exp(-0.5 * distance**2) / (np.sqrt(2 * np.pi) * states.deviations)
    density = np.where(known[:, None], np.maximum(density, 1e-300), 1.0)
    after, before = np.empty(density.shape), np.empty(density.shape)
    likely = np.zeros(returns.shape[1])
    leave = 1 - states.stay
    chance = states.usual
    for date in range(len(returns)):
        joint = chance * density[date]
        total = joint.sum(axis=0)
        before[date], after[date] = chance, joint / total
        likely += np.log(total)
        chance = after[date] * states.stay + (after[date] * leave)[::-1]
    return after, before, likely


def fit_states(returns: FloatArray) -> States:
    """Return the most likely parameters of each series by expectation and maximisation (Hamilton 1990).

    Parameters
    ----------
    returns
        (n_dates, n), NaN where there is none.
    """
    spread = np.nanstd(returns, axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    mean = np.nanmean(returns, axis=0)
    states = States(np.stack([mean, mean]), np.stack([0.7 * spread, 1.6 * spread]), np.full((2, len(mean)), 0.95))
    last = np.full(len(mean), -np.inf)
    for _ in range(_ROUNDS):
        after, before, likely = filter_states(returns, states)
        if (likely - last).max() < _RISE:
            break
        last = likely
        states = _more_likely(returns, states, after, before, spread)
    calm = states.deviations[0] <= states.deviations[1]
    return States(*(np.where(calm, one, one[::-1]) for one in (states.means, states.deviations, states.stay)))


def _more_likely(
    returns: FloatArray, states: States, after: FloatArray, before: FloatArray, spread: FloatArray
) -> States:
    """Return the parameters of the next round."""
    smooth = np.empty(after.shape)
    smooth[-1] = after[-1]
    stayed = np.zeros(states.stay.shape)
    left = np.zeros(states.stay.shape)
    leave = 1 - states.stay
    for date in range(len(after) - 2, -1, -1):
        ahead = smooth[date + 1] / before[date + 1]
        staying = after[date] * states.stay * ahead
        leaving = after[date] * leave * ahead[::-1]
        smooth[date] = staying + leaving
        stayed += staying
        left += leaving
    known = np.isfinite(returns)[:, None]
    weight = smooth * known
    total = np.maximum(weight.sum(axis=0), 1e-12)
    filled = np.where(known, returns[:, None], 0.0)
    means = (weight * filled).sum(axis=0) / total
    variance = (weight * (filled - means) ** 2).sum(axis=0) / total
    rare = total < _FEWEST_DAYS
    deviations = np.maximum(np.where(rare, states.deviations, np.sqrt(variance)), _NARROWEST * spread)
    stay = np.clip(np.where(rare, states.stay, stayed / np.maximum(stayed + left, 1e-12)), 0.01, 0.999)
    return States(np.where(rare, states.means, means), deviations, stay)
