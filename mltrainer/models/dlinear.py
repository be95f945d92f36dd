"""Linear layers on trend and remainder."""

from typing import Any

import torch
from torch import nn

from mltrainer.models.network import NetworkClassifier

_TREND = 5


class _Network(nn.Module):
    def __init__(self, length: int, channels: int) -> None:
        super().__init__()
        self.trend = nn.Linear(length * channels, 1, bias=False)
        self.head = nn.Linear(length * channels, 1)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        series = windows.transpose(1, 2)
        ends = nn.functional.pad(series, (_TREND // 2, _TREND // 2), mode="replicate")
        trend = nn.functional.avg_pool1d(ends, _TREND, stride=1)
        return self.trend(trend.flatten(1)) + self.head((series - trend).flatten(1))


class DLinear(NetworkClassifier):
    """P(event) linear in the trend of the window and in what remains of it (Zeng et al. 2023, DLinear).

    Parameters
    ----------
    epochs
        Most passes over the training windows.
    max_windows
        Most windows to learn from, spread evenly over time.
    learning_rate
        Step size at the start.
    """

    def __init__(
        self, epochs: int = 3, max_windows: int = 60_000, learning_rate: float = 0.003, random_state: int = 0
    ) -> None:
        self.epochs = epochs
        self.max_windows = max_windows
        self.learning_rate = learning_rate
        self.random_state = random_state

    def _most_rows(self) -> int:
        return self.max_windows

    def _network(self, shape: tuple[int, ...]) -> Any:
        return _Network(shape[0], shape[1])
