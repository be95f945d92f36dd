"""Bidirectional LSTM on the past sessions of a ticker."""

from typing import Any

import torch
from torch import nn

from mltrainer.models.sequence_network import SequenceNetwork


class _Network(nn.Module):
    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.recurrent = nn.LSTM(channels, hidden, batch_first=True, bidirectional=True)
        self.norm = nn.LayerNorm(2 * hidden)
        self.head = nn.Linear(2 * hidden, 1)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        _, (last, _) = self.recurrent(windows)
        return self.head(self.norm(torch.cat([last[0], last[1]], dim=1)))


class BiLSTM(SequenceNetwork):
    """P(event) by two LSTMs, one in each direction, over the past window (Graves & Schmidhuber 2005).

    Both directions read only the window, which ends at the row's own session.
    """

    def _network(self, shape: tuple[int, ...]) -> Any:
        return _Network(shape[1], self.hidden)
