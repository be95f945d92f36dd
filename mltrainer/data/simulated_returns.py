"""Returns of the simulated market: regime, market, sectors, styles, own shocks, and the planted signal.

A Markov chain sets drift and volatility (Hamilton 1989), the market follows a GJR-GARCH process (Glosten, Jagannathan
and Runkle 1993) and every ticker a GARCH one of its own (Bollerslev 1986), all with Student-t shocks. The constants are
per session, and set so that the usual stylised facts (Cont 2001) come out as in US large caps.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import FloatArray

BURN_IN = 300
OVERNIGHT_SHARE = 0.27

# Calm, nervous, crisis: daily transitions, drift of the market, multiplier of its volatility.
TRANSITIONS = np.array([[0.9940, 0.0050, 0.0010], [0.0130, 0.9800, 0.0070], [0.0080, 0.0270, 0.9650]])
DRIFT = np.array([0.00070, 0.00025, -0.0024])
COMMON_DRIFT = 0.0002
VOLATILITY = np.array([0.65, 1.05, 1.90])

MARKET_SD = 0.0100
MARKET_PERSISTENCE, MARKET_SHOCK, MARKET_LEVERAGE, MARKET_CAP = 0.91, 0.01, 0.14, 9.0
MARKET_JUMP_CHANCE, MARKET_JUMP_MEAN, MARKET_JUMP_SD = 0.006, -0.006, 0.010

SECTOR_SD = 0.0056
STYLE_SD = np.array([0.0032, 0.0022, 0.0022, 0.0022])
OWN_SD, OWN_SD_SPREAD = 0.0103, 0.32
OWN_SHOCK, OWN_PERSISTENCE, OWN_CAP = 0.05, 0.92, 25.0
OWN_COMMON_POWER = 0.35
EARNINGS_EVERY, EARNINGS_SIZE = 63, 4.0

HORIZON = 10
SIGNAL_MEMORY = 0.93
# Standard deviation of one-day returns across tickers, which sets the size of the planted drift.
CROSS_SD = 0.0138
# The planted drift is scaled so that the rank correlation comes out at signal_ic.
SIGNAL_SCALE = 1.08
# News that moves the signal moves the overnight return by this many of its standard deviations.
FOOTPRINT_OVERNIGHT = 0.6


@dataclass(frozen=True, eq=False)
class Returns:
    """Log returns and what made them, without the burn-in.

    Parameters
    ----------
    overnight, intraday
        (n_sessions, n_tickers) log returns from close to open and from open to close.
    intraday_sd
        (n_sessions, n_tickers) standard deviation of the intraday return, known beforehand.
    own_sd
        (n_tickers,) usual one-day standard deviation of a ticker.
    oracle
        (n_sessions, n_tickers) the planted signal at the close of each session, variance one.
    regime
        (n_sessions,) 0 calm, 1 nervous, 2 crisis.
    market_sd
        (n_sessions,) standard deviation of the market's return, known beforehand.
    """

    overnight: FloatArray
    intraday: FloatArray
    intraday_sd: FloatArray
    own_sd: FloatArray
    oracle: FloatArray
    regime: npt.NDArray[np.int64]
    market_sd: FloatArray


def draw_returns(
    streams: dict[str, np.random.Generator],
    n_sessions: int,
    group: npt.NDArray[np.int64],
    signal_ic: float,
    final_jump: FloatArray,
) -> Returns:
    """Draw all returns.

    Parameters
    ----------
    streams
        Random generators by component.
    n_sessions
        Sessions wanted, after the burn-in.
    group
        (n_tickers,) sector number of each ticker.
    signal_ic
        Rank correlation of the planted signal with the return of the next 10 sessions.
    final_jump
        (n_sessions, n_tickers) overnight jumps of delistings.
    """
    total, n_tickers = BURN_IN + n_sessions, len(group)
    null = signal_ic == 0
    names = streams["names"]
    beta = np.clip(names.normal(1, 0.28, n_tickers), 0.3, 2.0)
    own_sd = OWN_SD * np.exp(names.normal(0, OWN_SD_SPREAD, n_tickers)) * (0.75 + 0.25 * beta)
    sector_load = names.normal(1, 0.2, n_tickers)
    # The first style is the (standardised) level of a ticker's own volatility, the others have no meaning.
    styles = names.normal(size=(len(STYLE_SD), n_tickers))
    styles[0] = (np.log(own_sd) - np.log(OWN_SD)) / OWN_SD_SPREAD
    phase = names.integers(0, EARNINGS_EVERY, n_tickers)

    regime = _regime_path(streams["regime"], total)
    market = _market(streams["market"], regime, null)
    common = (market.sd / MARKET_SD)[:, None]
    signal, news = _signal(streams["signal"], total, n_tickers)
    own = _own_shocks(streams["idiosyncratic"], total, own_sd, common, phase)
    groups = _groups(streams["groups"], total, int(group.max()) + 1)

    overnight = own.overnight + market.overnight[:, None] * beta
    intraday = own.intraday + market.intraday[:, None] * beta
    sector = SECTOR_SD * np.sqrt(common)
    style = np.sqrt(common) * STYLE_SD
    overnight += sector * groups.sector_overnight[:, group] * sector_load + (style * groups.style_overnight) @ styles
    intraday += sector * groups.sector_intraday[:, group] * sector_load + (style * groups.style_intraday) @ styles

    overnight += FOOTPRINT_OVERNIGHT * np.sqrt(OVERNIGHT_SHARE) * own_sd * news
    planted = signal_ic * SIGNAL_SCALE * _drift_of_one_ic() * common**OWN_COMMON_POWER
    intraday[1:] += planted[1:] * signal[:-1]
    intraday += COMMON_DRIFT if null else DRIFT[regime][:, None] * beta

    keep = slice(BURN_IN, None)
    intraday_variance = (1 - OVERNIGHT_SHARE) * (
        (market.sd[:, None] * beta) ** 2 + (sector * sector_load) ** 2 + (style**2) @ (styles**2) + own.variance
    )
    return Returns(
        overnight=overnight[keep] + final_jump,
        intraday=intraday[keep],
        intraday_sd=np.sqrt(intraday_variance[keep]),
        own_sd=np.sqrt(own_sd**2 + (beta * MARKET_SD) ** 2 + SECTOR_SD**2),
        oracle=signal[keep],
        regime=regime[keep],
        market_sd=market.sd[keep],
    )


def _drift_of_one_ic() -> float:
    """Return the one-day drift per unit of signal at which signal and 10-session return correlate to 1 (linearly)."""
    memory = (1 - SIGNAL_MEMORY**HORIZON) / (1 - SIGNAL_MEMORY)
    return CROSS_SD * np.sqrt(HORIZON) / memory


def _regime_path(rng: np.random.Generator, total: int) -> npt.NDArray[np.int64]:
    limits = TRANSITIONS.cumsum(axis=1)
    path = np.empty(total, dtype=np.int64)
    state = 0
    for session, draw in enumerate(rng.random(total)):
        state = min(int(np.searchsorted(limits[state], draw, side="right")), 2)
        path[session] = state
    return path


@dataclass(frozen=True, eq=False)
class _Market:
    overnight: FloatArray
    intraday: FloatArray
    sd: FloatArray


def _market(rng: np.random.Generator, regime: npt.NDArray[np.int64], null: bool) -> _Market:
    """Draw the market: GJR-GARCH around the regime's volatility, with rare overnight jumps (mean zero in the null).

    Overnight and intraday shocks are drawn apart: to split one day's shock would make time run visibly one way.
    """
    total = len(regime)
    children = rng.spawn(4)
    overnight = _unit_t(children[0], 6, total)
    intraday = _unit_t(children[1], 8, total)
    jumps = children[2].random(total) < MARKET_JUMP_CHANCE
    sizes = (0.0 if null else MARKET_JUMP_MEAN) + MARKET_JUMP_SD * children[3].standard_normal(total)
    shocks = np.sqrt(OVERNIGHT_SHARE) * overnight + np.sqrt(1 - OVERNIGHT_SHARE) * intraday
    variance, variances = 1.0, np.empty(total)
    constant = 1 - MARKET_SHOCK - MARKET_LEVERAGE / 2 - MARKET_PERSISTENCE
    for session, shock in enumerate(shocks):
        variances[session] = variance
        squared = variance * shock * shock
        reaction = MARKET_SHOCK + (MARKET_LEVERAGE if shock < 0 else 0.0)
        variance = min(constant + reaction * squared + MARKET_PERSISTENCE * variance, MARKET_CAP)
    multiplier = VOLATILITY[regime]
    sd = MARKET_SD * multiplier * np.sqrt(variances)
    return _Market(
        overnight=sd * np.sqrt(OVERNIGHT_SHARE) * overnight + jumps * sizes * multiplier,
        intraday=sd * np.sqrt(1 - OVERNIGHT_SHARE) * intraday,
        sd=sd,
    )


@dataclass(frozen=True, eq=False)
class _Own:
    overnight: FloatArray
    intraday: FloatArray
    variance: FloatArray


def _own_shocks(
    rng: np.random.Generator, total: int, own_sd: FloatArray, common: FloatArray, phase: npt.NDArray[np.int64]
) -> _Own:
    """Draw each ticker's own GARCH(1,1) shocks, and its earnings days."""
    n_tickers = len(own_sd)
    children = rng.spawn(3)
    overnight = _unit_t(children[0], 3.3, (total, n_tickers))
    intraday = _unit_t(children[1], 4.0, (total, n_tickers))
    squares = (np.sqrt(OVERNIGHT_SHARE) * overnight + np.sqrt(1 - OVERNIGHT_SHARE) * intraday) ** 2
    variance, variances = np.ones(n_tickers), np.empty((total, n_tickers))
    constant = 1 - OWN_SHOCK - OWN_PERSISTENCE
    for session in range(total):
        variances[session] = variance
        variance = np.minimum(constant + (OWN_SHOCK * squares[session] + OWN_PERSISTENCE) * variance, OWN_CAP)
    sd = own_sd * np.sqrt(variances) * common**OWN_COMMON_POWER
    overnight *= np.sqrt(OVERNIGHT_SHARE) * sd
    intraday *= np.sqrt(1 - OVERNIGHT_SHARE) * sd
    sessions = np.arange(total)
    quarters = (sessions[:, None] - phase) // EARNINGS_EVERY
    reports = (sessions[:, None] - phase) % EARNINGS_EVERY == 0
    # One row of surprises a quarter: the draws stay in the order of time.
    surprises = _unit_t(children[2], 4.0, (total // EARNINGS_EVERY + 2, n_tickers))
    rows, columns = np.nonzero(reports)
    overnight[rows, columns] += EARNINGS_SIZE * own_sd[columns] * surprises[quarters[rows, columns] + 1, columns]
    return _Own(overnight, intraday, sd**2)


@dataclass(frozen=True, eq=False)
class _Groups:
    sector_overnight: FloatArray
    sector_intraday: FloatArray
    style_overnight: FloatArray
    style_intraday: FloatArray


def _groups(rng: np.random.Generator, total: int, n_sectors: int) -> _Groups:
    children = rng.spawn(4)
    night, day = np.sqrt(OVERNIGHT_SHARE), np.sqrt(1 - OVERNIGHT_SHARE)
    return _Groups(
        night * _unit_t(children[0], 5, (total, n_sectors)),
        day * _unit_t(children[1], 6, (total, n_sectors)),
        night * _unit_t(children[2], 5, (total, len(STYLE_SD))),
        day * _unit_t(children[3], 6, (total, len(STYLE_SD))),
    )


def _signal(rng: np.random.Generator, total: int, n_tickers: int) -> tuple[FloatArray, FloatArray]:
    """Return the latent signal (variance one) and the news of each session that moves it."""
    news = rng.standard_normal((total, n_tickers))
    step = np.sqrt(1 - SIGNAL_MEMORY**2)
    signal = np.empty_like(news)
    level = np.zeros(n_tickers)
    for session in range(total):
        level = SIGNAL_MEMORY * level + step * news[session]
        signal[session] = level
    return signal, news


def _unit_t(rng: np.random.Generator, freedom: float, shape: int | tuple[int, ...]) -> FloatArray:
    """Return Student-t draws of variance one."""
    return rng.standard_t(freedom, shape) * np.sqrt((freedom - 2) / freedom)
