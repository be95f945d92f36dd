"""What the doctor finds, for people and for programs."""

import json
import socket
from pathlib import Path

import pytest

from mltrainer.cli import doctor
from mltrainer.store.config import user_file


def test_a_missing_library_is_a_failure_and_the_rest_is_still_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, "LIBRARIES", ("json", "no_such_library"))
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    assert doctor.doctor(home=tmp_path / "home") == 1
    lines = capsys.readouterr().out.splitlines()
    assert "FAIL  no_such_library ModuleNotFoundError: No module named 'no_such_library'" in lines
    assert lines[-1] == "--    ANTHROPIC_API_KEY set"
    assert doctor.doctor(json=True, home=tmp_path / "home") == 1
    found = {one["check"]: one for one in json.loads(capsys.readouterr().out)}
    assert found["no_such_library"]["ok"] is False and found["ledger"]["ok"] is True
    monkeypatch.setattr(doctor, "LIBRARIES", ("json",))
    assert doctor.doctor(json=True, home=tmp_path / "home") == 0


def test_a_home_that_cannot_be_written_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "LIBRARIES", ())
    (tmp_path / "home").write_text("a file")
    assert doctor.doctor(home=tmp_path / "home") == 1
    assert "FAIL  home" in capsys.readouterr().out


def test_a_configured_cluster_that_does_not_answer_is_a_failure(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "LIBRARIES", ())
    assert doctor.doctor(home=home) == 0
    assert "ok    engine local" in capsys.readouterr().out
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
    user_file().parent.mkdir(parents=True)
    user_file().write_text(f'[options]\nengine = "dask"\nscheduler = "{address}"\n')
    assert doctor.doctor(home=home) == 1
    assert f"FAIL  engine no scheduler answers at {address}" in capsys.readouterr().out
