"""Gated recurrent units on the past sessions of a ticker."""

from typing import Any

import torch
from torch import nn

from mltrainer.models.sequence_network import SequenceNetwork


class _Network(nn.Module):
    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.recurrent = nn.GRU(channels, hidden, batch_first=True)
        self.norm = nn.LayerNorm(hidden)
        self.head = nn.Linear(hidden, 1)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        states, _ = self.recurrent(windows)
        return self.head(self.norm(states[:, -1]))


class GRUModel(SequenceNetwork):
    """P(event) by gated recurrent units (Cho et al. 2014) with a logistic head."""

    def _network(self, shape: tuple[int, ...]) -> Any:
        return _Network(shape[1], self.hidden)
