"""The audit of a trial: what survives other circumstances, and the leak checks at full size."""

import json
from pathlib import Path
from typing import Any

import pytest

from mltrainer.render.audit import audit_blocks
from mltrainer.render.blocks import as_plain
from mltrainer.settings.errors import UsageError
from mltrainer.settings.parts.evaluation import EvaluationRow
from mltrainer.trials.audit import _figures
from mltrainer.trials.backtest_paths import AFFORDABLE
from mltrainer.trials.requests import answer

from .test_certificate import ARGUMENTS, trial


def audited(place: Path, **more: Any) -> dict[str, Any]:
    made = trial(place, arguments=ARGUMENTS | {"test_block": 150})
    again = {"audit": True, "screening": made.document, "folder": str(place / "audit")}
    return answer(made.request | again | more, lambda **step: None)


def test_an_audit_of_clean_code_passes_every_check_and_compares_every_figure(tmp_path: Path) -> None:
    report = audited(tmp_path)
    assert [one["check"] for one in report["checks"] if not one["passed"]] == []
    assert {"data_as_of", "noise_learns_nothing"} <= {one["check"] for one in report["checks"]}
    # 22 tickers have no halves of 20.
    assert set(report["unavailable"]) == {"one half of the tickers", "the other half"}
    figures = {line["figure"]: line for line in report["figures"]}
    assert set(figures["auc"]["changes"]) == {"other seed", "doubled costs", "inputs of the day before"}
    # Costs move nothing but what is paid; what was known a day earlier says something else.
    assert figures["auc"]["changes"]["doubled costs"] == figures["auc"]["trial"]
    assert figures["sharpe"]["changes"]["doubled costs"] < figures["sharpe"]["trial"]
    assert figures["auc"]["changes"]["inputs of the day before"] != figures["auc"]["trial"]
    paths = report["paths"]
    assert paths["cost"] <= AFFORDABLE and paths["fits"] == paths["splits"]
    # Volatility alone is judged on the same paths.
    assert all(len(line["volatility"]) == len(line["paths"]) for line in paths["figures"])
    spread = {line["figure"]: line for line in paths["figures"]}
    assert set(spread) == set(figures) - {"brier_skill"}
    assert all(line["trial"] == figures[name]["trial"] for name, line in spread.items())
    assert len(set(spread["auc"]["paths"])) == len(spread["auc"]["paths"]) == paths["groups"] - 1
    text = as_plain(audit_blocks("T1", report), 80)
    assert "Audit of T1" in text and all(len(line) <= 80 for line in text.splitlines())
    assert json.loads(json.dumps(report)) == report


def row(auc: float, rank_ic: float, low: float) -> EvaluationRow:
    base: dict[str, Any] = {"model": "ridge", "folds": 3, "fits": 4, "train_rows": [], "test_rows": 9, "test_dates": 3}
    figures = {"auc": auc, "rank_ic": rank_ic, "intervals": {"auc": (low, 0.9), "rank_ic": (-0.1, 0.2)}}
    return EvaluationRow.model_validate(base | {"calibrated_share": 1.0, "base_rate": 0.1} | figures)


@pytest.mark.parametrize(
    ("low", "other", "alone", "verdict"),
    [
        (0.52, 0.57, 0.51, "survives"),
        (0.52, 0.54, 0.51, "falls with: other seed"),
        (0.49, 0.60, 0.48, "not distinguishable from nothing learned"),
        (0.52, 0.57, 0.55, "not distinguishable from volatility alone"),
        (0.52, 0.57, 0.61, "no better than volatility alone"),
    ],
)
def test_a_figure_survives_that_beats_volatility_and_keeps_half_of_what_it_was_above_nothing(
    low: float, other: float, alone: float, verdict: str
) -> None:
    changed = {"other seed": row(other, 0.1, low)}
    lines = {line["figure"]: line for line in _figures(row(0.6, -0.02, low), changed, row(alone, 0.0, low))}
    assert lines["auc"]["verdict"] == verdict
    assert lines["rank_ic"]["verdict"] == "no better than nothing learned"


def test_a_trial_without_figures_cannot_be_audited(tmp_path: Path) -> None:
    regime = trial(tmp_path, "regime_detection", arguments={})
    with pytest.raises(UsageError, match="evaluated no model"):
        answer(regime.request | {"audit": True, "screening": regime.document}, lambda **step: None)
