"""What may come of one candidate: its outcomes in similar situations, and how they change with what is asked."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from mltrainer.data.panel import FloatArray, Panel
from mltrainer.evaluation.effective import effective_size, wilson
from mltrainer.evaluation.outlook import anchored, nearest, outcomes_with_stop, paths_after, ruin, surface
from mltrainer.settings.parameters import Settings
from mltrainer.trials.matrices import Matrices

# How many past predictions of about the same confidence say how the outcome is spread.
SIMILAR = 2000
LOOKALIKES = 50
SHOWN = 10
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
STOPS = (0.05, 0.1, None)
SIZES = (0.1, 0.25, 0.5, 1.0)
VOLATILITY_SESSIONS = 21
# Shares of the target that the surface shows, and the place of the screening's own horizon and target in it.
TARGETS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
ASKED = (1, 2)


@dataclass(frozen=True)
class Past:
    """The predictions of the ranking model whose outcome is known, and the bars that tell what followed.

    Parameters
    ----------
    known
        ``session``, ``column``, ``probability``, ``outcome``, ``realized_return`` of each, in order of session.
    matrices
        What the models saw; None where the data are others now.
    labels
        The regime's label on each session, empty where there was none.
    """

    panel: Panel
    settings: Settings
    known: pd.DataFrame
    matrices: Matrices | None
    labels: list[str]

    @cached_property
    def volatility(self) -> FloatArray:
        """Return the standard deviation of the last 21 daily log returns, (n_dates, n_tickers)."""
        import bottleneck as bn

        close = np.where(self.panel.barred, np.nan, self.panel.close)
        returns = np.diff(np.log(close), axis=0, prepend=np.nan)
        found: FloatArray = bn.move_std(returns, VOLATILITY_SESSIONS, min_count=15, axis=0, ddof=1)
        return found

    @cached_property
    def rows(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return session and column of the known predictions."""
        return self.known["session"].to_numpy(dtype=np.int64), self.known["column"].to_numpy(dtype=np.int64)

    @property
    def by_closes(self) -> bool:
        """Return whether the event is that a close reaches a fixed return from today's close."""
        return (self.settings.label, self.settings.touch, self.settings.entry) == ("hit", "close", "close")

    @property
    def horizons(self) -> list[tuple[int, int]]:
        """Return half the horizon, the horizon, and twice it."""
        low, high = self.settings.horizon
        return [(max(1, low // 2), max(1, high // 2)), (low, high), (2 * low, 2 * high)]

    @cached_property
    def paths(self) -> FloatArray:
        """Return what followed each known prediction, up to twice the horizon, in units of volatility then."""
        session, column = self.rows
        ahead = self.horizons[-1][1]
        paths = paths_after(self.panel.close, self.panel.void, session, column, ahead)
        return paths / self.volatility[session, column][:, None]


def outlook(past: Past, candidate: dict[str, Any], evaluated: int, seed: int) -> dict[str, Any]:
    """Return the parts of an analysis that look ahead; what there is too little for is left out.

    Parameters
    ----------
    evaluated
        Sessions whose outcomes may be looked at.
    """
    panel, settings = past.panel, past.settings
    column = panel.tickers.index(candidate["ticker"])
    own = float(past.volatility[-1, column])
    near = np.argsort(np.abs(past.known["probability"].to_numpy() - candidate["confidence"]), kind="stable")[:SIMILAR]
    if not len(near) or not np.isfinite(own):
        return {}
    paths = past.paths[near] * own
    # Beyond the last evaluated session nothing is looked at.
    session = past.rows[0][near]
    paths[session[:, None] + np.arange(1, paths.shape[1] + 1) >= evaluated] = np.nan
    horizon = paths[:, : settings.horizon[1]]
    ends = outcomes_with_stop(horizon, None)
    if not len(ends):
        return {}
    facts: dict[str, Any] = {
        "outcome_distribution": {
            "n": len(ends),
            "n_eff": effective_size(np.sort(session[np.isfinite(horizon[:, -1])]), horizon_end=settings.horizon[1]),
            "quantiles": {f"{q:g}": float(np.quantile(ends, q)) for q in QUANTILES},
            "chance_of_gain": float((ends > 0).mean()),
        }
    }
    if past.by_closes:
        facts["sensitivity"] = _sensitivity(past, paths, candidate["confidence"])
        facts["would_change"] = _would_change(candidate, settings, facts["sensitivity"])
    facts["risk_of_ruin"] = [
        {"stop": f"{stop:.0%}" if stop else "none", "mean_outcome": float(kept.mean())}
        | {f"size {size:.0%}": ruin(kept, size, seed=seed) for size in SIZES}
        for stop in STOPS
        for kept in [outcomes_with_stop(horizon, stop)]
    ]
    if by_regime := _by_regime(past, near):
        facts["by_regime"] = by_regime
    if alike := _lookalikes(past, column, evaluated):
        facts["historical_analogues"] = alike
    return facts


def _sensitivity(past: Past, paths: FloatArray, confidence: float) -> list[dict[str, Any]]:
    """Return the probability of each target within each horizon, from what followed similar predictions.

    All are shifted alike, so that the target and horizon of the screening have its confidence.
    """
    targets = [past.settings.target_return * share for share in TARGETS]
    rows = surface(paths, targets, past.horizons)
    if not np.isfinite(rows[ASKED[0]]).all():
        return []
    rows = anchored(rows, ASKED, confidence)
    return [
        {"horizon": list(horizon), "probabilities": {f"{t:.4g}": p for t, p in zip(targets, row, strict=True)}}
        for horizon, row in zip(past.horizons, rows, strict=True)
        if np.isfinite(row).all()
    ]


def _would_change(candidate: dict[str, Any], settings: Settings, surface_rows: list[dict[str, Any]]) -> list[str]:
    """Return what would make the candidate qualify, or cease to."""
    threshold, confidence = settings.confidence_threshold, candidate["confidence"]
    said = []
    if confidence < threshold:
        # Rounded down, or the threshold that is named would leave it below as well.
        said.append(f"it would reach a threshold of {_percent(math.floor(1000 * confidence) / 1000)} or less")
        reachable = [
            (float(target), row["horizon"])
            for row in surface_rows
            for target, chance in row["probabilities"].items()
            if chance >= threshold
        ]
        if reachable:
            target, (low, high) = max(reachable)
            often = f"reached as often as {_percent(threshold)}"
            said.append(f"a target of {_percent(target)} within {low}-{high} sessions was {often}")
        else:
            said.append(f"no target and horizon looked at was reached as often as {_percent(threshold)}")
    else:
        said.append(f"a threshold above {_percent(math.ceil(1000 * confidence) / 1000)} would leave it below")
    support = candidate.get("support")
    if candidate["verdict"] == "unsupported" and support:
        said.append(
            f"more past cases at this level that came true: {support['hits']} of {support['n']} did "
            f"(worth {support['n_eff']:.0f} independent ones)"
        )
    return said


def _by_regime(past: Past, near: npt.NDArray[np.int64]) -> list[dict[str, Any]]:
    """Return how similar predictions turned out in each regime of the market."""
    rows = past.known.iloc[np.sort(near)]
    labels = np.array([past.labels[place] if past.labels else "" for place in rows["session"].astype(int)])
    found = []
    for label in ("calm", "normal", "nervous", "crisis"):
        mine = rows[labels == label]
        if len(mine):
            rate = float(mine["outcome"].mean())
            worth = effective_size(mine["session"].to_numpy(dtype=np.int64), horizon_end=past.settings.horizon[1])
            between = wilson(rate, worth)
            found.append(
                {
                    "regime": label,
                    "n": len(mine),
                    "n_eff": worth,
                    "mean_probability": float(mine["probability"].mean()),
                    "hit_rate": rate,
                    "lower": between[0],
                    "upper": between[1],
                }
            )
    return found


def _lookalikes(past: Past, column: int, evaluated: int) -> dict[str, Any] | None:
    """Return the past days whose features were most like today's, and what followed."""
    matrices, panel, ahead = past.matrices, past.panel, past.settings.horizon[1]
    if matrices is None:
        return None
    last = len(panel.sessions) - 1
    today = np.flatnonzero((matrices.date == last) & (matrices.ticker == column))
    stop = matrices.rows_before(evaluated - ahead)
    # The first year has no long features.
    start = matrices.rows_before(252)
    if not len(today) or stop - start < LOOKALIKES:
        return None
    features = matrices.features()
    past_rows = np.asarray(features[start:stop], dtype=np.float64)
    rows = start + nearest(
        past_rows,
        np.asarray(features[today[0]], dtype=np.float64),
        matrices.ticker[start:stop],
        matrices.date[start:stop],
        apart=ahead,
        count=LOOKALIKES,
    )
    session, ticker = matrices.date[rows].astype(np.int64), matrices.ticker[rows].astype(np.int64)
    followed = paths_after(panel.close, panel.void, session, ticker, ahead)
    known = np.isfinite(followed[:, -1])
    if not known.any():
        return None
    low = past.settings.horizon[0]
    best = np.nanmax(followed[known][:, low - 1 :], axis=1)
    facts: dict[str, Any] = {"n": int(known.sum())}
    if past.by_closes:
        facts["hit_rate"] = float((best >= past.settings.target_return).mean())
    facts["return_quantiles"] = {f"{q:g}": float(np.quantile(followed[known, -1], q)) for q in QUANTILES}
    facts["examples"] = [
        {"date": panel.dates[day], "ticker": panel.tickers[one], "best_close": float(top), "return": float(end)}
        for day, one, top, end in zip(
            session[known][:SHOWN], ticker[known][:SHOWN], best, followed[known, -1], strict=False
        )
    ]
    return facts


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %".replace(".0 %", " %")
