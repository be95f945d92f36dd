"""What sequence models look at: scaled channels of the panel, and windows of them cut on demand."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import FloatArray, Panel
from mltrainer.features.bars import Bars, positive_log
from mltrainer.features.late import corrected_bars
from mltrainer.features.moving import moving_mean, moving_std

ChannelArray = npt.NDArray[np.float32]

CHANNELS = (
    "return",
    "overnight",
    "intraday",
    "range",
    "relative_return",
    "volume_z",
    "ma_distance",
    "vol_level",
    "market_return",
    "market_vol_level",
    "valid",
)
_NEEDS = {"overnight": ("open",), "intraday": ("open",), "range": ("high", "low"), "volume_z": ("volume",)}
LENGTH = 20
CLIP = 8.0
# Typical daily volatilities of a large share and of the equal-weight market, and of the spread of their logarithms:
# constants, because a scale estimated from the data would look ahead.
_SHARE_VOL, _MARKET_VOL, _LOG_SPREAD = 0.015, 0.008, 0.5


def sequence_channels(panel: Panel) -> ChannelArray:
    """Return (n_dates, n_tickers, n_channels) float32 of order 1, in the order of ``CHANNELS``.

    A channel of a column that the panel does not have at all does not exist.
    Returns and ranges are in units of the ticker's own volatility of the 63 sessions up to the day, the market's return
    in units of 1 %. The levels are logarithms of volatility, centred and scaled by constants. Values are clipped to
    +-8. Here, and only here, what is missing becomes 0; ``valid`` is 1 where the day has a return and a volatility.
    A bar that turned out wrong counts until that was known; a window shows every day as it was known on that day.
    """
    bars = Bars.of(panel)
    corrected = corrected_bars(panel, bars)
    names = [name for name in CHANNELS if not set(_NEEDS.get(name, ())) & set(panel.absent)]
    channels = np.concatenate([_channels(part, names) for _, part in bars.parts()], axis=1)
    return corrected.into(channels, lambda own: _channels(own, names)) if corrected else channels


def _channels(bars: Bars, names: list[str]) -> ChannelArray:
    channels = np.zeros((*bars.close.shape, len(names)), dtype=np.float32)
    with np.errstate(all="ignore"):
        scale = np.where(bars.vol_63 > 0, bars.vol_63, np.nan)
        market_vol = positive_log(moving_std(bars.market, 20)) - np.log(_MARKET_VOL)
        distance = bars.log_close - moving_mean(bars.log_close, 50)
        made: dict[str, FloatArray] = {
            "return": bars.returns / scale,
            "overnight": bars.overnight / scale,
            "intraday": bars.intraday / scale,
            "range": bars.range / scale - 1.5,
            "relative_return": (bars.returns - bars.market_column) / scale,
            "volume_z": bars.volume_z,
            "ma_distance": distance / scale / 5,
            "vol_level": (positive_log(bars.vol_21) - np.log(_SHARE_VOL)) / _LOG_SPREAD,
            "market_return": bars.market_column * 100,
            "market_vol_level": market_vol[:, None] / _LOG_SPREAD,
            "valid": (np.isfinite(bars.returns) & np.isfinite(scale)).astype(np.float64),
        }
        for place, name in enumerate(names):
            channels[..., place] = np.clip(np.nan_to_num(made[name], posinf=0.0, neginf=0.0), -CLIP, CLIP)
    return channels


@dataclass(frozen=True, eq=False)
class Windows:
    """The windows of many rows, cut from the channels when they are asked for.

    ``windows[rows]`` is (n, length, n_channels) float32, oldest session first, ending at the row's own session. What
    lies before the first session of the panel is 0, also in the channel ``valid``.

    Parameters
    ----------
    channels
        (n_dates, n_tickers, n_channels); shared, never copied.
    date_index, ticker_index
        Where each row stands.
    length
        Sessions in a window.
    """

    channels: ChannelArray
    date_index: npt.NDArray[np.int32]
    ticker_index: npt.NDArray[np.int32]
    length: int = LENGTH

    def __len__(self) -> int:
        return len(self.date_index)

    def __getitem__(self, rows: npt.NDArray[np.int64] | slice) -> ChannelArray:
        dates = self.date_index[rows][:, None] + np.arange(1 - self.length, 1)
        before = dates < 0
        # One place for each session and ticker: taking whole rows is faster than two indices.
        place = np.where(before, 0, dates) * self.channels.shape[1] + self.ticker_index[rows][:, None]
        cut = np.take(self.channels.reshape(-1, self.channels.shape[2]), place, axis=0)
        if before.any():
            cut[before] = 0.0
        return cut
