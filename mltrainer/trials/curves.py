"""What a trial looked like over time, for plots: a small file beside its predictions."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from mltrainer.data.panel import DateArray, FloatArray
from mltrainer.evaluation.by_date import group_dates, rank_correlation
from mltrainer.regime.score import RegimeHistory, label_of
from mltrainer.store.whole import whole_file
from mltrainer.trials.confidence import Confidence
from mltrainer.trials.evaluate import MARKET, Scored, first_entry, market_returns
from mltrainer.trials.kept_values import load_json, save_json
from mltrainer.trials.walk import Walk

FILE = "curves.json"


Series = list[float | None]


def rank_ic_of(said: Confidence, scored: Scored, kept: Path | None) -> Series:
    """Return the rank IC of a model by date, (n_dates,), as ``kept`` has it or to be kept there."""
    found = load_json(kept) if kept else None
    if found is None:
        by_date = rank_correlation(said.expected_return[scored.rows], scored.realized, group_dates(scored.date))
        found = {"rank_ic": _listed(by_date)}
        if kept:
            save_json(kept, found)
    series: Series = found["rank_ic"]
    return series


def curves_of(walk: Walk, scored: Scored, rank_ic: dict[str, Series], daily: dict[str, FloatArray]) -> dict[str, Any]:
    """Return rank IC and daily returns by date, and where the folds lie.

    Parameters
    ----------
    rank_ic
        Of the models and baselines to show, (n_dates,) each.
    daily
        Daily net returns of their picks from the first entry on, (n_days,) each.

    Returns
    -------
    curves
        ``skill`` and ``worth`` have ``dates`` and, by model, ``rank_ic`` and ``returns``; a value that is not defined
        is null. ``folds`` has the sessions ``train_end``, ``test_start`` and ``test_end`` of each.
    """
    sessions = walk.panel.sessions
    dates = group_dates(scored.date)
    first = first_entry(walk)
    days = max(map(len, daily.values()))
    returns = {name: _listed(values) for name, values in daily.items()}
    return {
        "skill": {"dates": _days(sessions[dates.days]), "rank_ic": rank_ic},
        "worth": {
            "dates": _days(sessions[first : first + days]),
            "returns": returns | {MARKET: _listed(market_returns(walk, days))},
        },
        "folds": [
            {
                "train_end": str(sessions[fold.train_end]),
                "test_start": str(sessions[fold.test_start]),
                "test_end": str(sessions[fold.test_stop - 1]),
            }
            for fold in walk.folds
        ],
    }


def regime_curve(history: RegimeHistory) -> dict[str, Any]:
    """Return score and label of the regime by session, from the first one that has a score."""
    known = np.isfinite(history.score)
    scores = history.score[known]
    labels = [label_of(score) for score in scores.tolist()]
    return {"dates": _days(history.sessions[known]), "score": _listed(scores), "label": labels}


def save(folder: Path, **curves: Any) -> None:
    """Add curves to those of a trial, all or nothing."""
    path = folder / FILE
    stored = json.loads(path.read_text()) if path.is_file() else {}
    with whole_file(path) as file:
        file.write(json.dumps(stored | curves, separators=(",", ":")).encode())


def _listed(values: FloatArray) -> Series:
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in values.tolist()]


def _days(days: DateArray) -> list[str]:
    return [str(day) for day in days]
