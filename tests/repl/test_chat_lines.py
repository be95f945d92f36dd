"""The chat without a terminal: lines come through a pipe."""

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest

from mltrainer.repl.app import chat
from mltrainer.settings.errors import CredentialsError
from tests.render.documents import screening
from tests.repl.scripted import ScriptedConversation, setup_of


def read(
    text: str,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    conversation: ScriptedConversation | None = None,
    **more: Any,
) -> tuple[int, ScriptedConversation]:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))
    conversation = conversation or ScriptedConversation([screening()])
    return asyncio.run(chat(setup_of(conversation, home, interactive=False, **more))), conversation


def test_lines_are_turns_and_what_waits_at_the_end_was_not_approved(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, conversation = read("Start momentum analysis\n\n", home, monkeypatch, notice="Offline analyst.")
    assert code == 3
    assert conversation.heard == ["Start momentum analysis"]
    assert conversation.closed
    captured = capsys.readouterr()
    assert captured.out == "I suggest **momentum screening**.\n\nIt takes a while.\n"
    assert captured.err.startswith("Offline analyst.\n")
    assert "Proposal P1" in captured.err


def test_a_program_gets_events_and_the_end_as_the_last_of_them(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, conversation = read("Start momentum analysis\n", home, monkeypatch, json=True)
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["type"] for one in told[:2]] == ["session.started", "message"]
    assert told[-1] | {"time": ""} == told[-1] | {
        "time": "",
        "type": "result",
        "status": "approval_needed",
        "exit_code": 3,
        "trial_ids": [],
    }
    assert code == 3 and conversation.ran == []


def test_nothing_is_approved_through_a_pipe(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, conversation = read("Start momentum analysis\nyes\nyes", home, monkeypatch)
    assert code == 3
    assert conversation.ran == []
    assert conversation.declined == ["there is no terminal to approve on"] * 3


def test_commands_answer_on_standard_output(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, conversation = read("/show T1\n/nonsense\n/quit\nnever heard\n", home, monkeypatch)
    assert code == 2
    assert conversation.heard == []
    captured = capsys.readouterr()
    assert "NVDA" in captured.out
    assert "mltrainer: error: there is no command /nonsense" in captured.err


def test_what_cannot_be_opened_ends_with_its_code(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fails() -> Any:
        raise CredentialsError("the key was refused", hint="set ANTHROPIC_API_KEY")

    assert read("hello\n", home, monkeypatch, open=fails)[0] == 77
    assert capsys.readouterr().err == "mltrainer: error: the key was refused (set ANTHROPIC_API_KEY)\n"


def test_what_happened_to_holdings_is_said_first(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    conversation = ScriptedConversation()
    conversation.facilitator.store.held = [{"key": "H1", "ticker": "AAPL", "target": 200.0}]
    assert read("/quit\n", home, monkeypatch, conversation)[0] == 0
    assert "H1 AAPL reached its target of 200.00 on 2026-11-23." in capsys.readouterr().err
