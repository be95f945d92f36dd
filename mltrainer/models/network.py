"""What all neural networks share: how they are trained and how they score."""

import copy
from abc import abstractmethod
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from torch import nn

from mltrainer.models.blocks import score_in_blocks
from mltrainer.models.device import CPU, Device, choose_device
from mltrainer.models.sampling import spread_rows

# The last tenth of the dates decides when to stop, where it has rows enough to tell.
_HELD, _FEWEST_HELD = 0.1, 200
# Passes without a lower loss after which training stops.
_PATIENCE = 2
# On few rows, smaller batches: fewer steps than these a pass would leave a network where it began.
_STEPS = 25


class RowArray(Protocol):
    """Rows or windows of rows that are cut when they are asked for; an array will do as well."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Any) -> npt.NDArray[np.float32]: ...


class NetworkClassifier(ClassifierMixin, BaseEstimator):
    """P(event) by a neural network that is trained on the log loss until the latest past stops getting better.

    A network is a module with a last layer ``head`` that maps rows to log odds, (n_rows,) or one for each member of it,
    (n_rows, n_members).
    """

    epochs: int
    learning_rate: float
    random_state: int

    @abstractmethod
    def _network(self, shape: tuple[int, ...]) -> Any:
        """Return the untrained network for rows of this shape: (n_features,) or (length, n_channels)."""

    @abstractmethod
    def _most_rows(self) -> int:
        """Return the most rows to learn from."""

    def _loss(self, network: Any, rows: torch.Tensor, event: torch.Tensor) -> torch.Tensor:
        """Return the mean log loss; that of members is the mean of theirs, so that they stay different."""
        odds = network(rows).reshape(len(event), -1)
        return nn.functional.binary_cross_entropy_with_logits(odds, event[:, None].expand_as(odds))

    def _prepare(self, X: Any) -> npt.NDArray[np.float32]:
        """Return what the network reads."""
        return X

    def fit(self, X: RowArray, y: npt.NDArray[np.float64], dates: npt.NDArray[np.int32], ahead: int) -> Self:
        """Fit.

        Parameters
        ----------
        X
            Rows (n_rows, ...) in order of date.
        y
            0 or 1, (n_rows,).
        dates
            Session of each row, (n_rows,).
        ahead
            Sessions after a row that its label looks at; so many are left out before the dates that decide when to
            stop.

        Raises
        ------
        ValueError
            If the rows hold one class only.
        """
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError("the training rows hold one class only")
        device = choose_device()
        self.device_ = device.name
        torch.set_num_threads(1)
        # Some steps of recurrent networks have no deterministic form on a GPU.
        torch.use_deterministic_algorithms(device == CPU)
        # The generator that draws the first weights, and what is dropped, is the global one.
        torch.manual_seed(self.random_state)
        random = np.random.default_rng(self.random_state)
        rows = spread_rows(len(y), self._most_rows(), random)
        learned, held = _hold_out(rows, dates, ahead)
        self._learn(X, learned)
        self.shape_ = self._prepare(X[learned[:1]]).shape[1:]
        self.network_ = self._network(self.shape_)
        # Starting from the base rate spares the first steps that would only learn it.
        rate = float(np.clip(y[learned].mean(), 1e-4, 1 - 1e-4))
        nn.init.constant_(self.network_.head.bias, float(np.log(rate / (1 - rate))))
        self.network_.to(device.torch_device)
        self._train(X, y, learned, held, random, device)
        return self

    def restore(self, shape: tuple[int, ...], weights: dict[str, torch.Tensor]) -> None:
        """Take over the weights of a network that was fitted on rows of this shape."""
        self.classes_ = np.array([0.0, 1.0])
        self.shape_ = shape
        device = choose_device()
        self.device_ = device.name
        self.network_ = self._network(shape)
        self.network_.load_state_dict(weights)
        self.network_.to(device.torch_device)

    def _learn(self, X: RowArray, rows: npt.NDArray[np.int64]) -> None:
        """Learn what preparing rows needs, from the rows that are trained on."""

    def _train(
        self,
        X: RowArray,
        y: npt.NDArray[np.float64],
        learned: npt.NDArray[np.int64],
        held: npt.NDArray[np.int64],
        random: np.random.Generator,
        device: Device,
    ) -> None:
        optimizer = torch.optim.AdamW(self.network_.parameters(), lr=self.learning_rate, weight_decay=0.01)
        batches = max(len(learned) // device.batch, min(_STEPS, len(learned) // 32), 1)
        best, best_loss, waited = None, np.inf, 0
        for _ in range(self.epochs):
            self.network_.train()
            for rows in np.array_split(random.permutation(learned), batches):
                optimizer.zero_grad()
                event = torch.from_numpy(y[rows].astype(np.float32)).to(device.torch_device)
                seen = torch.from_numpy(self._prepare(X[rows])).to(device.torch_device)
                with device.mixed():
                    loss_of_batch = self._loss(self.network_, seen, event)
                loss_of_batch.backward()
                nn.utils.clip_grad_norm_(self.network_.parameters(), 1.0)
                optimizer.step()
            if not len(held):
                continue
            loss = _log_loss(self.predict_proba(_Some(X, held))[:, 1], y[held])
            if loss < best_loss:
                best, best_loss, waited = copy.deepcopy(self.network_.state_dict()), loss, 0
            elif (waited := waited + 1) >= _PATIENCE:
                break
        if best is not None:
            self.network_.load_state_dict(best)
        self.network_.eval()

    def predict_proba(self, X: RowArray) -> npt.NDArray[np.float64]:
        """Return probabilities (n_rows, 2); a row's does not depend on how many rows follow."""
        self.network_.eval()
        with torch.inference_mode():
            event = score_in_blocks(self._score, X, choose_device().batch)
        # Single precision would round what is nearly sure to 0 or 1.
        event = np.clip(event, 1e-6, 1 - 1e-6)
        return np.column_stack([1 - event, event])

    def _score(self, part: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        rows = torch.from_numpy(self._prepare(part)).to(choose_device().torch_device)
        odds = self.network_(rows).reshape(len(part), -1)
        return torch.sigmoid(odds.double()).mean(dim=1).cpu().numpy()

    def predict(self, X: RowArray) -> npt.NDArray[np.float64]:
        """Return the more probable class (n_rows,)."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class _Some:
    """Some of the rows, cut when they are asked for."""

    def __init__(self, X: RowArray, rows: npt.NDArray[np.int64]) -> None:
        self.X = X
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, rows: Any) -> npt.NDArray[np.float32]:
        return self.X[self.rows[rows]]


def _hold_out(
    rows: npt.NDArray[np.int64], dates: npt.NDArray[np.int32], ahead: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the rows to learn from and those of the last dates, with no label of the first looking into the last."""
    first, last = int(dates[rows[0]]), int(dates[rows[-1]])
    start = last - int(_HELD * (last - first + 1)) + 1
    learned, held = rows[dates[rows] + ahead < start], rows[dates[rows] >= start]
    if len(held) < _FEWEST_HELD or len(learned) < len(rows) / 2:
        return rows, rows[:0]
    return learned, held


def _log_loss(probability: npt.NDArray[np.float64], event: npt.NDArray[np.float64]) -> float:
    return float(-np.mean(np.log(np.where(event == 1, probability, 1 - probability))))
