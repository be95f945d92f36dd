"""How models did here: what the stored trials say about them, and how little that may be."""

from collections.abc import Callable, Sequence
from statistics import fmean, median
from typing import Any

Found = dict[str, Any]

# Fewer distinct results than this are an anecdote.
FEW = 5
REGIMES = ("calm", "normal", "nervous", "crisis")
_KIND = ("source", "simulated", "label", "horizon")
_FIGURES = ("auc", "brier_skill", "rank_ic", "precision_at_k", "base_rate")


def record_of(rows: Sequence[Found]) -> list[Found]:
    """Return how a model did, by kind of data, label and horizon.

    Parameters
    ----------
    rows
        One for each trial that evaluated it: ``trial``, ``source``, ``simulated``, ``fingerprint``, ``label``,
        ``horizon`` and ``row``, its row of the evaluation.

    Returns
    -------
    groups
        ``trials``, how many; ``results``, how many different ones, since a trial that is run again says nothing new;
        medians of the figures over those; ``better``, in how many of them the 90 % interval of the AUC lies above 0.5;
        ``fit_seconds`` and ``train_rows``, medians of one fit; ``datasets``, how many.
    """
    return [dict(zip(_KIND, group, strict=True)) | _summed(mine) for group, mine in _kinds(rows).items()]


def _kinds(rows: Sequence[Found]) -> dict[tuple[Any, ...], list[Found]]:
    groups: dict[tuple[Any, ...], list[Found]] = {}
    for one in rows:
        groups.setdefault((one["source"], one["simulated"], one["label"], tuple(one["horizon"])), []).append(one)
    return groups


def _distinct(mine: Sequence[Found]) -> list[Found]:
    """Return one trial of each different result."""
    return list({_result(one): one for one in mine}.values())


def _summed(mine: list[Found]) -> Found:
    distinct = [one["row"] for one in _distinct(mine)]
    figures = {name: [row[name] for row in distinct if name in row] for name in _FIGURES}
    bounds = [row["intervals"]["auc"] for row in distinct if "auc" in row.get("intervals", {})]
    # Of fits that were taken from the cache nobody knows what they cost.
    timed = [one["row"] for one in mine if one["row"].get("seconds") and one["row"]["fits"]]
    found: Found = {
        "trials": len(mine),
        "results": len(distinct),
        "datasets": len({one["fingerprint"] for one in mine}),
        "latest": mine[0]["trial"],
    }
    found |= {name: median(values) for name, values in figures.items() if values}
    if bounds:
        found |= {"better": sum(low > 0.5 for low, _ in bounds), "judged": len(bounds)}
    if timed:
        found["fit_seconds"] = median(row["seconds"] / row["fits"] for row in timed)
        found["train_rows"] = median(sum(row["train_rows"]) / len(row["train_rows"]) for row in timed)
    return found


def _result(one: Found) -> tuple[Any, ...]:
    """Return what makes a result another one than before."""
    row = one["row"]
    return one["fingerprint"], one["label"], tuple(one["horizon"]), row.get("auc"), row.get("brier"), row.get("rank_ic")


def by_regime(rows: Sequence[Found], curves_of: Callable[[str], Found]) -> list[Found]:
    """Return how a model ranked tickers in each regime, over all different results of a kind of data.

    Parameters
    ----------
    rows
        As `record_of` has them.
    curves_of
        Gives the curves of a trial; one without a regime says nothing.

    Returns
    -------
    regimes
        For each kind of data, label and horizon, and each regime: in how many ``results`` it occurred, on how many
        ``dates`` and with what mean ``rank_ic``, medians over the results.
    """
    found: list[Found] = []
    for group, mine in _kinds(rows).items():
        ranked = [_ranked(curves_of(one["trial"]), one["row"]["model"]) for one in _distinct(mine)]
        for regime in REGIMES:
            values = [one[regime] for one in ranked if regime in one]
            if values:
                found.append(
                    dict(zip(_KIND, group, strict=True))
                    | {
                        "regime": regime,
                        "results": len(values),
                        "dates": median(map(len, values)),
                        "rank_ic": median(map(fmean, values)),
                    }
                )
    return found


def _ranked(curves: Found, model: str) -> dict[str, list[float]]:
    """Return the rank IC of each date by regime; empty where a trial has not both curves."""
    skill, regime = curves.get("skill", {}), curves.get("regime", {})
    if model not in skill.get("rank_ic", {}) or not regime:
        return {}
    label_of = dict(zip(regime["dates"], regime["label"], strict=True))
    values: dict[str, list[float]] = {}
    for day, value in zip(skill["dates"], skill["rank_ic"][model], strict=True):
        if value is not None and day in label_of:
            values.setdefault(label_of[day], []).append(value)
    return values


def head_to_head(rows: Sequence[Found], others: Sequence[Found]) -> list[Found]:
    """Return how two models did in the trials that evaluated both, on the same folds; `record_of` explains the rows."""
    found = []
    theirs = {one["trial"]: one for one in others}
    seen: set[tuple[Any, ...]] = set()
    for one in rows:
        other = theirs.get(one["trial"])
        if other is None or (_result(one), _result(other)) in seen:
            continue
        seen.add((_result(one), _result(other)))
        gap = _gaps(one["row"], other["row"])
        found.append({name: one[name] for name in ("trial", "source", "simulated", "label", "horizon")} | gap)
    return found


def _gaps(row: Found, other: Found) -> Found:
    names = [name for name in _FIGURES[:4] if name in row and name in other]
    names += ["seconds"] if row.get("seconds") and other.get("seconds") else []
    return {name: [row[name], other[name]] for name in names}
