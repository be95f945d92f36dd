"""Every part of a result that a face names can be opened, and holds what the document holds."""

from typing import Any

import pytest

from mltrainer.settings.sections import SECTIONS, part_of

RECORD = {"auc": 0.7, "ece": 0.0, "bands": [{"from": 0.0, "to": 0.1}], "portfolio": {"sharpe": 0.3}}
DOCUMENT: dict[str, Any] = {
    "trial_id": "T1",
    "evaluation": [{"model": "ridge"} | RECORD],
    "baselines": [{"model": "base_rate", "ece": 0.02}],
    "at_threshold": {"n": 3},
    "benchmarks": [{"name": "equal_weight"}],
    "holdout": {"from": "2018-01-02"},
}


def test_what_stands_in_the_rows_comes_by_model() -> None:
    assert part_of(DOCUMENT, "portfolio") == {
        "models": [{"model": "ridge", "portfolio": {"sharpe": 0.3}}],
        "benchmarks": [{"name": "equal_weight"}],
    }
    assert part_of(DOCUMENT, "calibration") == {
        "models": [{"model": "ridge", "ece": 0.0, "bands": RECORD["bands"]}, {"model": "base_rate", "ece": 0.02}],
        "at_threshold": {"n": 3},
    }


@pytest.mark.parametrize("section", sorted(set(SECTIONS) - {"all", "portfolio", "calibration"}))
def test_the_others_are_the_documents_own(section: str) -> None:
    assert part_of(DOCUMENT, section) == DOCUMENT.get(section)
    assert part_of({"trial_id": "T1"}, section) is None
