"""Today's candidates: every member of the last session, with confidence, prices, and what the past says about it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from mltrainer.data.panel import FloatArray, Panel
from mltrainer.evaluation.calibration import mirrored_loss
from mltrainer.evaluation.logistic import logit
from mltrainer.evaluation.support import supports_at, verdict
from mltrainer.settings.parts.candidates import Candidate, Driver, Support
from mltrainer.trials.confidence import Confidence
from mltrainer.trials.evaluate import Scored
from mltrainer.trials.labels import target_returns
from mltrainer.trials.walk import Walk

# Sessions of the median traded value and of the correlation, how many candidates are correlated, features named.
TRADED = 63
CORRELATED = 126
TOGETHER = 10
DRIVERS = 3


def rank_candidates(
    walk: Walk,
    said: Confidence,
    members: list[Confidence],
    volatility: Confidence,
    scored: Scored,
    intervals: tuple[FloatArray, FloatArray] | None,
) -> list[Candidate]:
    """Return all tickers scored today, the most confident first.

    Parameters
    ----------
    said
        The model, or the ensemble of several, that ranks.
    members
        The single models behind it; empty where ``said`` is one itself.
    volatility
        The volatility-only baseline.
    intervals
        80 % intervals of the return to the end of the horizon: both ends, (n_today,); None where too little is known.
    """
    evidence = _Evidence(walk, said, scored, intervals)
    order = np.lexsort((-said.today_score, -said.today_probability))
    together = _correlations(walk.panel, evidence.ticker[order[:TOGETHER]])
    return [
        Candidate(rank=rank, **_figures(evidence, int(place), members, volatility), correlation=together.get(rank))
        for rank, place in enumerate(order, start=1)
    ]


def _correlations(panel: Panel, columns: npt.NDArray[np.int32]) -> dict[int, float]:
    """Return the mean correlation of each of the first candidates with the others, by rank, where it is defined."""
    close = np.where(panel.barred, np.nan, panel.close)[-CORRELATED - 1 :, columns]
    returns = np.diff(np.log(close), axis=0)
    days = np.isfinite(returns).all(axis=1)
    if len(columns) < 2 or days.sum() < CORRELATED // 2:
        return {}
    with np.errstate(invalid="ignore"):
        found = np.corrcoef(returns[days].T)
    others = (found.sum(axis=1) - 1) / (len(columns) - 1)
    return {rank: float(one) for rank, one in enumerate(others, start=1) if np.isfinite(one)}


@dataclass(frozen=True)
class _Evidence:
    """Today's rows, and the calibrated out-of-sample rows with known outcome that speak about them."""

    walk: Walk
    said: Confidence
    scored: Scored
    intervals: tuple[FloatArray, FloatArray] | None

    @cached_property
    def today(self) -> npt.NDArray[np.int64]:
        last = len(self.walk.panel.sessions) - 1
        return np.arange(*self.walk.rows(last, last))

    @cached_property
    def ticker(self) -> npt.NDArray[np.int32]:
        return self.walk.matrices.ticker[self.today]

    @cached_property
    def close(self) -> FloatArray:
        return self.walk.panel.close[-1, self.ticker]

    @cached_property
    def judged(self) -> npt.NDArray[np.int64]:
        """Out-of-fold positions of the rows that were calibrated and whose outcome is known."""
        return self.scored.rows[self.said.calibrated[self.scored.rows]]

    @cached_property
    def past(self) -> tuple[FloatArray, FloatArray, npt.NDArray[np.int32]]:
        """Probability, event and date of the judged rows."""
        rows = self.judged + self.walk.first_row
        return self.said.probability[self.judged], self.walk.final.event[rows], self.walk.matrices.date[rows]

    @cached_property
    def supports(self) -> list[Support]:
        """Return what the past says at the level of each of today's confidences."""
        settings = self.walk.settings
        confidence, threshold = self.said.today_probability, settings.confidence_threshold
        return supports_at(confidence, threshold, *self.past, horizon_end=settings.horizon[1])

    def drivers(self, place: int) -> list[Driver]:
        """Return the features with the largest shares in one of today's scores; none where nothing is known."""
        if not self.said.drivers.size or not np.isfinite(self.said.drivers[place]).all():
            return []
        shares, values = self.said.drivers[place], self.values[place]
        first = np.argsort(-np.abs(shares), kind="stable")[:DRIVERS]
        names = self.walk.matrices.names
        return [
            Driver(
                feature=names[column],
                share=float(shares[column]),
                value=float(values[column]) if np.isfinite(values[column]) else None,
            )
            for column in first
        ]

    @cached_property
    def values(self) -> FloatArray:
        """Today's features, (n_today, n_features)."""
        return np.asarray(self.walk.matrices.tabular(self.today), dtype=np.float64)

    def feature(self, name: str, rows: npt.NDArray[np.int64]) -> FloatArray:
        return self.walk.matrices.tabular(rows, (name,))[:, 0].astype(np.float64)

    @cached_property
    def target(self) -> FloatArray:
        """Return to reach from the last close; NaN where the label has none, or measures it from another price."""
        settings, panel = self.walk.settings, self.walk.panel
        if settings.label not in ("hit", "hit_vol_scaled", "triple_barrier") or settings.entry != "close":
            return np.full(len(self.today), np.nan)
        target = target_returns(panel, settings, len(panel.sessions))
        return np.broadcast_to(target, panel.close.shape)[-1, self.ticker]

    @cached_property
    def down(self) -> FloatArray:
        """Probability of the loss that mirrors the event, NaN where the label has none or too little is known."""
        rows = self.judged + self.walk.first_row
        volatility, event = self.feature("log_vol_21", rows), self.walk.final.down[rows]
        usable = np.isfinite(volatility) & np.isfinite(event)
        if not usable.any():
            return np.full(len(self.today), np.nan)
        score = logit(self.said.score[self.judged])
        loss = mirrored_loss(score[usable], volatility[usable], event[usable])
        return loss.apply(logit(self.said.today_score), self.feature("log_vol_21", self.today))


