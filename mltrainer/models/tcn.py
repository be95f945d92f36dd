"""Temporal convolutional network."""

from typing import Any

import torch
from torch import nn

from mltrainer.models.sequence_network import SequenceNetwork


class _Block(nn.Module):
    """A causal convolution whose result is added to what it reads."""

    def __init__(self, hidden: int, step: int) -> None:
        super().__init__()
        self.past = 2 * step
        self.local = nn.Conv1d(hidden, hidden, 3, dilation=step)
        self.drop = nn.Dropout(0.1)

    def forward(self, series: torch.Tensor) -> torch.Tensor:
        back = nn.functional.pad(series, (self.past, 0))
        return series + self.drop(nn.functional.silu(self.local(back)))


class _Network(nn.Module):
    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.enter = nn.Conv1d(channels, hidden, 1)
        self.blocks = nn.Sequential(*(_Block(hidden, step) for step in (1, 2, 4)))
        self.norm = nn.LayerNorm(hidden)
        self.head = nn.Linear(hidden, 1)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        series = self.blocks(self.enter(windows.transpose(1, 2)))
        return self.head(self.norm(series[:, :, -1]))


class TemporalConvolutions(SequenceNetwork):
    """P(event) by convolutions that look back only, ever further (Bai, Kolter & Koltun 2018)."""

    def _network(self, shape: tuple[int, ...]) -> Any:
        return _Network(shape[1], self.hidden)
