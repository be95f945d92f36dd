"""Transformer over the past sessions of a ticker."""

from math import gcd
from typing import Any

import torch
from torch import nn

from mltrainer.models.sequence_network import SequenceNetwork


class _Network(nn.Module):
    def __init__(self, length: int, channels: int, hidden: int) -> None:
        super().__init__()
        self.enter = nn.Linear(channels, hidden)
        self.place = nn.Parameter(torch.randn(1, length, hidden) * 0.02)
        layer = nn.TransformerEncoderLayer(
            hidden, nhead=gcd(hidden, 4), dim_feedforward=2 * hidden, dropout=0.1, batch_first=True, norm_first=True
        )
        self.attention = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(hidden)
        self.head = nn.Linear(hidden, 1)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        states = self.attention(self.enter(windows) + self.place)
        return self.head(self.norm(states[:, -1]))


class TransformerModel(SequenceNetwork):
    """P(event) by attention between the sessions of the window (Vaswani et al. 2017), two layers."""

    def _network(self, shape: tuple[int, ...]) -> Any:
        return _Network(shape[0], shape[1], self.hidden)
