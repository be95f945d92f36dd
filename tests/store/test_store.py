"""What the store promises: nothing is lost, only the owner reads it, and trouble is one clear line."""

import multiprocessing
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mltrainer.settings.errors import MltrainerError, UsageError
from mltrainer.settings.events import ActionProgress, Message, TextDelta
from mltrainer.store.home import home_folder
from mltrainer.store.migrations import STEPS
from mltrainer.store.store import Store

NOW = "2026-01-02T03:04:05Z"


def document(trial_id: str, **more: Any) -> dict[str, Any]:
    return {"schema": "mltrainer.result/1", "trial_id": trial_id, "action": "walk_forward_test"} | more


def said(session_id: str, text: str) -> Message:
    return Message(time=NOW, session_id=session_id, role="user", text=text)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


def test_a_conversation_that_follows_another_in_one_process_loses_nothing_to_a_command_beside_it(
    tmp_path: Path,
) -> None:
    before = Store(tmp_path)
    after = Store(tmp_path)
    before.close()
    command = (
        f"from pathlib import Path; from mltrainer.store.store import Store; Store(Path({str(tmp_path)!r})).close()"
    )
    subprocess.run([sys.executable, "-c", command], check=True)

    session = after.new_session("offline", first="Start")

    assert [one["session_id"] for one in Store(tmp_path).sessions()] == [session]
    assert (tmp_path / "mltrainer.db-wal").exists()


def test_a_trial_comes_back_as_it_was_stored(store: Store) -> None:
    session = store.new_session("offline", first="Start")
    trial = store.new_trial(
        "walk_forward_test", {"top_k": 3}, {"source": "files"}, defaulted=["seed"], session_id=session
    )
    running = store.trial(trial)
    assert (running["status"], running["document"]) == ("running", None)
    whole = document(trial, status="succeeded", provenance={"digest": "sha256:1"}, headline="fine — ok")
    tried = [{"key": "a", "sharpe": 0.1}]
    store.finish_trial(trial, whole, seconds=2.5, tried=tried)
    found = store.trial(trial.lower())
    assert found["document"] == whole
    assert found["arguments"] == {"top_k": 3}
    assert found["defaulted"] == ["seed"]
    assert found["data_request"] == {"source": "files"}
    assert (found["digest"], found["seconds"], found["session_id"]) == ("sha256:1", 2.5, session)
    assert store.tried() == [tried[0] | {"trial_id": trial, "session": session}]
    assert store.latest_trial(session, "walk_forward_test") == found
    assert store.latest_trial("S99") is None


def test_lists_are_newest_first_and_have_no_empty_keys(store: Store) -> None:
    session = store.new_session("offline", first="typed")
    for number in range(3):
        trial = store.new_trial("regime_detection", {}, {}, session_id=session if number else None)
        ended = {"status": "failed", "error": {"code": "x", "message": f"broke {number}"}}
        store.finish_trial(trial, document(trial, **ended), seconds=1.0)
    listed = store.trials()
    assert [entry["trial_id"] for entry in listed] == ["T3", "T2", "T1"]
    assert listed[0]["error"] == "broke 2"
    assert "headline" not in listed[0]
    assert "session_id" not in listed[2]
    assert [entry["trial_id"] for entry in store.trials(session_id=session)] == ["T3", "T2"]
    assert len(store.trials(limit=1)) == 1
    store.add_event(said(session, "said first"))
    assert store.sessions()[0] | {"started": ""} == {
        "session_id": session, "started": "", "agent": "offline", "model": None, "first": "said first", "trials": 2
    }  # fmt: skip


def test_events_and_messages_keep_their_order_and_passing_ones_are_left_out(store: Store) -> None:
    session, other = store.new_session("offline"), store.new_session("claude", "some-model")
    for number in range(5):
        store.add_event(said(session, f"e{number}"))
        store.add_event(said(other, "elsewhere"))
        store.add_message(session, {"role": "user", "content": [{"text": f"m{number} \u2028 ünï"}]})
    store.add_event(TextDelta(time=NOW, session_id=session, text="x"))
    store.add_event(ActionProgress(time=NOW, session_id=session, stage="fit", done=1, total=2))
    assert [event["text"] for event in store.events(session)] == [f"e{number}" for number in range(5)]
    assert [message["content"][0]["text"][:2] for message in store.messages(session)] == [f"m{n}" for n in range(5)]
    assert store.messages(other) == []


@pytest.mark.parametrize("name", ["T7", "t1", "7", "", "T", "Tx", "T-1", "T1; DROP TABLE trials", "T１", "T²"])
def test_an_unknown_trial_is_refused(store: Store, name: str) -> None:
    with pytest.raises(UsageError, match="no trial") as caught:
        store.trial(name)
    assert caught.value.code == "unknown_trial"
    assert caught.value.exit_code == 2


