"""Trials side by side: what is compared is comparable, and a difference is called real only where it is."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mltrainer.render.blocks import as_plain
from mltrainer.render.side_by_side import side_by_side_blocks
from mltrainer.settings.errors import UsageError
from mltrainer.trials.predictions import FILE
from mltrainer.trials.side_by_side import side_by_side

MARKET = np.random.default_rng(3)
DATES = pd.bdate_range("2015-01-02", periods=200)
TICKERS = [f"S{n:02d}" for n in range(25)]
TRUTH = MARKET.uniform(0.1, 0.9, len(DATES) * len(TICKERS))
EVENT = (MARKET.uniform(size=len(TRUTH)) < TRUTH).astype(float)


def document(trial_id: str, model: str = "xgboost", **settings: Any) -> dict[str, Any]:
    return {
        "trial_id": trial_id,
        "action": "walk_forward_test",
        "settings": {"models": [model], "label": "hit", "horizon": [2, 3], "target_return": 0.07} | settings,
        "data": {"source": "files", "simulated": False, "first": "a", "last": "b", "tickers": 25, "sessions": 200,
                 "fingerprint": "sha256:x"},
        "evaluation": [{"model": model, "auc": 0.6, "folds": 3, "portfolio": {"sharpe": 0.5}}],
    }  # fmt: skip


def store(folder: Path, probability: np.ndarray, model: str = "xgboost", event: np.ndarray = EVENT) -> Path:
    folder.mkdir()
    frame = pd.DataFrame(
        {
            "date": np.repeat(DATES, len(TICKERS)),
            "ticker": TICKERS * len(DATES),
            "model": model,
            "probability": probability,
            "expected_return": probability,
            "outcome": event,
            "realized_return": event - 0.5 + 0.01 * TRUTH,
        }
    )
    # The last days of any trial have no outcome yet.
    frame.loc[frame["date"] > DATES[-4], ["outcome", "realized_return"]] = np.nan
    pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), folder / FILE)
    return folder


def test_a_better_forecaster_is_found_and_the_same_one_is_no_different(tmp_path: Path) -> None:
    noise = np.random.default_rng(4).uniform(0.1, 0.9, len(TRUTH))
    folders = [store(tmp_path / name, said) for name, said in (("a", noise), ("b", TRUTH), ("c", noise))]
    looked = document("T3") | {"holdout": {"included": True}}
    found = side_by_side([document("T1"), document("T2", seed=1), looked], folders)
    assert found["held_out"] == ["T3"] and "Of the sealed holdout too: T3;" in as_plain(side_by_side_blocks(found))
    assert found["settings"] == {"seed": [None, 1, None]}
    assert found["data"] == {}
    better, same = found["differences"]
    scored = np.repeat(DATES, len(TICKERS)) <= DATES[-4]
    gain = ((TRUTH - EVENT) ** 2 - (noise - EVENT) ** 2)[scored].mean()
    assert (better["rows"], better["dates"]) == (scored.sum(), 197)
    assert better["brier"]["difference"] == pytest.approx(gain)
    assert better["brier"]["q"] < 1e-6
    assert better["rank_ic"]["difference"] > 0.1
    assert (same["brier"]["difference"], same["brier"]["p"], same["brier"]["q"]) == (0, 1, 1)
    text = as_plain(side_by_side_blocks(found))
    assert "better than the first" in text
    assert "no difference that chance does not explain" in text


def test_few_dates_are_not_tested(tmp_path: Path) -> None:
    folders = [store(tmp_path / name, TRUTH) for name in "ab"]
    long = {"horizon": [7, 40]}
    (one,) = side_by_side([document("T1", **long), document("T2", **long)], folders)["differences"]
    assert "p" not in one["brier"]


def test_what_cannot_be_compared_says_why(tmp_path: Path) -> None:
    folders = [store(tmp_path / "a", TRUTH), store(tmp_path / "b", TRUTH, event=1 - EVENT), tmp_path / "c"]
    found = side_by_side([document(f"T{n}") for n in (1, 2, 3)], folders)
    assert [one["reason"] for one in found["differences"]] == [
        "4925 of 4925 outcomes differ: they were run on other data",
        "the predictions of T3 are not stored",
    ]
    other = side_by_side([document("T1"), document("T2", target_return=0.08)], folders[:2])
    assert "they predict other events (target_return differ)" in as_plain(side_by_side_blocks(other))
    with pytest.raises(UsageError, match="T9 \\(regime_detection\\) evaluated no model"):
        side_by_side([document("T1"), {"trial_id": "T9", "action": "regime_detection"}], folders[:2])
    with pytest.raises(UsageError, match="T1 has no lstm"):
        side_by_side([document("T1"), document("T2")], folders[:2], "lstm")
