"""Holdouts in the store: fixed once, opened once on record, every look counted."""

import sqlite3
from pathlib import Path

from mltrainer.settings.request import DataRequest, Simulation
from mltrainer.store.store import Store

FILES = DataRequest(source="files", data=Path("bars.parquet"))


def trial(store: Store, looked_to: str | None, status: str = "succeeded") -> str:
    id = store.new_trial("walk_forward_test", {}, {}, dataset=FILES.dataset)
    store.finish_trial(id, {"status": status}, seconds=1.0, looked_to=looked_to)
    return id


def test_the_date_of_a_dataset_is_fixed_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.holdout(FILES.dataset) is None
    assert store.fix_holdout(FILES.dataset, "2017-08-01") == {"from": "2017-08-01", "looks": 0}
    assert store.fix_holdout(FILES.dataset, "2018-08-01")["from"] == "2017-08-01"
    assert Store(tmp_path).holdout(FILES.dataset) == {"from": "2017-08-01", "looks": 0}


def test_every_look_counts_whenever_it_was_taken(tmp_path: Path) -> None:
    store = Store(tmp_path)
    early = trial(store, "2018-02-01")
    store.fix_holdout(FILES.dataset, "2017-08-01")
    trial(store, "2017-07-31")
    trial(store, None)
    trial(store, "2018-02-01", status="failed")
    late = trial(store, "2018-02-01")
    assert store.holdout(FILES.dataset)["looks"] == 2
    assert store.touching_holdouts() == {early, late}
    assert store.touches_holdout(late) and not store.touches_holdout("T2") and not store.touches_holdout("")


def test_a_trial_that_was_taken_out_is_missed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.deleted_trials() == 0
    looks = [trial(store, "2018-02-01") for _ in range(3)]
    assert store.deleted_trials() == 0
    with sqlite3.connect(tmp_path / "mltrainer.db") as db:
        db.execute("DELETE FROM trials WHERE id IN (2, 3)")
    assert looks == ["T1", "T2", "T3"] and store.deleted_trials() == 2


def test_only_data_that_grew_since_it_was_opened_get_a_later_date(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.fix_holdout(FILES.dataset, "2017-08-01")
    store.open_holdout(FILES.dataset, "T7", "2018-02-07")
    store.open_holdout(FILES.dataset, "T9", "2018-03-07")
    opened = {"from": "2017-08-01", "looks": 0, "opened_to": "2018-02-07", "opened_by": "T7"}
    assert store.holdout(FILES.dataset) == opened
    assert store.fix_holdout(FILES.dataset, "2018-02-07") == opened
    assert store.fix_holdout(FILES.dataset, "2018-09-01") == {"from": "2018-09-01", "looks": 0}


def test_a_dataset_is_known_by_its_origin_not_by_the_day_it_is_cut_at(tmp_path: Path) -> None:
    cut = FILES.model_copy(update={"as_of": "2017-01-03", "macro": Path("macro.csv")})
    assert cut.dataset == FILES.dataset
    other = FILES.model_copy(update={"data": tmp_path / "bars.parquet"})
    simulated = DataRequest(source="simulated")
    longer = DataRequest(source="simulated", simulation=Simulation(sessions=1600))
    assert len({FILES.dataset, other.dataset, simulated.dataset, longer.dataset}) == 4
