"""The simulated market: a test bench with known truth, and a demonstration without data."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from mltrainer.data.calendar import sessions_from
from mltrainer.data.panel import DateArray, FloatArray, Macro
from mltrainer.data.raw import RawBars
from mltrainer.data.simulated_bars import Bars, draw_bars
from mltrainer.data.simulated_macro import draw_macro
from mltrainer.data.simulated_returns import draw_returns
from mltrainer.data.simulated_structure import draw_structure
from mltrainer.settings.request import Simulation

SECTORS = (
    "Communication Services",
    "Consumer Discretionary",
    "Consumer Staples",
    "Energy",
    "Financials",
    "Health Care",
    "Industrials",
    "Information Technology",
    "Materials",
    "Real Estate",
    "Utilities",
)
COMPONENTS = (
    "regime",
    "market",
    "groups",
    "idiosyncratic",
    "signal",
    "prices",
    "volume",
    "structure",
    "names",
    "macro",
)
REGIMES = ("calm", "nervous", "crisis")


@dataclass(frozen=True, eq=False)
class SimulatedMarket:
    """A simulated market with its truth, which models never see.

    Parameters
    ----------
    raw
        The bars as any source delivers them.
    macro
        Macro series driven by the regime, published with a lag.
    sessions
        (n_dates,) exchange sessions.
    tickers
        Column names of the truth, sorted.
    oracle
        (n_dates, n_tickers) the planted signal as known at the close of each session.
    regime
        (n_dates,) 0 calm, 1 nervous, 2 crisis.
    sectors
        Sector by ticker.
    """

    raw: RawBars
    macro: Macro
    sessions: DateArray
    tickers: tuple[str, ...]
    oracle: FloatArray
    regime: npt.NDArray[np.int64]
    sectors: dict[str, str] = field(default_factory=dict)


class SimulatedSource:
    """Bars and macro values of a simulated market."""

    name = "simulated"

    def __init__(self, simulation: Simulation, seed: int) -> None:
        self.simulation = simulation
        self.seed = seed

    def read(self) -> RawBars:
        """Return all bars of the market."""
        return simulate(self.simulation, self.seed).raw


def simulate(simulation: Simulation, seed: int) -> SimulatedMarket:
    """Draw a market.

    The same seed gives the same market, and more sessions extend it without a change to the earlier ones: every
    component has its own random stream and draws in the order of time.

    Parameters
    ----------
    simulation
        Size, start, and the strength of the planted signal; 0 is a true null: every ticker and regime has the
        same drift and jumps have mean zero, so that no feature can predict who beats the median.
    seed
        Root of all draws.
    """
    streams = {
        name: np.random.default_rng(child)
        for name, child in zip(COMPONENTS, np.random.SeedSequence(seed).spawn(len(COMPONENTS)), strict=True)
    }
    n_sessions, n_tickers = simulation.sessions, simulation.tickers
    sessions = sessions_from(np.datetime64(simulation.start, "D"), n_sessions)
    width = max(3, len(str(n_tickers)))
    tickers = tuple(f"S{number:0{width}d}" for number in range(1, n_tickers + 1))
    group = np.arange(n_tickers) % len(SECTORS)
    sectors = {ticker: SECTORS[own] for ticker, own in zip(tickers, group, strict=True)}

    structure = draw_structure(streams["structure"], n_sessions, n_tickers)
    returns = draw_returns(streams, n_sessions, group, simulation.signal_ic, structure.final_jump)
    bars = draw_bars(streams["prices"], streams["volume"], streams["names"], returns)
    macro = draw_macro(streams["macro"], sessions, returns)
    return SimulatedMarket(
        raw=_raw(bars, structure.trades, sessions, tickers, sectors, macro),
        macro=macro,
        sessions=sessions,
        tickers=tickers,
        oracle=returns.oracle,
        regime=returns.regime,
        sectors=sectors,
    )


def _raw(
    bars: Bars,
    trades: npt.NDArray[np.bool_],
    sessions: DateArray,
    tickers: tuple[str, ...],
    sectors: dict[str, str],
    macro: Macro,
) -> RawBars:
    rows, codes = np.nonzero(trades)
    # A ticker that is listed after the last session has no bar: it is not part of these data yet.
    seen = np.unique(codes)
    return RawBars(
        dates=sessions[rows],
        codes=np.searchsorted(seen, codes),
        tickers=tuple(tickers[column] for column in seen),
        source=SimulatedSource.name,
        simulated=True,
        delay="none: simulated",
        sectors=sectors,
        macro=macro,
        open=bars["open"][rows, codes],
        high=bars["high"][rows, codes],
        low=bars["low"][rows, codes],
        close=bars["close"][rows, codes],
        volume=bars["volume"][rows, codes],
    )
