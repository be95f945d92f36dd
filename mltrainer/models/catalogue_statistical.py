"""Statistical models of a ticker's own returns: their lines in the registry."""

from mltrainer.models.entry import ModelEntry, Param

_DECAY = Param(0.97, 0.5, 0.999, help="how much a return's weight in the volatility falls each session")
_COMPUTES = "computes the probability from the forecast of a ticker's returns; "
_TOGETHER = "one set of coefficients for all tickers, fitted on returns beyond the market's"
_NO_DIRECTION = "; it tells volatility, not direction"


def _statistical(
    name: str,
    title: str,
    target: str,
    reference: str,
    aliases: tuple[str, ...],
    note: str,
    params: dict[str, Param] | None = None,
    *,
    direction: bool = False,
) -> ModelEntry:
    return ModelEntry(
        name,
        title,
        "statistical",
        "distribution",
        "sklearn",
        f"mltrainer.models.{target}",
        reference,
        aliases,
        inputs="history",
        params={"decay": _DECAY} if params is None else params,
        note=_COMPUTES + note + ("" if direction else _NO_DIRECTION),
        fit_takes=("event",),
        direction=direction,
    )


STATISTICAL = (
    _statistical("arima", "ARIMA", "arima:ARIMA", "Box & Jenkins 1970", (), _TOGETHER, direction=True),
    _statistical(
        "exponential_smoothing",
        "Exponential smoothing",
        "exponential_smoothing:ExponentialSmoothing",
        "Gardner & McKenzie 1985; Hyndman et al. 2008",
        ("ets", "holtwinters"),
        _TOGETHER,
        direction=True,
    ),
    _statistical(
        "theta",
        "Theta method",
        "theta:Theta",
        "Assimakopoulos & Nikolopoulos 2000",
        (),
        "half the slope of its past prices is its drift",
    ),
    _statistical(
        "local_level",
        "Local-level Kalman filter",
        "local_level:LocalLevel",
        "Harvey 1989",
        ("kalman", "kalmanfilter"),
        "one ratio of variances for all tickers, the most likely of a grid",
        direction=True,
    ),
    _statistical(
        "garch",
        "GARCH",
        "garch:GARCH",
        "Bollerslev 1986",
        ("garch11",),
        "a GARCH(1,1) of each ticker by quasi-maximum likelihood",
        {},
    ),
    _statistical(
        "markov_switching",
        "Markov switching",
        "markov_switching:MarkovSwitching",
        "Hamilton 1989",
        ("markovregimeswitching",),
        "two states of each ticker by maximum likelihood",
        {},
    ),
    _statistical(
        "lognormal_barrier",
        "Lognormal barrier",
        "lognormal_barrier:LognormalBarrier",
        "Black & Scholes 1973; Merton 1973",
        ("blackscholes",),
        "a walk without drift at the ticker's own volatility",
    ),
    _statistical(
        "block_bootstrap",
        "Block bootstrap",
        "block_bootstrap:BlockBootstrap",
        "Künsch 1989; Barone-Adesi et al. 1999",
        ("montecarlo", "montecarlosimulation"),
        "paths made of blocks of the ticker's past",
        {
            "paths": Param(2000, 100, 20_000, help="simulated paths of each ticker"),
            "block_length": Param(5, 1, 60, help="sessions of a block"),
            "decay": _DECAY,
        },
    ),
)
