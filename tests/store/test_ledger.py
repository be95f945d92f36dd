"""The ledger: every prediction once, nothing edited in silence, whole under many writers."""

import multiprocessing
import sqlite3
from pathlib import Path

import pytest

from mltrainer.store.store import Store

from .documents import screening


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


def test_every_prediction_is_written_with_what_it_rests_on(store: Store) -> None:
    store.record(screening(), "S1")
    written = store.predictions()
    assert [(one["ticker"], one["model"], one["confidence"]) for one in written] == [
        ("AAPL", "mean(random_forest,xgboost)", 0.5),
        ("AAPL", "random_forest", 0.6),
        ("AAPL", "xgboost", 0.4),
        ("MSFT", "mean(random_forest,xgboost)", 0.25),
        ("MSFT", "random_forest", 0.35),
        ("MSFT", "xgboost", 0.15),
    ]
    first = written[0]
    assert (first["trial"], first["as_of"], first["price"], first["target_price"]) == ("T1", "2018-02-07", 160.0, 200.0)
    assert (first["horizon"], first["status"], first["universe"]) == ([7, 10], "open", "all")
    (trial,) = store.entries("trial")
    assert (trial["session"], trial["code"], trial["data"]["fingerprint"]) == ("S1", "c0de", "sha256:a")
    assert trial["params"] == {"random_forest": {"n_estimators": 300}}
    assert "defaulted" not in trial["settings"]
    assert [one["model"] for one in store.find_predictions(ticker="aapl")] == ["mean(random_forest,xgboost)"]
    assert [one["ticker"] for one in store.find_predictions(model="xgboost")] == ["AAPL", "MSFT"]


def test_what_is_shown_again_is_known_and_what_is_new_is_added(store: Store) -> None:
    store.record(screening("T1"))
    # The threshold only reads finished predictions; a run on the same data with the same settings gives the same.
    store.record(screening("T2", confidence_threshold=0.9))
    store.record(screening("T3", target_return=0.08))
    store.record(screening("T4", data="sha256:b"))
    store.record({"trial_id": "T5", "action": "walk_forward_test", "status": "succeeded"})
    assert [one["trial"] for one in store.predictions()] == ["T1"] * 6 + ["T3"] * 6 + ["T4"] * 6
    assert [(one["key"], one["shown_before"]) for one in store.entries("trial")] == [
        ("T1", 0), ("T2", 6), ("T3", 0), ("T4", 0)
    ]  # fmt: skip
    assert store.broken() == []
    count = store.head()[0]
    store.record(screening("T1"))
    assert store.head()[0] == count


def test_an_outcome_is_added_and_never_replaced(store: Store) -> None:
    store.record(screening())
    decided = {"status": "resolved", "outcome": 1, "realized_return": 0.08, "hindsight": False}
    assert store.append("outcome", {"1": decided, "2": {"status": "void", "reason": "a fault"}}) == ["1", "2"]
    assert store.append("outcome", {"1": decided | {"outcome": 0}}) == []
    found = store.predictions()
    assert [one["status"] for one in found] == ["resolved", "void", "open", "open", "open", "open"]
    assert found[0]["outcome"] == 1
    assert [one["number"] for one in store.find_predictions(status="scored")] == [1]
    assert store.broken() == []


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        ("UPDATE ledger SET body=replace(body, '0.5', '0.9') WHERE id=1", ["entry 1 (prediction AAPL/"]),
        ("UPDATE ledger SET key='x' WHERE id=3", ["entry 3 (prediction x) was changed"]),
        ("DELETE FROM ledger WHERE id=4", ["entry 4 is missing"]),
        ("DELETE FROM ledger WHERE id IN (1, 2)", ["entries 1 to 2 are missing"]),
        ("DELETE FROM ledger WHERE id >= 6", ["entries 6 to 7 are missing"]),
        ("DELETE FROM ledger", ["entries 1 to 7 are missing"]),
        ("INSERT INTO ledger VALUES (8, 'outcome', '1', '{}', 'x', 'y')", ["entry 8 (outcome 1) does not", "entry 8"]),
        ("UPDATE ledger SET id=-id; UPDATE ledger SET id=8+id", ["entry 1 (trial T1) does not follow", "entry 1"]),
    ],
)
def test_an_edit_is_found_and_named(store: Store, edit: str, found: list[str]) -> None:
    store.record(screening())
    assert store.broken() == []
    with sqlite3.connect(store.home / "mltrainer.db") as db:
        db.executescript(edit)
    faults = store.broken()
    assert len(faults) >= len(found)
    assert [fault[: len(words)] for fault, words in zip(faults, found, strict=False)] == found


def test_a_chain_that_was_forged_from_one_place_on_ends_in_another_hash(store: Store, tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    store.record(screening())
    other.record(screening(confidence_threshold=0.9))
    assert (store.head()[0], store.broken(), other.broken()) == (other.head()[0], [], [])
    assert store.head()[1] != other.head()[1]


def test_a_clock_that_was_set_back_dates_nothing_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def at(time: str, trial: str, **settings: float) -> str:
        monkeypatch.setattr("mltrainer.store.ledger.utc_now", lambda: time)
        store.record(screening(trial, **settings))
        return str(store.find_predictions(trial=trial)[0]["time"][:10])

    assert at("2018-02-07T21:00:00.000+00:00", "T1") == "2018-02-07"
    assert at("2018-02-26T09:00:00.000+00:00", "T2", target_return=0.08) == "2018-02-26"
    # What claims to have been written before its outcome was known was written after it.
    assert at("2018-02-08T09:00:00.000+00:00", "T3", target_return=0.09) == "2018-02-26"
    assert at("2018-02-26T08:59:30.000+00:00", "T4", target_return=0.05) == "2018-02-26"
    assert store.broken() == [] and len(store.set_back()) == 7
    assert store.set_back()[0].startswith(
        "entry 15 is dated 2018-02-08T09:00, behind one of 2018-02-26T09:00: the clock"
    )


def write(home: Path, writer: int) -> None:
    store = Store(home)
    for number in range(5):
        store.record(screening(f"T{writer * 5 + number}", data=f"sha256:{number}"))
    store.close()


def test_eight_writers_keep_the_chain_whole_and_write_nothing_twice(tmp_path: Path) -> None:
    home = tmp_path / "home"
    Store(home).close()
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=write, args=(home, number)) for number in range(8)]
    for process in writers:
        process.start()
    for process in writers:
        process.join()
    store = Store(home)
    assert [process.exitcode for process in writers] == [0] * 8
    # Five different predictions of six rows, whoever came first, and one entry for each of the 40 trials.
    assert (len(store.predictions()), len(store.entries("trial"))) == (30, 40)
    assert store.broken() == []
    assert store.head()[0] == 70
