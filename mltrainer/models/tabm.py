"""TabM."""

from typing import Any

import torch
from torch import nn

from mltrainer.models.tabular_network import TabularNetwork

_MEMBERS = 8


class _Heads(nn.Module):
    """A last layer for each member."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(_MEMBERS, hidden) / hidden**0.5)
        self.bias = nn.Parameter(torch.zeros(_MEMBERS))

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return (rows * self.weight).sum(dim=2) + self.bias


class _Network(nn.Module):
    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        signs = torch.randint(0, 2, (_MEMBERS, features)).float() * 2 - 1
        self.scale = nn.Parameter(signs)
        self.body = nn.Sequential(
            nn.Linear(features, hidden),
            nn.ReLU(),
            nn.Dropout(0.1),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Dropout(0.1),
        )
        self.head = _Heads(hidden)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(rows[:, None, :] * self.scale))


class TabM(TabularNetwork):
    """P(event) by one network that imitates an ensemble of eight (Gorishniy et al. 2025, TabM-mini).

    The members share all weights but a sign for each feature and their last layer.
    """

    def _network(self, shape: tuple[int, ...]) -> Any:
        return _Network(shape[0], self.hidden)