def _figures(evidence: _Evidence, place: int, members: list[Confidence], volatility: Confidence) -> dict[str, Any]:
    said, settings, panel = evidence.said, evidence.walk.settings, evidence.walk.panel
    close, confidence = float(evidence.close[place]), float(said.today_probability[place])
    expected = float(said.today_expected[place])
    column = int(evidence.ticker[place])
    horizon_end, threshold = settings.horizon[1], settings.confidence_threshold
    figures: dict[str, Any] = {
        "ticker": panel.tickers[column],
        "score": float(said.today_score[place]),
        "confidence": confidence,
        "calibrated": said.today_calibrated,
        "expected_return": expected,
        "last_close": close,
        "horizon": settings.horizon,
        "confidence_volatility_only": float(volatility.today_probability[place]),
        "support": evidence.supports[place],
        "verdict": verdict(confidence, threshold, *evidence.past, horizon_end=horizon_end),
        "by_model": {one.model: float(one.today_probability[place]) for one in members or [said]},
    }
    if not np.isnan(evidence.target[place]):
        figures["target_price"] = close * (1 + float(evidence.target[place]))
    if panel.sectors and panel.sectors[column]:
        figures["sector"] = panel.sectors[column]
    traded = panel.close[-TRADED:, column] * panel.volume[-TRADED:, column]
    if np.isfinite(traded).any():
        figures["dollar_volume"] = float(np.nanmedian(traded))
    if drivers := evidence.drivers(place):
        figures["drivers"] = drivers
    entry = close * (1 + expected) / (1 + 2 * settings.cost_bps / 10_000)
    if entry >= close:
        figures["max_entry"] = entry
    if not np.isnan(evidence.down[place]):
        figures["probability_down"] = float(evidence.down[place])
    if evidence.intervals and np.isfinite(evidence.intervals[0][place]):
        low, high = (float(end[place]) for end in evidence.intervals)
        figures |= {"interval": (low, high), "stop_loss": close * (1 + low)}
    return figures