def test_an_unknown_session_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="no session"):
        store.events("S5")


def test_opening_twice_migrates_once_and_keeps_everything(tmp_path: Path) -> None:
    one = Store(tmp_path / "home")
    trial = one.new_trial("regime_detection", {}, {})
    two = Store(tmp_path / "home")
    assert two.trial(trial)["action"] == "regime_detection"
    one.close()
    two.close()
    assert Store(tmp_path / "home").trial(trial)["status"] == "running"
    with sqlite3.connect(tmp_path / "home" / "mltrainer.db") as db:
        names = [row[0] for row in db.execute("SELECT name FROM migrations ORDER BY name")]
    assert names == sorted(step.__name__ for step in STEPS)


def test_only_the_owner_may_read(store: Store) -> None:
    trial = store.new_trial("regime_detection", {}, {})
    folder = store.trial_folder(trial)
    for place in (store.home, folder):
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
    files = list(store.home.glob("mltrainer.db*"))
    assert len(files) == 3
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_home_that_is_a_file_or_lies_under_one_is_one_clear_error(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for home in (file, file / "below"):
        with pytest.raises(MltrainerError, match="cannot be written") as caught:
            Store(home)
        assert str(home) in caught.value.message
        assert "--home" in caught.value.hint
        assert caught.value.code == "home_unwritable"
    assert file.read_text() == "mine"


def test_what_is_kept_in_a_home_that_cannot_be_written_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Store(tmp_path)
    trial = first.new_trial("regime_detection", {}, {})
    first.close()
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    store = Store(tmp_path)
    assert store.trial(trial)["status"] == "running" and store.curves(trial) == {}
    for write in (lambda: store.new_trial("promote", {}, {}), lambda: store.new_session("offline")):
        with pytest.raises(MltrainerError) as caught:
            write()
        assert caught.value.code == "home_unwritable"


def test_a_database_that_is_none_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "mltrainer.db").write_bytes(b"this is no database, but somebody's notes" * 100)
    with pytest.raises(MltrainerError, match="cannot be used") as caught:
        Store(tmp_path)
    assert caught.value.code == "store_damaged" and "put a copy of it back" in caught.value.hint


def _fill(home: str, worker: int) -> None:
    store = Store(Path(home))
    session = store.new_session("offline", first=f"w{worker}")
    for number in range(12):
        store.add_event(said(session, f"{worker}:{number}"))
        store.add_message(session, {"role": "user", "content": f"{worker}:{number}"})
        trial = store.new_trial("regime_detection", {"n": number}, {}, session_id=session)
        ended = document(trial, status="succeeded", headline=f"{worker}:{number}")
        store.finish_trial(trial, ended, seconds=0.1, tried=[{"key": f"{worker}:{number}"}])
    store.close()


def test_eight_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_fill, args=(str(home), number)) for number in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    store = Store(home)
    sessions = store.sessions()
    assert sorted(session["first"] for session in sessions) == [f"{worker}:0" for worker in range(8)]
    wanted = [f"{worker}:{number}" for worker in range(8) for number in range(12)]
    assert sorted(entry["headline"] for entry in store.trials(limit=1000)) == sorted(wanted)
    assert sorted(entry["key"] for entry in store.tried()) == sorted(wanted)
    for session in sessions:
        worker = session["first"].partition(":")[0]
        assert [event["text"] for event in store.events(session["session_id"])] == [f"{worker}:{n}" for n in range(12)]
        assert len(store.messages(session["session_id"])) == 12


FULL = """
import resource, signal, sys
from pathlib import Path
from mltrainer.settings.errors import MltrainerError
from mltrainer.store.store import Store
store = Store(Path(sys.argv[1]))
kept = store.new_trial("regime_detection", {}, {})
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    for number in range(100):
        store.add_message("S1", {"role": "user", "content": "x" * 20_000})
except MltrainerError as error:
    print(error.code, "|", error.message, "|", error.hint)
"""


def test_a_store_that_cannot_grow_says_so_and_stays_whole(tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = subprocess.run([sys.executable, "-c", FULL, str(home)], capture_output=True, text=True, check=True)
    code, message, hint = done.stdout.strip().split(" | ")
    assert code == "store_unusable"
    assert str(home) in message
    assert "free some space" in hint
    store = Store(home)
    assert store.trial("T1")["status"] == "interrupted"
    assert 0 < len(store.messages("S1")) < 100


def test_the_home_folder_is_the_option_then_the_environment_then_the_users_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MLTRAINER_HOME", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert home_folder() == tmp_path / "data" / "mltrainer"
    monkeypatch.setenv("MLTRAINER_HOME", str(tmp_path / "named"))
    assert home_folder() == tmp_path / "named"
    assert home_folder(tmp_path / "option") == tmp_path / "option"
