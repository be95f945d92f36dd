"""Long short-term memory network on the past sessions of a ticker."""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from torch import nn

# Windows of one batch when scoring.
_SCORED = 1024


class WindowArray(Protocol):
    """Windows (n_rows, length, n_channels) that are cut when they are asked for; an array will do as well."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Any) -> npt.NDArray[np.float32]: ...


class _Network(nn.Module):
    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.recurrent = nn.LSTM(channels, hidden, batch_first=True)
        self.norm = nn.LayerNorm(hidden)
        self.head = nn.Linear(hidden, 1)

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        states, _ = self.recurrent(windows)
        return self.head(self.norm(states[:, -1])).squeeze(-1)


class LSTMModel(ClassifierMixin, BaseEstimator):
    """P(event) by an LSTM (Hochreiter & Schmidhuber 1997) with a logistic head.

    Parameters
    ----------
    hidden
        Units of the hidden state.
    epochs
        Most passes over the training windows.
    max_windows
        Training windows; where there are more, evenly spaced blocks of rows in order of date are drawn.
    batch
        Windows of one step.
    """

    def __init__(
        self,
        hidden: int = 32,
        epochs: int = 3,
        max_windows: int = 60_000,
        batch: int = 1024,
        learning_rate: float = 0.003,
        random_state: int = 0,
    ) -> None:
        self.hidden = hidden
        self.epochs = epochs
        self.max_windows = max_windows
        self.batch = batch
        self.learning_rate = learning_rate
        self.random_state = random_state

    def fit(self, X: WindowArray, y: npt.NDArray[np.float64]) -> "LSTMModel":
        """Fit on windows ``X`` (n_rows, length, n_channels) in order of date and ``y`` (n_rows,) of 0 and 1."""
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError("the training rows hold one class only")
        torch.set_num_threads(1)
        torch.use_deterministic_algorithms(True)
        # The generator that draws the first weights is the global one.
        torch.manual_seed(self.random_state)
        random = np.random.default_rng(self.random_state)
        rows = self._sample(len(y), random)
        self.network_ = _Network(X[rows[:1]].shape[2], self.hidden)
        # Starting from the base rate spares the first steps that would only learn it.
        rate = float(np.clip(y[rows].mean(), 1e-4, 1 - 1e-4))
        nn.init.constant_(self.network_.head.bias, float(np.log(rate / (1 - rate))))
        optimizer = torch.optim.AdamW(self.network_.parameters(), lr=self.learning_rate, weight_decay=0.01)
        loss = nn.BCEWithLogitsLoss()
        for _ in range(self.epochs):
            self.network_.train()
            for chosen in np.array_split(random.permutation(rows), max(1, len(rows) // self.batch)):
                optimizer.zero_grad()
                target = torch.from_numpy(y[chosen].astype(np.float32))
                loss(self.network_(torch.from_numpy(X[chosen])), target).backward()
                nn.utils.clip_grad_norm_(self.network_.parameters(), 1.0)
                optimizer.step()
        return self

    def predict_proba(self, X: WindowArray) -> npt.NDArray[np.float64]:
        """Return probabilities (n_rows, 2); a row's does not depend on how many rows follow."""
        self.network_.eval()
        parts = []
        with torch.inference_mode():
            for start in range(0, len(X), _SCORED):
                # Matrix products round by the size of the batch: the last one is filled up with its last row.
                rows = np.minimum(np.arange(start, start + _SCORED), len(X) - 1)
                parts.append(torch.sigmoid(self.network_(torch.from_numpy(X[rows]))).double().numpy())
        event = np.concatenate(parts)[: len(X)] if parts else np.empty(0)
        return np.column_stack([1 - event, event])

    def predict(self, X: WindowArray) -> npt.NDArray[np.float64]:
        """Return the more probable class (n_rows,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _sample(self, count: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
        """Draw at most ``max_windows`` rows, spread evenly over time: one of each stride, at a random place in it."""
        if count <= self.max_windows:
            return np.arange(count)
        edges = np.linspace(0, count, self.max_windows + 1).astype(np.int64)
        return edges[:-1] + random.integers(0, np.maximum(np.diff(edges), 1))
