"""The figures of a trial: every metric from the out-of-sample rows whose outcome is known."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import FloatArray, Panel
from mltrainer.evaluation.bootstrap import intervals, pick_intervals, sharpe_interval
from mltrainer.evaluation.by_date import picking_order
from mltrainer.evaluation.metrics import daily_figures, evaluate, picks, picks_by_date
from mltrainer.evaluation.portfolio import Track, buy_and_hold, hold_picks, performance
from mltrainer.models.registry import MODELS, members_of
from mltrainer.settings.parameters import Settings
from mltrainer.settings.parts.evaluation import Benchmark, EvaluationRow
from mltrainer.trials.confidence import Confidence
from mltrainer.trials.kept_values import load_json, save_json
from mltrainer.trials.walk import Walk

BASE_RATE = "base_rate"
SPY = "SPY"
# The universe that the picks are taken from, each ticker with the same weight every day, without costs.
MARKET = "equal_weight"


@dataclass(frozen=True)
class Scored:
    """The out-of-sample rows whose outcome is known: their positions among the out-of-fold rows, and what happened."""

    rows: npt.NDArray[np.int64]
    date: npt.NDArray[np.int32]
    event: FloatArray
    realized: FloatArray


def scored_rows(walk: Walk) -> Scored:
    """Return the rows that every model of the trial is judged on."""
    oof = slice(walk.first_row, walk.stop_row)
    event = walk.final.event[oof]
    rows = np.flatnonzero(~np.isnan(event))
    return Scored(rows, walk.matrices.date[oof][rows], event[rows], walk.final.realized[oof][rows])


def evaluation_row(
    walk: Walk, said: Confidence, base: Confidence, scored: Scored, kept: Path | None = None
) -> tuple[EvaluationRow, FloatArray]:
    """Return the figures of one model, and the daily net returns of its picks (n_days,).

    Parameters
    ----------
    base
        What always saying the base rate would have shown; skill is measured against it.
    kept
        Where the figures lie, or are to be kept, that do not depend on the picks and their costs.
    """
    settings = walk.settings
    found = load_json(kept) if kept else None
    if found is None:
        inputs: dict[str, Any] = {
            "date": scored.date,
            "probability": said.probability[scored.rows],
            "expected_return": said.expected_return[scored.rows],
            "event": scored.event,
            "realized": scored.realized,
            "top_k": None,
            "horizon_end": settings.horizon[1],
            "train_base_rate": base.probability[scored.rows],
        }
        inputs["daily"] = daily_figures(
            *(inputs[name] for name in ("date", "probability", "expected_return", "event", "realized"))
        )
        found = {"figures": evaluate(**inputs), "intervals": intervals(**inputs, seed=settings.seed)}
        if kept:
            save_json(kept, found)
    order = picking_order(said.probability, said.score)
    by_date = picks_by_date(scored.date, order[scored.rows], scored.event, scored.realized, top_k=settings.top_k)
    bounds = pick_intervals(by_date, horizon_end=settings.horizon[1], seed=settings.seed)
    track = follow(walk, order)
    row = EvaluationRow(
        model=said.model,
        folds=len(walk.folds),
        fits=said.fits,
        train_rows=said.train_rows[:-1],
        test_rows=len(scored.rows),
        test_dates=len(np.unique(scored.date)),
        calibrated_share=float(said.calibrated[scored.rows].mean()),
        calibrator=said.calibrator,
        intervals=found["intervals"] | bounds | _sharpe_interval(track.returns, settings),
        portfolio=track.figures,
        params=_params(walk, said.model),
        seconds=round(said.seconds, 3),
        **(found["figures"] | picks(by_date)),
    )
    return row, track.returns


def base_rate_says(walk: Walk) -> Confidence:
    """Return what always saying how often the event had happened so far would have shown."""
    rates = np.empty(walk.stop_row - walk.first_row)
    for position, block in enumerate(walk.blocks[:-1]):
        first, stop = walk.rows(block.fold.train_start, block.fold.train_end)
        start, end = walk.rows(block.fold.test_start, block.fold.test_stop - 1)
        rates[start - walk.first_row : end - walk.first_row] = np.nanmean(walk.known(position).event[first:stop])
    today = len(walk.matrices.date) - walk.matrices.rows_before(len(walk.panel.sessions) - 1)
    now = np.full(today, np.nanmean(walk.final.event))
    return Confidence(
        model=BASE_RATE,
        score=rates,
        probability=rates,
        expected_return=np.full(len(rates), np.nan),
        calibrated=np.zeros(len(rates), dtype=bool),
        tails=[],
        today_score=now,
        today_probability=now,
        today_expected=np.full(today, np.nan),
        today_calibrated=False,
        calibrator="uncalibrated",
    )


def base_rate_row(walk: Walk, base: Confidence, scored: Scored) -> EvaluationRow:
    """Return the figures of always saying the base rate."""
    said = base.probability[scored.rows]
    figures = evaluate(
        date=scored.date,
        probability=said,
        expected_return=np.zeros(len(said)),
        event=scored.event,
        realized=scored.realized,
        top_k=walk.settings.top_k,
        horizon_end=walk.settings.horizon[1],
        train_base_rate=said,
    )
    # A constant cannot rank: what the tie-breaking would make of it is no figure.
    kept = ("base_rate", "brier", "log_loss", "ece", "highest_probability")
    return EvaluationRow(
        model=BASE_RATE,
        folds=len(walk.folds),
        fits=0,
        train_rows=[],
        test_rows=len(said),
        test_dates=len(np.unique(scored.date)),
        calibrated_share=0.0,
        **{key: figures[key] for key in kept if key in figures},
    )


def follow(walk: Walk, score: FloatArray) -> Track:
    """Follow the highest scores of every out-of-fold date that is evaluated, with the costs of the settings."""
    panel, settings = walk.panel, walk.settings
    oof, seen = slice(walk.first_row, walk.stop_row), slice(None, walk.evaluated)
    close, void = panel.close[seen], panel.void[seen]
    return hold_picks(
        date=walk.matrices.date[oof],
        column=walk.matrices.ticker[oof],
        score=score,
        open_=_entry_prices(panel)[seen],
        close=close,
        top_k=settings.top_k,
        horizon_end=settings.horizon[1],
        cost_bps=settings.cost_bps,
        half_spread=walk.half_spread,
        # A bar that is missing is carried over; one that stands there wrongly ends the pick the day before.
        void=void & np.isfinite(close),
    )


def _entry_prices(panel: Panel) -> FloatArray:
    """Return what is paid on the day after the decision: the open, or the close where the data have no opens."""
    return panel.close if "open" in panel.absent else panel.open


def benchmarks(walk: Walk, days: int) -> tuple[list[Benchmark], FloatArray]:
    """Return what takes no model, over the ``days`` of the picks, and the daily returns of the first, (n_days,).

    ``equal_weight`` holds every member in equal parts and pays nothing: a hurdle that no model may take credit for.
    ``buy_and_hold_spy`` buys SPY on the first day and keeps it, where SPY is among the tickers of the data.
    """
    panel, settings = walk.panel, walk.settings
    everything = market_returns(walk, days)
    found = [_benchmark(MARKET, everything, settings)]
    if SPY in panel.tickers:
        column, first = panel.tickers.index(SPY), first_entry(walk)
        own, cost = slice(None, first + days), settings.cost_bps / 10_000
        held = buy_and_hold(_entry_prices(panel)[own, column], panel.close[own, column], first=first, cost=cost)
        found.append(_benchmark("buy_and_hold_spy", held, settings))
    return found, everything


def first_entry(walk: Walk) -> int:
    """Return the session on which the first picks are bought: the one after the first decision."""
    return int(walk.matrices.date[walk.first_row]) + 1


def market_returns(walk: Walk, days: int) -> FloatArray:
    """Return the mean simple return of yesterday's members on each day from the first entry on, (days,)."""
    panel, day = walk.panel, np.arange(first_entry(walk), first_entry(walk) + days)
    change = panel.close[day] / panel.close[day - 1] - 1
    counted = walk.member[day - 1] & ~panel.void[day] & np.isfinite(change)
    return np.where(counted, change, 0.0).sum(axis=1) / np.maximum(counted.sum(axis=1), 1)


def _benchmark(name: str, returns: FloatArray, settings: Settings) -> Benchmark:
    return Benchmark(name=name, portfolio=performance(returns), intervals=_sharpe_interval(returns, settings))


def _sharpe_interval(returns: FloatArray, settings: Settings) -> dict[str, tuple[float, float]]:
    found = sharpe_interval(returns, mean_block=2 * settings.horizon[1], seed=settings.seed)
    return {"sharpe": found} if found else {}


def _params(walk: Walk, model: str) -> dict[str, Any]:
    """Return the parameters that a model ran with, stated or default."""
    used: dict[str, Any] = {}
    for member in members_of(model):
        if member in MODELS:
            defaults = {key: param.default for key, param in MODELS[member].params.items()}
            mine = defaults | walk.settings.model_params.get(member, {})
            used |= {member: mine} if model != member else mine
    return used
