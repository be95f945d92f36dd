"""Monte Carlo by blocks of past returns."""

import numpy as np

from mltrainer.models.event_mark import LABELS
from mltrainer.models.histories import FloatArray, Past
from mltrainer.models.linear_filter import standardized
from mltrainer.models.path_forecaster import FEWEST, Path, PathForecaster, volatility

_LEVELS = np.linspace(0, 1, 401)


class BlockBootstrap(PathForecaster):
    """P(event) as the share of simulated paths that reach it, made of blocks of a ticker's past (Künsch 1989).

    Returns are in units of the volatility known the day before and are scaled to that of the day (filtered historical
    simulation, Barone-Adesi et al. 1999); their mean is taken off, so it knows no direction.

    Parameters
    ----------
    paths
        Simulated paths of each ticker.
    block_length
        Sessions of a block.
    decay
        How much the weight of a return in the volatility falls from session to session.
    """

    # Its paths are kept as the highest and the last point of each, which do not say what was passed first.
    labels = tuple(label for label in LABELS if label != "triple_barrier")

    def __init__(self, paths: int = 2000, block_length: int = 5, decay: float = 0.97, random_state: int = 0) -> None:
        self.paths = paths
        self.block_length = block_length
        self.decay = decay
        self.random_state = random_state

    def _learn(self, past: Past) -> None:
        shocks = standardized(past.returns, volatility(past.returns, self.decay))
        random = np.random.default_rng(self.random_state)
        first, last = self.event_.horizon
        # The same places in everyone's past: a ticker's paths do not depend on which others there are.
        places = random.random((self.paths, -(-last // self.block_length)))
        self.highest_ = np.full((len(_LEVELS), shocks.shape[1]), np.nan)
        self.final_ = np.full((len(_LEVELS), shocks.shape[1]), np.nan)
        counts = (shocks != 0).sum(axis=0)
        for ticker, column in enumerate(shocks.T):
            own = column[column != 0]
            if len(own) < max(min(3 * FEWEST, int(counts.max())), self.block_length):
                continue
            sums = np.cumsum(self._drawn(own - own.mean(), places)[:, :last], axis=1)
            self.highest_[:, ticker] = np.quantile(sums[:, first - 1 :].max(axis=1), _LEVELS)
            self.final_[:, ticker] = np.quantile(sums[:, -1], _LEVELS)
        for found in (self.highest_, self.final_):
            # A ticker that is too young for paths of its own takes the median of the others'.
            young = np.isnan(found[0])
            found[:, young] = np.nanmedian(found, axis=1)[:, None]

    def _drawn(self, shocks: FloatArray, places: FloatArray) -> FloatArray:
        starts = (places * (len(shocks) - self.block_length + 1)).astype(np.int64)
        return shocks[starts[:, :, None] + np.arange(self.block_length)].reshape(len(places), -1)

    def _paths(self, past: Past, sessions: int) -> list[Path]:
        deviation = volatility(past.returns, self.decay)
        return [Path(np.zeros(deviation.shape), deviation)]

    def _reached(self, level: FloatArray, path: Path) -> FloatArray:
        return _share_above(self._distance(level, path), self.highest_)

    def _ends_above(self, level: FloatArray, path: Path) -> FloatArray:
        return _share_above(self._distance(level, path), self.final_)


def _share_above(distance: FloatArray, quantiles: FloatArray) -> FloatArray:
    """Return the share of a ticker's paths that go so far or farther, in cells."""
    tickers = zip(distance.T, quantiles.T, strict=True)
    return 1 - np.stack([np.interp(column, of_ticker, _LEVELS) for column, of_ticker in tickers], axis=1)
