"""The measured recall and precision of the quality gate, in small: what `scripts/bench/quality_gate.py` prints."""

import pytest

from scripts.bench.quality_gate import CLOSES, KINDS, false_alarms, measure

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


@pytest.mark.parametrize("kind", CLOSES)
def test_closes_alone_show_most_of_what_they_can_show(kind: str) -> None:
    row = measure(kind, KINDS[kind][0], CLOSES[kind], seed=3, count=40, closes=True, **SIZE)
    assert row.planted >= 20
    # A split of three for two is as large as the move of a day with news.
    assert row.recall >= {"unadjusted split": 0.75}.get(kind, RECALL.get(kind, 0.9)), row
    assert row.precision >= 0.95, row


def test_clean_closes_hardly_ever_alarm() -> None:
    places, bars = false_alarms(range(11, 12), 100, 500, closes=True)
    assert bars > 40_000
    assert places / bars < 5e-5


def test_clean_markets_hardly_ever_alarm() -> None:
    places, bars = false_alarms(range(11, 14), 100, 500)
    assert bars > 100_000
    assert places / bars < 5e-5
