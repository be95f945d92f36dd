"""What goes to standard output, and what becomes of a program whose output or input is a pipe."""

import json
import os
import subprocess
from pathlib import Path

from jsonschema import Draft202012Validator

from mltrainer.settings.events import json_schema
from tests.agent.claude_server import ClaudeServer, say
from tests.cli.program import LONGEST_SECONDS, SMALL, run, start

START = ("run", "Start momentum analysis", "--agent", "offline", *SMALL)


def test_the_answer_of_the_ai_is_all_of_standard_output(home: Path) -> None:
    with ClaudeServer([say("PONG")]) as server:
        env = {"ANTHROPIC_API_KEY": "sk-ant-test", "ANTHROPIC_BASE_URL": server.base_url}
        done = run(home, "run", "Reply with exactly: PONG", *SMALL, env=env)
    assert done.out == b"PONG\n"
    assert (done.code, "Claude" in done.err) == (0, True)
    assert server.requests[0]["messages"][-1]["content"][-1]["text"] == "Reply with exactly: PONG"


def test_a_prompt_that_is_given_leaves_standard_input_alone(home: Path) -> None:
    with start(home, "run", "What models are at your disposal?", "--agent", "offline", *SMALL) as process:
        # The pipe stays open and nothing ever comes through it.
        assert process.wait(LONGEST_SECONDS) == 0
        assert process.stdout and b"random_forest" in process.stdout.read()


def test_a_prompt_comes_from_standard_input_where_none_is_given(home: Path) -> None:
    for arguments in (["run"], ["run", "-"]):
        done = run(home, *arguments, "--agent", "offline", *SMALL, stdin=b"What models are at your disposal?\n")
        assert (done.code, b"random_forest" in done.out) == (0, True)


def test_json_is_one_event_a_line_by_the_schema_and_the_last_is_the_result(home: Path) -> None:
    done = run(home, *START, "--json")
    valid = Draft202012Validator(json_schema())
    assert [error.message for event in done.events for error in valid.iter_errors(event)] == []
    kinds = [event["type"] for event in done.events]
    assert kinds[0] == "session.started"
    assert kinds.index("proposal") < kinds.index("result") == len(kinds) - 1
    assert "text.delta" not in kinds
    assert done.err == ""


def test_deltas_add_up_to_the_message(home: Path) -> None:
    done = run(home, *START, "--json", "--deltas")
    pieces = "".join(event["text"] for event in done.events if event["type"] == "text.delta")
    (said,) = [event["text"] for event in done.events if event["type"] == "message" and event["role"] == "assistant"]
    assert pieces.strip() == said


def test_whoever_stops_reading_gets_no_complaint(home: Path) -> None:
    for arguments in (["models", "list"], [*START]):
        reader, writer = os.pipe()
        os.close(reader)
        with start(home, *arguments, stdin=subprocess.DEVNULL, stdout=writer) as process:
            _, said = process.communicate(timeout=LONGEST_SECONDS)
        os.close(writer)
        assert [word for word in (b"Traceback", b"BrokenPipe", b"error") if word in said] == []
        assert process.returncode == 141


def test_actions_from_standard_input_give_a_document_a_line_failures_too(home: Path) -> None:
    asked = [
        {"action": "list_models", "arguments": {}},
        {"action": "no_such_action", "arguments": {}},
        {"action": "regime-detection"},
    ]
    done = run(home, "do", "-", *SMALL, stdin="\n".join([*map(json.dumps, asked), "no json"]).encode())
    models, unknown, regime, garbage = done.events
    assert "random_forest" in [model["name"] for model in models["models"]]
    assert (unknown["status"], regime["status"], garbage["status"]) == ("failed", "succeeded", "failed")
    assert 0 <= regime["regime"]["score"] <= 100
    assert done.code == 2
