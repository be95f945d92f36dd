"""The figures of an evaluation, all on out-of-sample rows whose outcome is known."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from mltrainer.evaluation.by_date import (
    MINIMUM_TICKERS,
    Dates,
    area_under_curve,
    correlation,
    group_dates,
    parts_of,
    picking_order,
    rank_correlation,
    ranks,
    with_outcome,
)
from mltrainer.evaluation.effective import enough_blocks, newey_west_error
from mltrainer.evaluation.logistic import EDGE, fit_logistic, logit
from mltrainer.evaluation.reliability import (
    brier_parts,
    by_band,
    calibration_error,
    equal_mass_bins,
    reliability_table,
)
from mltrainer.settings.arrays import FloatArray, IntArray


def evaluate(
    *,
    date: IntArray,
    probability: FloatArray,
    expected_return: FloatArray,
    event: FloatArray,
    realized: FloatArray,
    top_k: int | None,
    horizon_end: int,
    train_base_rate: FloatArray | float,
    score: FloatArray | None = None,
    daily: Mapping[str, FloatArray] | None = None,
) -> dict[str, Any]:
    """Return the figures of an `EvaluationRow` that follow from predictions and outcomes.

    Parameters
    ----------
    date
        Session position of every row, ascending, (n,).
    probability
        What would have been shown on that day, (n,).
    expected_return
        Predicted return to the end of the horizon, (n,), NaN where there is none.
    event, realized
        The outcome, (n,), NaN where it is not known yet: those rows are left out.
    top_k
        Picks a date; None leaves out what depends on it, which `picks` gives.
    horizon_end
        Last session of the label's window.
    train_base_rate
        Share of the event in the training window of the row's fold, (n,) or one for all.
    score
        Raw score, (n,): it ranks picks whose probability is the same.
    daily
        What `daily_figures` returns of these rows; computed here where it is not given.

    Returns
    -------
    figures
        Fractions and plain numbers by name; ``reliability`` and ``bands``, tables by ten bins of equal size and by
        bands of probability; and ``brier_parts``, Murphy's decomposition over the ten bins. A figure that is not
        defined (one class only, no date with 20 tickers, a constant series) has no key. Notes on single figures:

        - ``auc`` is pooled, ``auc_by_date`` the mean over dates that have both classes.
        - ``brier_skill`` is against ``train_base_rate``; ``log_loss`` clips at 1e-4.
        - ``ece`` has 10 bins of equal mass; ``ece_if_calibrated`` is what a perfectly calibrated model would show on
          average, from the effective size of each bin (normal approximation).
        - ``calibration_slope`` is b of logit P = a + b logit p (ideal 1; Cox 1958), ``calibration_intercept`` is a of
          logit P = a + logit p (ideal 0), calibration in the large.
        - ``information_coefficient`` is Pearson's correlation of expected and realised return by date, averaged over
          dates with at least 20 tickers; ``rank_ic`` is Spearman's. Their ``ir`` is mean over standard deviation of the
          daily series, their ``t`` has Newey-West errors and needs dates for four blocks of twice the horizon.
        - ``precision_at_k`` and ``excess_return_at_k`` take the ``top_k`` most probable rows of every date, ties by
          ``score``, then in the order of rows; ``decile_spread`` sorts by expected return.
    """
    known = with_outcome(event)
    base = np.broadcast_to(np.asarray(train_base_rate, dtype=np.float64), event.shape)[known]
    if not len(base):
        return {}
    chosen = {}
    if top_k is not None:
        chosen = picks(picks_by_date(date, ranking_of(probability, score), event, realized, top_k=top_k))
    date, probability, expected_return = date[known], probability[known], expected_return[known]
    event, realized = event[known], realized[known]
    if daily is None:
        daily = daily_figures(date, probability, expected_return, event, realized)
    figures: dict[str, Any] = {
        "base_rate": float(event.mean()),
        **_discrimination(probability, event, daily["auc_by_date"]),
        **_calibration(date, probability, event, base, horizon_end),
        **_coefficient(("information_coefficient", "icir", "ic_t"), daily, horizon_end),
        **_coefficient(("rank_ic", "rank_ic_ir", "rank_ic_t"), daily, horizon_end),
        **chosen,
        "decile_spread": _mean_of_known(daily["decile_spread"]),
        "highest_probability": float(probability.max()),
    }
    return {name: value for name, value in figures.items() if isinstance(value, (list, dict)) or np.isfinite(value)}


def daily_figures(
    date: IntArray, probability: FloatArray, expected_return: FloatArray, event: FloatArray, realized: FloatArray
) -> dict[str, FloatArray]:
    """Return the figures of `evaluate` that are means over dates on each date, (n_dates,), NaN where undefined.

    The arguments are those of `evaluate`, (n,), of rows whose outcome is known.
    """
    parts = [
        _daily_figures(date[rows], probability[rows], expected_return[rows], event[rows], realized[rows])
        for rows in parts_of(date)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _daily_figures(
    date: IntArray, probability: FloatArray, expected_return: FloatArray, event: FloatArray, realized: FloatArray
) -> dict[str, FloatArray]:
    dates = group_dates(date)
    return {
        "auc_by_date": area_under_curve(probability, event, dates),
        "information_coefficient": correlation(expected_return, realized, dates),
        "rank_ic": rank_correlation(expected_return, realized, dates),
        "decile_spread": decile_spreads(expected_return, realized, dates),
    }


def picks(by_date: Mapping[str, FloatArray]) -> dict[str, float]:
    """Return the figures of `evaluate` that depend on how many are picked, from those of `picks_by_date`."""
    return {name: float(values.mean()) for name, values in by_date.items()}


def picks_by_date(
    date: IntArray, ranking: FloatArray, event: FloatArray, realized: FloatArray, *, top_k: int
) -> dict[str, FloatArray]:
    """Return the figures of `picks` on every date with a known outcome, (n_dates,) each.

    Parameters
    ----------
    ranking
        The higher, the sooner a row is picked, (n,): the probability, or what `picking_order` returns.
    """
    known = with_outcome(event)
    event, realized, dates = event[known], realized[known], group_dates(date[known])
    picked, count = dates.place(ranking[known]) < top_k, np.minimum(dates.count, top_k)
    return {
        "precision_at_k": dates.sum(np.where(picked, event, 0.0)) / count,
        "excess_return_at_k": dates.sum(np.where(picked, realized, 0.0)) / count - dates.mean(realized),
    }


def ranking_of(probability: FloatArray, score: FloatArray | None) -> FloatArray:
    """Return what rows are picked by: their probability, ties by the score where there is one."""
    return probability if score is None else picking_order(probability, score)


def average_precision(score: FloatArray, event: FloatArray) -> float:
    """Return the step-wise area under the precision-recall curve; NaN without an event."""
    if not event.any():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    last_of_tie = np.append(np.flatnonzero(np.diff(score[order])), len(score) - 1)
    hits = np.cumsum(event[order])[last_of_tie]
    return float(np.diff(hits, prepend=0.0) @ (hits / (last_of_tie + 1)) / hits[-1])


def _discrimination(probability: FloatArray, event: FloatArray, by_date: FloatArray) -> dict[str, float]:
    if event.min() == event.max():
        return {}
    whole = group_dates(np.zeros(len(event), dtype=np.int64))
    return {
        "auc": float(area_under_curve(probability, event, whole)[0]),
        "auc_by_date": _mean_of_known(by_date),
        "average_precision": average_precision(probability, event),
    }


def _calibration(
    date: IntArray, probability: FloatArray, event: FloatArray, base: FloatArray, horizon_end: int
) -> dict[str, Any]:
    brier = float(((probability - event) ** 2).mean())
    reference = float(((base - event) ** 2).mean())
    clipped = np.clip(probability, EDGE, 1 - EDGE)
    log_loss = -np.log(np.where(event == 1, clipped, 1 - clipped)).mean()
    bins = equal_mass_bins(probability)
    table = reliability_table(date, probability, event, bins, horizon_end=horizon_end)
    error, expected_error = calibration_error(table, probability, bins)
    figures: dict[str, Any] = {
        "brier": brier,
        "brier_skill": 1 - brier / reference if reference > 0 else float("nan"),
        "log_loss": float(log_loss),
        "ece": error,
        "ece_if_calibrated": expected_error,
        "reliability": table,
        "bands": by_band(date, probability, event, horizon_end=horizon_end),
        "brier_parts": brier_parts(table, probability, event),
    }
    if event.min() != event.max():
        odds = logit(probability)
        if odds.max() > odds.min():
            figures["calibration_slope"] = float(fit_logistic([odds], event)[1])
        figures["calibration_intercept"] = float(fit_logistic([], event, odds)[0])
    return figures


def _coefficient(names: tuple[str, str, str], daily: Mapping[str, FloatArray], horizon_end: int) -> dict[str, float]:
    by_date = daily[names[0]]
    series = by_date[~np.isnan(by_date)]
    if len(series) == 0:
        return {}
    mean = float(series.mean())
    figures = {names[0]: mean}
    if len(series) > 1 and series.max() > series.min():
        figures[names[1]] = mean / float(series.std(ddof=1))
        error = newey_west_error(series, horizon_end=horizon_end)
        if error > 0 and enough_blocks(len(series), horizon_end=horizon_end):
            figures[names[2]] = mean / error
    return figures


def decile_spreads(expected: FloatArray, realized: FloatArray, dates: Dates) -> FloatArray:
    """Return the top tenth's mean return less the bottom tenth's of every date, by average rank, (n_dates,)."""
    place = ranks(expected, dates)
    tenth = dates.spread_of(dates.count / 10)
    top = place > dates.spread_of(dates.count.astype(np.float64)) - tenth
    bottom = place <= tenth
    counts = [dates.sum(side.astype(np.float64)) for side in (top, bottom)]
    usable = (dates.count >= MINIMUM_TICKERS) & (counts[0] > 0) & (counts[1] > 0) & ~np.isnan(dates.sum(expected))
    means = [
        dates.sum(np.where(side, realized, 0.0)) / np.where(usable, count, 1.0)
        for side, count in zip((top, bottom), counts, strict=True)
    ]
    return np.where(usable, means[0] - means[1], np.nan)


def _mean_of_known(by_date: FloatArray) -> float:
    known = by_date[~np.isnan(by_date)]
    return float(known.mean()) if len(known) else float("nan")
