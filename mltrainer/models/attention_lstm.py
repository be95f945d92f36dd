"""LSTM with attention over the past sessions of a ticker."""

from typing import Any

import torch
from torch import nn

from mltrainer.models.sequence_network import SequenceNetwork


class _Network(nn.Module):
    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.recurrent = nn.LSTM(channels, hidden, batch_first=True)
        self.look = nn.Sequential(nn.Linear(hidden, hidden // 2), nn.Tanh(), nn.Linear(hidden // 2, 1))
        self.norm = nn.LayerNorm(2 * hidden)
        self.head = nn.Linear(2 * hidden, 1)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        states, _ = self.recurrent(windows)
        weighed = (torch.softmax(self.look(states), dim=1) * states).sum(dim=1)
        return self.head(self.norm(torch.cat([states[:, -1], weighed], dim=1)))


class AttentionLSTM(SequenceNetwork):
    """P(event) by an LSTM whose states are weighed by attention (Qin et al. 2017, temporal attention)."""

    def _network(self, shape: tuple[int, ...]) -> Any:
        return _Network(shape[1], self.hidden)
