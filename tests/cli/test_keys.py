"""Keys from the file that its owner alone can read, and where they never are: in anything written, shown or sent."""

import json
from pathlib import Path

import pytest

from mltrainer.cli.main import run_command
from tests.agent.claude_server import ClaudeServer, Refusal, say
from tests.cli.program import SMALL, run

CANARY = "canary-51f0c7"
KEYS = {name: f"{CANARY}-{name}" for name in ("ANTHROPIC_API_KEY", "POLYGON_API_KEY", "FRED_API_KEY")}
ECHO = f"invalid x-api-key {KEYS['ANTHROPIC_API_KEY']}"


@pytest.fixture
def keys(home: Path) -> Path:
    home.mkdir()
    path = home / "keys"
    path.write_text("".join(f"{name}={key}\n" for name, key in KEYS.items()))
    path.chmod(0o600)
    return path


def written(home: Path) -> list[Path]:
    """Return the files that hold a key, other than the file of keys."""
    files = [path for path in home.rglob("*") if path.is_file() and path != home / "keys"]
    assert len(files) > 1
    return [path for path in files if CANARY.encode() in path.read_bytes() or CANARY in path.name]


def test_a_conversation_with_claude_leaves_no_key_anywhere(keys: Path, home: Path) -> None:
    regime = say("I look at the market.", ("call_1", "regime_detection", {}))
    refusals = Refusal(401, "authentication_error", ECHO), Refusal(400, "invalid_request_error", ECHO)
    with ClaudeServer([regime, say("Calm."), *refusals]) as server:
        env = {"ANTHROPIC_BASE_URL": server.base_url}
        whole = run(home, "run", "Look", *SMALL, "--yes", "--json", env=env)
        talked = run(home, "chat", *SMALL, stdin=b"hello\nhello\n/quit\n", env=env)

    assert whole.code == 0 and any(event["type"] == "action.completed" for event in whole.events)
    assert "Claude refused the key" in talked.err and len(server.requests) == 4
    assert any(KEYS["ANTHROPIC_API_KEY"] in value for value in server.headers[0].values())
    assert CANARY not in json.dumps(server.requests)
    assert all(CANARY not in done.out.decode() + done.err for done in (whole, talked))
    assert not written(home)


def test_every_command_that_knows_of_a_key_says_only_that_it_is_set(
    keys: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["config", "--json"]) == 0
    shown = capsys.readouterr().out
    environment = json.loads(shown)["environment"]
    assert CANARY not in shown and {environment[name] for name in KEYS} == {"set"}

    keys.chmod(0o644)
    assert run_command(["run", "hello", *SMALL]) == 77
    assert "chmod 600" in capsys.readouterr().err
