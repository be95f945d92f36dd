"""Simulated markets with known truth, laid out for one fit of any model."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from mltrainer.data.load import load_panel
from mltrainer.data.universe import membership
from mltrainer.models.target_event import TargetEvent
from mltrainer.settings.parameters import Settings
from mltrainer.settings.request import DataRequest, Simulation
from mltrainer.trials.fit_task import FitResult, FitTask
from mltrainer.trials.fitting import run_fit
from mltrainer.trials.labels import as_training_labels, outcomes, returns_to_learn
from mltrainer.trials.matrices import prepare


@dataclass(frozen=True)
class Market:
    """A market on disk: train on the first part, score the rest, with a gap of a horizon between them."""

    folder: Path
    train: tuple[int, int]
    test: tuple[int, int]
    event: np.ndarray
    label: TargetEvent

    def fit(self, model: str) -> FitResult:
        return run_fit(
            FitTask(
                model=model,
                params=(),
                seed=5,
                folder=str(self.folder),
                known=str(self.folder),
                fold=0,
                train=self.train,
                tail=None,
                test=self.test,
                event=self.label,
            )
        )

    def auc(self, result: FitResult) -> float:
        """Return the area under the curve over the test rows whose outcome is known."""
        event = self.event[slice(*self.test)]
        known = np.isfinite(event)
        return float(roc_auc_score(event[known], result.test[known]))


def build(place: Path, *, tickers: int, sessions: int, signal_ic: float, label: str, seed: int) -> Market:
    """Simulate a market and write what a fit reads; two thirds of the sessions are trained on."""
    request = DataRequest(
        source="simulated",
        simulation=Simulation(tickers=tickers, sessions=sessions, signal_ic=signal_ic),
        seed=seed,
    )
    panel = load_panel(request)
    settings = Settings(label=label, universe="all")
    member, _ = membership(panel, "all")
    cache, scratch = place / "cache", place / "scratch"
    for folder in (cache, scratch):
        folder.mkdir(parents=True)
    matrices, _ = prepare(panel, member, cache, scratch, sequences=True)
    found = outcomes(panel, member, matrices, settings, len(panel.sessions))
    np.save(matrices.folder / "labels.npy", as_training_labels(found.event)[None, :])
    np.save(matrices.folder / "returns.npy", returns_to_learn(found.realized, matrices.date, settings)[None, :])
    ahead = settings.horizon[1]
    split = 2 * len(panel.sessions) // 3
    train = 0, matrices.rows_before(split - ahead)
    test = matrices.rows_before(split), len(matrices.date)
    return Market(matrices.folder, train, test, found.event, TargetEvent.of(settings))
