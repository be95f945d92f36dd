"""A small market on disk and trials on it, the way the worker runs them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from mltrainer.data.simulated import simulate
from mltrainer.settings.parameters import Settings
from mltrainer.settings.request import Simulation
from mltrainer.trials.predictions import FILE
from mltrainer.trials.requests import answer

KEYS = ["date", "ticker", "model"]


@dataclass(frozen=True)
class Outcome:
    """What a trial gave: its document, its predictions, what it tried, its request and its comparison."""

    document: dict[str, Any]
    predictions: pd.DataFrame
    answer: dict[str, Any]
    request: dict[str, Any]
    progress: list[dict[str, Any]]


def bars(tickers: int, sessions: int, *, signal_ic: float = 0.1, seed: int = 5) -> pd.DataFrame:
    """Return simulated bars as a file has them."""
    raw = simulate(Simulation(tickers=tickers, sessions=sessions, signal_ic=signal_ic), seed).raw
    return pd.DataFrame(
        {
            "date": raw.dates,
            "ticker": [raw.tickers[code] for code in raw.codes],
            "open": raw.open,
            "high": raw.high,
            "low": raw.low,
            "close": raw.close,
            "volume": raw.volume,
        }
    )


def run_trial(
    frame: pd.DataFrame | None,
    place: Path,
    *,
    action: str = "momentum_screening",
    home: Path | None = None,
    workers: int = 0,
    arguments: dict[str, Any] | None = None,
    data: dict[str, Any] | None = None,
    name: str = "T1",
    progress: Callable[..., object] | None = None,
    **fields: Any,
) -> Outcome:
    """Run a trial on bars that are written to a file first, or on the data of a request."""
    home = home or place / "home"
    if frame is not None:
        place.mkdir(parents=True, exist_ok=True)
        path = place / "bars.parquet"
        frame.to_parquet(path, index=False)
        data = {"source": "files", "data": str(path)}
    request = {
        "kind": "trial",
        "action": action,
        "trial_id": name,
        "arguments": small() if arguments is None else arguments,
        "defaulted": [],
        "data": data,
        "home": str(home),
        "folder": str(home / "trials" / name),
        "workers": workers,
        "tried": [],
    } | fields
    steps: list[dict[str, Any]] = []
    found = answer(request, progress or (lambda **step: steps.append(step)))
    file = Path(request["folder"]) / FILE
    predictions = pd.read_parquet(file) if file.is_file() else pd.DataFrame()
    return Outcome(found["document"], predictions, found, request, steps)


def small(**changes: Any) -> dict[str, Any]:
    """Return settings of a trial that ends in seconds: two quick models, an early first block."""
    quick = {
        "models": ("logistic_regression", "lightgbm"),
        "model_params": {"lightgbm": {"n_estimators": 10}},
        "universe": "all",
        "initial_train": 126,
        "target_return": 0.03,
        "top_k": 5,
    }
    return Settings.model_validate(quick | changes).model_dump(mode="json")
