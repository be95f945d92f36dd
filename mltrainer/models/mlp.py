"""Multi-layer perceptron."""

from typing import Any

import torch
from torch import nn

from mltrainer.models.tabular_network import TabularNetwork


class _Network(nn.Module):
    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for before, after in ((features, 2 * hidden), (2 * hidden, hidden)):
            layers += [nn.Linear(before, after), nn.BatchNorm1d(after), nn.SiLU(), nn.Dropout(0.2)]
        self.body = nn.Sequential(*layers)
        self.head = nn.Linear(hidden, 1)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(rows))


class MLP(TabularNetwork):
    """P(event) by two layers with batch normalisation and dropout (Rumelhart, Hinton & Williams 1986)."""

    def _network(self, shape: tuple[int, ...]) -> Any:
        return _Network(shape[0], self.hidden)
