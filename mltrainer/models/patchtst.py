"""Patch transformer over the past sessions of a ticker."""

from math import gcd
from typing import Any

import torch
from torch import nn

from mltrainer.models.sequence_network import SequenceNetwork

_PATCH, _STRIDE = 5, 5


class _Network(nn.Module):
    def __init__(self, length: int, channels: int, hidden: int) -> None:
        super().__init__()
        patches = (length - _PATCH) // _STRIDE + 1
        self.enter = nn.Linear(_PATCH, hidden)
        self.place = nn.Parameter(torch.randn(1, patches, hidden) * 0.02)
        layer = nn.TransformerEncoderLayer(
            hidden, nhead=gcd(hidden, 2), dim_feedforward=2 * hidden, dropout=0.1, batch_first=True, norm_first=True
        )
        self.attention = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
        self.norm = nn.LayerNorm(channels * patches * hidden)
        self.head = nn.Linear(channels * patches * hidden, 1)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        patches = windows.transpose(1, 2).unfold(2, _PATCH, _STRIDE)
        states = self.attention(self.enter(patches.flatten(0, 1)) + self.place)
        return self.head(self.norm(states.reshape(len(windows), -1)))


class PatchTransformer(SequenceNetwork):
    """P(event) by attention between patches of sessions, each channel by itself (Nie et al. 2023, PatchTST).

    Unlike the original, a window is not normalised: its level of volatility is what says most about the event.
    """

    def _network(self, shape: tuple[int, ...]) -> Any:
        return _Network(shape[0], shape[1], self.hidden)
