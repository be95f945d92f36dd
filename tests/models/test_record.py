"""How models did here: medians over different results, not over repetitions, and no figure that is not there."""

from pathlib import Path
from typing import Any

import pytest

from mltrainer.models.record import by_regime, head_to_head, record_of
from mltrainer.render.blocks import as_plain
from mltrainer.render.model_record import head_to_head_blocks, record_blocks
from mltrainer.store.store import Store


def row(auc: float, **more: Any) -> dict[str, Any]:
    return {"model": "lightgbm", "auc": auc, "fits": 4, "train_rows": [100, 300], "seconds": 8.0} | more


def trial(number: int, auc: float, *, data: str = "sha256:a", label: str = "hit", **more: Any) -> dict[str, Any]:
    about = {"source": "files", "simulated": False, "fingerprint": data, "label": label, "horizon": [7, 10]}
    return {"trial": f"T{number}"} | about | {"row": row(auc, **more)}


def test_medians_are_over_different_results() -> None:
    # Newest first: T5 is T4 again, from the cache.
    rows = [
        trial(5, 0.6, seconds=0.0, intervals={"auc": [0.55, 0.65]}),
        trial(4, 0.6, intervals={"auc": [0.55, 0.65]}),
        trial(3, 0.5, data="sha256:b", intervals={"auc": [0.45, 0.55]}),
        trial(2, 0.52, data="sha256:b", seconds=16.0),
        trial(1, 0.7, label="beats_median"),
    ]
    hit, median = record_of(rows)
    assert (hit["trials"], hit["results"], hit["datasets"], hit["latest"]) == (4, 3, 2, "T5")
    assert (hit["auc"], hit["better"], hit["judged"]) == (0.52, 1, 2)
    assert (hit["fit_seconds"], hit["train_rows"]) == (2.0, 200)
    assert (median["label"], median["auc"], "better" in median, "rank_ic" in median) == (
        "beats_median",
        0.7,
        False,
        False,
    )
    text = as_plain(record_blocks("lightgbm", [hit, median], []))
    assert "an anecdote, no evidence" in text
    assert "No stored trial evaluated lstm yet." in as_plain(record_blocks("lstm", [], []))


def test_two_models_meet_only_where_both_were_evaluated() -> None:
    mine = [trial(3, 0.6), trial(2, 0.6), trial(1, 0.5)]
    theirs = [trial(3, 0.55), trial(2, 0.55), trial(9, 0.9)]
    found = head_to_head(mine, theirs)
    # T2 is T3 again.
    assert [(one["trial"], one["auc"], one["seconds"]) for one in found] == [("T3", [0.6, 0.55], [8.0, 8.0])]
    assert "lightgbm ahead in 1 of 1, median difference +0.050" in as_plain(head_to_head_blocks("lightgbm", "x", found))
    assert "No stored trial" in as_plain(head_to_head_blocks("lightgbm", "x", []))


def test_skill_by_regime_is_the_median_over_different_results_of_the_mean_over_dates() -> None:
    regime = {"dates": ["d1", "d2", "d3", "d4"], "label": ["calm", "calm", "calm", "crisis"]}

    def curves(*values: float | None) -> dict[str, Any]:
        skill = {"dates": ["d1", "d2", "d3", "d4"], "rank_ic": {"lightgbm": list(values)}}
        return {"skill": skill, "regime": regime}

    left = {"T1": curves(0.1, None, 0.3, -0.5), "T2": curves(0.1, 0.1, 0.1, None), "T3": curves(0.1, None, 0.3, -0.5)}
    # T3 is T1 again, and T4 left no curves.
    rows = [trial(4, 0.9), trial(3, 0.6), trial(2, 0.55), trial(1, 0.6)]
    found = by_regime(rows, lambda number: left.get(number, {}))
    assert [(one["regime"], one["results"], one["dates"]) for one in found] == [("calm", 2, 2.5), ("crisis", 1, 1)]
    assert [one["rank_ic"] for one in found] == pytest.approx([0.15, -0.5])
    assert by_regime(rows, lambda number: {}) == []
    text = as_plain(record_blocks("lightgbm", record_of(rows), found))
    assert "+0.150 on 2 dates" in text and "-0.500 on 1 dates" in text


def test_the_store_finds_every_trial_that_evaluated_a_model(tmp_path: Path) -> None:
    store = Store(tmp_path / "home")
    for models in (["lightgbm", "xgboost"], ["xgboost"], ["lightgbm"]):
        number = store.new_trial("walk_forward_test", {}, {})
        document = {
            "status": "succeeded",
            "settings": {"label": "hit", "horizon": [7, 10]},
            "data": {"source": "simulated", "simulated": True, "fingerprint": "sha256:a"},
            "evaluation": [row(0.5, model=name) for name in models],
        }
        store.finish_trial(number, document, seconds=1.0)
    found = store.evaluated("lightgbm")
    assert [(one["trial"], one["row"]["model"], one["horizon"]) for one in found] == [
        ("T3", "lightgbm", [7, 10]), ("T1", "lightgbm", [7, 10])
    ]  # fmt: skip
    assert found[0]["simulated"] is True
    assert store.evaluated("lstm") == []
