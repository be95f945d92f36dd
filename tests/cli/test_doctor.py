"""What the doctor finds, for people and for programs."""

import json
from pathlib import Path

import pytest

from mltrainer.cli import doctor


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
