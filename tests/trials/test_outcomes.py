"""What became of predictions: the labels of trials, and what bars cannot say is not invented."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mltrainer.data.calendar import sessions_from
from mltrainer.data.panel import Fault, Panel
from mltrainer.settings.errors import DataError
from mltrainer.trials.live_record import live_record
from mltrainer.trials.outcomes import resolve

DAYS = sessions_from(np.datetime64("2018-01-02"), 30)
AS_OF = str(DAYS[10])


def panel(**changes: Any) -> Panel:
    """Return three tickers of 30 sessions: one that jumps 8 % nine sessions after AS_OF, one flat, one falling."""
    close = np.full((30, 3), 100.0)
    close[19:, 0] = 108.0
    close[:, 2] = 100 - np.arange(30)
    empty = np.zeros(close.shape, dtype=bool)
    made = Panel(
        sessions=DAYS, tickers=("A", "B", "C"), open=close, high=close, low=close, close=close, volume=close,
        void=empty, barred=empty, source="files", simulated=False, delay="", fingerprint="sha256:x", rows=90,
    )  # fmt: skip
    return replace(made, **changes)


def prediction(ticker: str = "A", **changes: Any) -> dict[str, Any]:
    one = {
        "number": 1,
        "ticker": ticker,
        "model": "xgboost",
        "as_of": AS_OF,
        "time": f"{AS_OF}T21:00:00+00:00",
        "label": "hit",
        "horizon": [7, 10],
        "target_return": 0.07,
        "universe": "all",
        "price": 90.0 if ticker == "C" else 100.0,
        "confidence": 0.5,
        "simulated": False,
    }
    return one | changes


def outcome(made: Panel, one: dict[str, Any]) -> dict[str, Any]:
    # Others at their price beside it: one that differs is then no reason to doubt the data.
    (found, *_) = resolve(made, [one, prediction("B"), prediction("C")])
    return found


def without(ticker: int, first: int, stop: int = 30) -> Panel:
    made = panel()
    close = made.close.copy()
    close[first:stop, ticker] = np.nan
    return replace(made, close=close)


def test_what_happened_is_what_the_labels_of_trials_say() -> None:
    found = resolve(panel(), [prediction(name, number=place) for place, name in enumerate("ABC")])
    assert [(one["number"], one["status"], one["outcome"]) for one in found] == [
        (0, "resolved", 1), (1, "resolved", 0), (2, "resolved", 0)
    ]  # fmt: skip
    assert [one["realized_return"] for one in found] == pytest.approx([0.08, 0.0, 80 / 90 - 1])
    assert {one["due"] for one in found} == {str(DAYS[20])}
    # The jump comes nine sessions ahead: too late for a window of seven and eight.
    assert outcome(panel(), prediction(horizon=[7, 8]))["outcome"] == 0
    medians = [outcome(panel(), prediction(name, label="beats_median"))["outcome"] for name in "ABC"]
    assert medians == [1, 0, 0]


@pytest.mark.parametrize(
    ("made", "one", "reason"),
    [
        (panel(), prediction(horizon=[7, 25]), "6 sessions are still to come"),
        (panel(), prediction("Z"), "no bars of Z"),
        (panel(), prediction(as_of="2018-01-06"), "2018-01-06 is no session"),
        (panel(), prediction(as_of="2019-01-07"), "2019-01-07 is no session"),
        # Its bars end one session before the horizon does, and the data go on for four sessions only.
        (without(0, 24), prediction(horizon=[7, 15]), "delisted or late"),
    ],
)
def test_what_the_bars_cannot_say_yet_stays_open(made: Panel, one: dict[str, Any], reason: str) -> None:
    found = outcome(made, one)
    assert found["status"] == "open"
    assert reason in found["reason"]
    assert "outcome" not in found


def test_a_delisted_ticker_is_judged_by_its_last_close() -> None:
    found = outcome(without(2, 18), prediction("C"))
    assert (found["status"], found["outcome"], found["delisted"]) == ("resolved", 0, str(DAYS[17]))
    assert found["realized_return"] == pytest.approx(83 / 90 - 1)


def test_a_fault_makes_it_void_and_is_named() -> None:
    void = panel().void.copy()
    void[15, 0] = True
    day = str(DAYS[15])
    fault = Fault("split_suspected", "A", day, day, "error", "halved overnight")
    found = outcome(panel(void=void, faults=(fault,)), prediction())
    assert (found["status"], found["reason"]) == ("void", f"split_suspected on {day}: halved overnight")
    assert outcome(panel(void=void), prediction())["reason"] == f"the bar of {day} cannot be used"
    assert outcome(without(0, 20, 21), prediction())["reason"] == f"no close on {DAYS[20]}"
    assert outcome(panel(void=void), prediction("B"))["status"] == "resolved"


def test_another_price_of_the_day_is_said_and_other_data_are_refused() -> None:
    assert outcome(panel(), prediction(price=200.0))["price_now"] == 100.0
    assert "price_now" not in outcome(panel(), prediction(price=100.2))
    with pytest.raises(DataError, match="2 prices of the day differ"):
        resolve(panel(), [prediction(price=200.0), prediction("B", price=50.0), prediction("C")])


def test_only_what_was_written_down_in_time_is_live() -> None:
    due = str(DAYS[20])
    assert outcome(panel(), prediction(time=f"{due}T22:00:00+00:00"))["hindsight"] is False
    assert outcome(panel(), prediction(time="2026-01-02T00:00:00+00:00"))["hindsight"] is True
    assert "hindsight" not in outcome(panel(simulated=True), prediction())


def scored(number: int, **changes: Any) -> dict[str, Any]:
    return prediction(f"T{number}", outcome=int(number % 4 == 0), realized_return=0.01, hindsight=False) | changes


def test_the_record_counts_each_event_once_and_keeps_kinds_apart() -> None:
    rows = [scored(number) for number in range(20)]
    again = [scored(number, confidence=0.9, outcome=1) for number in range(20)]
    past = [scored(number, hindsight=True, as_of="2017-03-01") for number in range(4)]
    artificial = [scored(0, simulated=True, simulation={"tickers": n}) for n in (20, 30)]
    record = live_record(rows + again + past + artificial)
    assert [(one["kind"], one["n"], one["hits"]) for one in record] == [
        ("hindsight", 4, 1), ("live", 20, 5), ("simulated", 2, 2)
    ]  # fmt: skip
    live = record[1]
    assert (live["promised"], live["hit_rate"], live["dates"]) == (0.5, 0.25, 1)
    assert live["brier"] == pytest.approx(0.25)
    # 20 tickers of one date: 20 / (1 + 19 * 0.0955).
    assert live["n_eff"] == pytest.approx(20 / 2.8145)
    assert live["verdict"] == "too few to judge"
    assert [(one["from"], one["n"]) for one in live["levels"]] == [(0.5, 20)]


def test_a_company_that_changed_its_ticker_since_is_found_under_the_new_one() -> None:
    renamed = replace(panel(), tickers=("META", "T", "Z"))
    (found, *_) = resolve(renamed, [prediction("FB"), prediction("T"), prediction("Z", price=90.0)])
    assert (found["status"], found["outcome"]) == ("resolved", 1)
