"""The ledger by the program itself: written by a screening, scored later, and an edit that does not stay unseen."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.program import SIMULATED, SMALL, run

SETTINGS = {"models": ["logistic_regression"], "universe": "all", "initial_train": 126}
LATER = (*SIMULATED[:2], "--simulate", "tickers=20,sessions=320")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with one screening that was run twice."""
    home = tmp_path_factory.mktemp("ledger") / "home"
    asked = {"action": "momentum_screening", "arguments": SETTINGS}
    assert run(home, "do", "-", "--json", *SMALL, stdin=f"{json.dumps(asked)}\n".encode() * 2).code == 0
    return home


def test_a_screening_is_written_scored_once_and_checked(written: Path) -> None:
    (document,) = run(written, "do", "show-results", "--trial", "T1", "--json").events
    listed = json.loads(run(written, "predictions", "list", "--open", "--json").out)
    shown = {one["ticker"]: one["confidence"] for one in document["candidates"]}
    assert {one["ticker"]: one["confidence"] for one in listed["predictions"]} == shown
    # The second run showed the same: two entries say which trials showed them.
    assert listed["ledger"] == {"entries": len(shown) + 2, "head": listed["ledger"]["head"],
                                "faults": [], "clock": []}  # fmt: skip
    assert {one["trial"] for one in listed["predictions"]} == {"T1"}

    found = json.loads(run(written, "predictions", "score", *LATER, "--json").out)
    assert found["resolved"] + found["void"] == len(shown)
    (record,) = found["record"]
    assert (record["model"], record["kind"], record["n"]) == ("logistic_regression", "simulated", found["resolved"])
    again = run(written, "predictions", "score", *LATER)
    assert b"0 predictions resolved, 0 void." in again.out
    assert b"SIMULATED" in again.out
    assert f"{len(shown) + 2 + len(shown)} entries, unbroken" in again.err


def test_an_edit_ends_in_one_clear_line(written: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    with sqlite3.connect(written / "mltrainer.db") as db:
        db.execute("VACUUM INTO ?", (str(home / "mltrainer.db"),))
    with sqlite3.connect(home / "mltrainer.db") as db:
        db.execute("DELETE FROM ledger WHERE id=5")
    for command in (("list",), ("score", *LATER), ("holdings", *LATER)):
        done = run(home, "predictions", *command)
        assert done.code == 1
        assert "the ledger was edited: entry 5 is missing" in done.err
