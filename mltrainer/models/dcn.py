"""Deep and cross network."""

from typing import Any

import torch
from torch import nn

from mltrainer.models.tabular_network import TabularNetwork


class _Network(nn.Module):
    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        self.cross = nn.ModuleList(nn.Linear(features, features) for _ in range(2))
        self.deep = nn.Sequential(
            nn.Linear(features, hidden), nn.ReLU(), nn.Dropout(0.2), nn.Linear(hidden, hidden // 2), nn.ReLU()
        )
        self.head = nn.Linear(features + hidden // 2, 1)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        crossed = rows
        for layer in self.cross:
            crossed = rows * layer(crossed) + crossed
        return self.head(torch.cat([crossed, self.deep(rows)], dim=1))


class DeepCross(TabularNetwork):
    """P(event) by layers that multiply features with each other, beside a deep network (Wang et al. 2021, DCN-v2)."""

    def _network(self, shape: tuple[int, ...]) -> Any:
        return _Network(shape[0], self.hidden)
