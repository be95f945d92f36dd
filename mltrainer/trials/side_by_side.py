"""Stored trials side by side: what differs in their settings, and whether their forecasts really do."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from mltrainer.evaluation.by_date import group_dates, rank_correlation
from mltrainer.evaluation.differences import adjusted, daily_brier, diebold_mariano
from mltrainer.evaluation.effective import enough_blocks
from mltrainer.settings.errors import UsageError
from mltrainer.settings.parameters import EVENT
from mltrainer.trials.predictions import FILE

Found = dict[str, Any]
_DATA = ("source", "simulated", "first", "last", "tickers", "sessions", "fingerprint")
_FIGURES = ("folds", "test_rows", "test_dates", "base_rate", "auc", "brier_skill", "ece", "information_coefficient",
            "rank_ic", "rank_ic_t", "precision_at_k", "highest_probability", "intervals")  # fmt: skip
_COLUMNS = ["date", "ticker", "model", "probability", "expected_return", "outcome", "realized_return"]


def side_by_side(documents: list[Found], folders: list[Path], model: str | None = None) -> Found:
    """Compare trials with the first of them.

    Parameters
    ----------
    documents, folders
        Result documents, and where each trial keeps its predictions.
    model
        Compare this model of every trial; without it, what ranked the candidates, or the last one evaluated.

    Returns
    -------
    found
        ``settings`` and ``data`` by name with one value for each trial, only where they differ; ``held_out``, trials
        whose figures come from the sealed holdout too; ``figures``, one row a trial; ``differences``, one for each
        other trial against the first: over the ``rows`` and ``dates`` that both predicted with the same outcome, the
        mean difference of the daily Brier score (below 0: better than the first) and of the daily rank IC (above 0:
        better), ``p`` two-sided after Diebold & Mariano with overlapping labels, ``q`` the same over all pairs here
        after Benjamini & Hochberg; or the ``reason`` why there is none.

    Raises
    ------
    UsageError
        If a trial evaluated no model, or not the one that is asked for.
    """
    models = [_model(document, model) for document in documents]
    names = [document["trial_id"] for document in documents]
    differences = [
        {"trial": names[place], "model": models[place], "against": names[0], "against_model": models[0]}
        | _difference(documents[0], documents[place], folders[0], folders[place], models[0], models[place])
        for place in range(1, len(documents))
    ]
    for figure in ("brier", "rank_ic"):
        tested = [one[figure] for one in differences if "p" in one.get(figure, {})]
        for one, q in zip(tested, adjusted([one["p"] for one in tested]), strict=True):
            one["q"] = q
    return {
        "trials": names,
        "simulated": any(document["data"]["simulated"] for document in documents),
        "settings": _differing([document["settings"] for document in documents], leave=("defaulted",)),
        "data": _differing([{name: document["data"][name] for name in _DATA} for document in documents]),
        "held_out": [document["trial_id"] for document in documents if _of_holdout(document)],
        "figures": [_figures(document, name) for document, name in zip(documents, models, strict=True)],
        "differences": differences,
    }


def _model(document: Found, wanted: str | None) -> str:
    rows = [row["model"] for row in document.get("evaluation", [])]
    if not rows:
        raise UsageError(
            f"trial {document['trial_id']} ({document['action']}) evaluated no model",
            hint="compare screenings, model executions, walk-forward tests or model comparisons",
        )
    if wanted and wanted not in rows:
        raise UsageError(f"trial {document['trial_id']} has no {wanted}", hint=f"it evaluated: {', '.join(rows)}")
    return str(wanted or document.get("ranked_by") or rows[-1])


def _of_holdout(document: Found) -> bool:
    included = (document.get("holdout") or {}).get("included", False)
    return bool(included or any(one["code"] == "holdout" for one in document.get("warnings", [])))


def _differing(all_values: list[Found], leave: tuple[str, ...] = ()) -> Found:
    names = list(dict.fromkeys(name for values in all_values for name in values if name not in leave))
    lists = {name: [values.get(name) for values in all_values] for name in names}
    return {name: values for name, values in lists.items() if any(value != values[0] for value in values)}


def _figures(document: Found, model: str) -> Found:
    row = next(row for row in document["evaluation"] if row["model"] == model)
    figures = {name: row[name] for name in _FIGURES if name in row}
    money = {name: row["portfolio"][name] for name in ("sharpe", "cagr", "max_drawdown") if name in row["portfolio"]}
    return {"trial": document["trial_id"], "action": document["action"], "model": model} | figures | money


def _difference(first: Found, other: Found, folder: Path, other_folder: Path, model: str, other_model: str) -> Found:
    if changed := [name for name in EVENT if first["settings"].get(name) != other["settings"].get(name)]:
        return {"reason": f"they predict other events ({', '.join(changed)} differ)"}
    missing = [
        doc["trial_id"] for doc, where in ((first, folder), (other, other_folder)) if not (where / FILE).is_file()
    ]
    if missing:
        return {"reason": f"the predictions of {missing[0]} are not stored"}
    both = _known(folder, model).merge(
        _known(other_folder, other_model), on=["date", "ticker"], suffixes=("", "_other")
    )
    if both.empty:
        return {"reason": "they have no predictions of the same tickers and days"}
    if other_outcome := int((both["outcome"] != both["outcome_other"]).sum()):
        return {"reason": f"{other_outcome} of {len(both)} outcomes differ: they were run on other data"}
    both = both.sort_values(["date", "ticker"], kind="stable")
    date = np.unique(both["date"].to_numpy(), return_inverse=True)[1]
    columns = {name: both[name].to_numpy(dtype=np.float64) for name in both.columns[3:] if name != "model_other"}
    horizon_end = first["settings"]["horizon"][1]
    event = columns["outcome"]
    brier = [daily_brier(date, columns[name], event) for name in ("probability_other", "probability")]
    dates = group_dates(date)
    rank = [
        rank_correlation(columns[name], columns["realized_return"], dates)
        for name in ("expected_return_other", "expected_return")
    ]
    known = np.isfinite(rank[0]) & np.isfinite(rank[1])
    return {
        "rows": len(both),
        "dates": len(dates.days),
        "brier": _tested(brier[0], brier[1], horizon_end),
        **({"rank_ic": _tested(rank[0][known], rank[1][known], horizon_end)} if known.any() else {}),
    }


def _known(folder: Path, model: str) -> pd.DataFrame:
    """Return the predictions of a model whose outcome is known."""
    table = pq.read_table(folder / FILE, columns=_COLUMNS, filters=[("model", "==", model)])
    frame: pd.DataFrame = table.to_pandas()
    return frame.dropna(subset=["outcome"])


def _tested(values: np.ndarray, others: np.ndarray, horizon_end: int) -> Found:
    """Return the mean difference, and how probable one as large is by chance where there are enough dates to say."""
    found: Found = {"difference": float((values - others).mean())}
    if enough_blocks(len(values), horizon_end=horizon_end):
        found["p"] = diebold_mariano(values, others, horizon_end=horizon_end).p
    return found
