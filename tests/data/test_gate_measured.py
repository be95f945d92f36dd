"""The measured recall and precision of the quality gate, in small: what `scripts/bench/quality_gate.py` prints."""

import pytest

from scripts.bench.quality_gate import KINDS, false_alarms, measure

SIZE = {"tickers": 80, "sessions": 300}
# The least share of planted places that are found; a spike may be no larger than an ordinary day of its ticker.
RECALL = {
    "spike, usual volume": 0.8,
    "spike, five times the volume": 0.8,
    "unadjusted split": 0.9,
    "unadjusted spin-off": 0.85,
    "bars of another company": 0.9,
}


@pytest.mark.parametrize("kind", KINDS)
def test_planted_faults_are_found_and_little_else(kind: str) -> None:
    plant, codes = KINDS[kind]
    row = measure(kind, plant, codes, seed=3, count=40, **SIZE)
    assert row.planted >= 20
    assert row.recall >= RECALL.get(kind, 0.95), row
    assert row.precision >= 0.85, row


def test_clean_markets_hardly_ever_alarm() -> None:
    places, bars = false_alarms(range(11, 14), 100, 500)
    assert bars > 100_000
    assert places / bars < 5e-5
