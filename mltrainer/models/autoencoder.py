"""Autoencoder with a head."""

from typing import Any

import torch
from torch import nn

from mltrainer.models.tabular_network import TabularNetwork

# How much giving the features back counts beside the event.
_BACK = 0.1


class _Network(nn.Module):
    def __init__(self, features: int, hidden: int) -> None:
        super().__init__()
        code = max(hidden // 4, 2)
        self.encoder = nn.Sequential(
            nn.Dropout(0.1), nn.Linear(features, hidden), nn.SiLU(), nn.Linear(hidden, code), nn.SiLU()
        )
        self.decoder = nn.Sequential(nn.Linear(code, hidden), nn.SiLU(), nn.Linear(hidden, features))
        self.body = nn.Sequential(nn.Linear(code, hidden), nn.SiLU(), nn.Dropout(0.2))
        self.head = nn.Linear(hidden, 1)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(self.encoder(rows)))


class AutoencoderHead(TabularNetwork):
    """P(event) from a narrow code that must also give the features back (Vincent et al. 2008, denoising)."""

    def _network(self, shape: tuple[int, ...]) -> Any:
        return _Network(shape[0], self.hidden)

    def _loss(self, network: Any, rows: torch.Tensor, event: torch.Tensor) -> torch.Tensor:
        code = network.encoder(rows)
        odds = network.head(network.body(code)).squeeze(1)
        back = nn.functional.mse_loss(network.decoder(code), rows)
        return nn.functional.binary_cross_entropy_with_logits(odds, event) + _BACK * back
