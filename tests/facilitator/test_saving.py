"""Saving results: what was asked for is in the file, nothing is overwritten, and nobody is asked for nothing."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from mltrainer.actions.proposals import propose
from mltrainer.agent.compact import compact
from mltrainer.facilitator.facilitator import Facilitator
from mltrainer.render.page import report_page
from mltrainer.settings.errors import UsageError
from mltrainer.settings.events import Event
from mltrainer.settings.parameters import Settings
from mltrainer.settings.result import ResultDocument
from mltrainer.settings.stream import EventStream
from mltrainer.store.store import Store
from tests.render.documents import screening


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.chdir(tmp_path)
    store = Store(tmp_path / "home")
    for simulated in (True, False):
        number = store.new_trial("momentum_screening", {}, {})
        store.finish_trial(number, screening(simulated=simulated, trial_id=number), seconds=1.0)
    return store


def save(store: Store, **arguments: Any) -> dict[str, Any]:
    told: list[Event] = []
    facilitator = Facilitator(store, None, page=report_page)
    stream = EventStream("S1", told.append)
    document = asyncio.run(facilitator.run_trial("save_results", arguments, stream))
    assert [str(event.type) for event in told] == ["action.started", "action.completed"]  # type: ignore[attr-defined]
    assert "trial_id" not in ResultDocument.model_validate(document).as_dict()
    return document


def test_a_file_holds_what_its_ending_says(store: Store, tmp_path: Path) -> None:
    said = save(store, trial="T1", path="page.html")
    assert said["headline"] == f"SIMULATED: T1 (report) is saved in {tmp_path / 'page.html'}"
    assert "SIMULATED" in (tmp_path / "page.html").read_text()
    # The latest trial, where none is named.
    assert "T2 (document)" in save(store, path="t.json")["headline"]
    assert json.loads((tmp_path / "t.json").read_text()) == store.trial("T2")["document"]
    # A report in the store, where no file is named.
    save(store)
    assert (store.home / "exports" / "T2.html").is_file()
    assert len(store.trials()) == 2
    assert compact(said).startswith("save_results, succeeded: SIMULATED")


@pytest.mark.parametrize(
    ("path", "named"),
    [("there.json", "is there already"), ("x.docx", "no known ending"), ("none/x.json", "the folder .* is not there")],
)
def test_what_cannot_be_written_is_said_before_anything_is(store: Store, tmp_path: Path, path: str, named: str) -> None:
    (tmp_path / "there.json").write_text("mine")
    with pytest.raises(UsageError, match=named):
        asyncio.run(Facilitator(store, None).run_trial("save_results", {"path": path}, EventStream("S1")))
    assert (tmp_path / "there.json").read_text() == "mine"


def test_no_conversation_writes_out_sealed_sessions_and_elsewhere_the_file_says_what_it_holds(store: Store) -> None:
    look = store.new_trial("walk_forward_test", {}, {}, dataset="d")
    found = screening(trial_id=look)
    store.finish_trial(look, found, seconds=1.0, looked_to="2018-02-07")
    # Fixed after the trial: its document cannot know.
    store.fix_holdout("d", "2017-08-01")
    for path in ("page.html", "t.json", "t.csv", None):
        with pytest.raises(
            UsageError, match=f"{look} come from the sealed holdout .* from 2017-08-01 on, looked at 1 "
        ):
            sealed = Facilitator(store, None, page=report_page, sealed=True)
            asyncio.run(sealed.run_trial("save_results", {"trial": look, "path": path}, EventStream("S1")))
    assert not Path("page.html").exists() and not (store.home / "exports").exists()

    said = save(store, trial=look, path="page.html")["headline"]
    assert said.endswith("page.html; its figures come from the sealed holdout too: sessions from 2017-08-01 on, "
                         "looked at 1 time so far")  # fmt: skip
    assert "the figures here come from the sealed holdout too" in Path("page.html").read_text()
    save(store, trial=look, path="t.json")
    assert json.loads(Path("t.json").read_text())["warnings"][-1]["code"] == "holdout"


def test_it_waits_for_the_users_word() -> None:
    proposal = propose("save_results", {"path": "x.html"}, Settings(), source="tool")
    assert proposal.needs_approval
    assert proposal.arguments == {"path": "x.html"}
