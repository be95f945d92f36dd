"""Deep and cross network."""

from typing import Any

import torch
from torch import nn

from mltrainer.models.tabular_network import TabularNetwork

# Directions in which features are multiplied with each other; with all of them the network learns days by heart.
_RANK = 8


class _Network(nn.Module):
    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        # Products of large values are larger still: each row is brought to one size first.
        self.norm = nn.LayerNorm(features)
        self.cross = nn.ModuleList(
            nn.Sequential(nn.Linear(features, _RANK, bias=False), nn.Linear(_RANK, features)) for _ in range(2)
        )
        self.deep = nn.Sequential(
            nn.Linear(features, hidden), nn.ReLU(), nn.Dropout(0.5), nn.Linear(hidden, hidden // 2), nn.ReLU()
        )
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(features + hidden // 2, 1)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        rows = self.norm(rows)
        crossed = rows
        for layer in self.cross:
            crossed = rows * layer(crossed) + crossed
        return self.head(self.drop(torch.cat([crossed, self.deep(rows)], dim=1)))


class DeepCross(TabularNetwork):
    """P(event) by low-rank layers that multiply features with each other, beside a deep network (Wang et al. 2021)."""

    def __init__(
        self,
        hidden: int = 64,
        epochs: int = 5,
        max_rows: int = 200_000,
        learning_rate: float = 0.001,
        random_state: int = 0,
    ) -> None:
        super().__init__(hidden, epochs, max_rows, learning_rate, random_state)

    def _network(self, shape: tuple[int, ...]) -> Any:
        return _Network(shape[0], self.hidden)
