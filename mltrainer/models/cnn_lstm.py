"""Convolutions before an LSTM."""

from typing import Any

import torch
from torch import nn

from mltrainer.models.sequence_network import SequenceNetwork


class _Network(nn.Module):
    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.local = nn.Sequential(nn.Conv1d(channels, hidden, 3, padding=1), nn.SiLU())
        self.recurrent = nn.LSTM(hidden, hidden, batch_first=True)
        self.norm = nn.LayerNorm(hidden)
        self.head = nn.Linear(hidden, 1)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        states, _ = self.recurrent(self.local(windows.transpose(1, 2)).transpose(1, 2))
        return self.head(self.norm(states[:, -1]))


class CNNLSTM(SequenceNetwork):
    """P(event) by an LSTM that reads convolutions of neighbouring sessions (Sainath et al. 2015)."""

    def _network(self, shape: tuple[int, ...]) -> Any:
        return _Network(shape[1], self.hidden)
