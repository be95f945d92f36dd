"""Every exit code that is promised, each by a run of the program."""

from pathlib import Path

import pytest

from tests.agent.claude_server import ClaudeServer, Refusal
from tests.cli.program import SIMULATED, SMALL, run

START = ("run", "Start momentum analysis", "--agent", "offline")
KEY = "sk-ant-test-of-the-exit-codes"


def test_0_for_a_reply_that_proposes_nothing(home: Path) -> None:
    done = run(home, "run", "What models are at your disposal?", "--agent", "offline", *SMALL, "--json")
    assert done.code == 0
    ending = {"type": "result", "status": "succeeded", "exit_code": 0, "trial_ids": []}
    assert done.events[-1] == done.events[-1] | ending


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (Refusal(400, "invalid_request_error", "messages: wrong"), 1),
        (Refusal(401, "authentication_error", "invalid x-api-key"), 77),
        (Refusal(429, "rate_limit_error", "slow down", {"retry-after": "3600"}), 75),
    ],
    ids=["1-of-an-api", "77-credentials", "75-temporary"],
)
def test_1_and_75_and_77_for_what_the_api_refuses(home: Path, refusal: Refusal, code: int) -> None:
    with ClaudeServer([refusal]) as server:
        env = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.base_url}
        done = run(home, "run", "Ping", *SMALL, "--json", env=env)
    assert done.code == code
    assert [event["type"] for event in done.events][-2:] == ["error", "result"]
    assert done.events[-1]["exit_code"] == code
    assert done.events[-2]["retryable"] == (code == 75)
    assert KEY not in done.err + done.out.decode()
    assert done.err == ""


def test_77_for_claude_without_a_key(home: Path) -> None:
    done = run(home, "run", "Ping", *SMALL, "--agent", "claude")
    assert done.code == 77
    assert done.err.startswith("mltrainer: error: there is no key for Claude")


def test_2_for_wrong_usage(home: Path) -> None:
    for arguments in (
        ["nothing"],
        ["run", "", *SMALL],
        ["run", "Ping", *SMALL, "--agent", "nobody"],
        ["trials", "show", "T9"],
    ):
        done = run(home, *arguments)
        assert (done.code, done.out) == (2, b"")
        assert done.err.startswith("mltrainer: error: ")
        assert done.err.count("\n") == 1


def test_3_where_approval_was_needed_and_nobody_gave_it(home: Path) -> None:
    done = run(home, *START, *SMALL, "--json")
    assert done.code == 3
    assert done.events[-1]["status"] == "approval_needed"
    assert "action.started" not in [event["type"] for event in done.events]
    # A permission for another action is none for this one.
    assert run(home, *START, *SMALL, "--allow", "regime-detection").code == 3


def test_0_with_dry_run_shows_what_would_run_and_runs_nothing(home: Path) -> None:
    done = run(home, *START, *SMALL, "--dry-run", "--yes")
    assert done.code == 0
    assert "Proposal P1: momentum screening on SIMULATED data" in done.err
    assert "Running" not in done.err
    assert b"I suggest we initiate momentum screening" in done.out


def test_4_for_an_action_that_failed(home: Path) -> None:
    # A screening of a market that is too small is recorded as a failed trial, and there is nothing to repeat.
    assert run(home, "do", "momentum-screening", *SIMULATED, "--simulate", "tickers=3,sessions=300").code == 6
    done = run(home, "trials", "rerun", "T1")
    assert (done.code, done.out) == (4, b"")
    assert done.err == "mltrainer: error: trial T1 ended as failed: there is nothing to compare with\n"


def test_5_where_the_seconds_ran_out(home: Path) -> None:
    done = run(home, *START, *SIMULATED, "--yes", "--max-seconds", "1", "--json")
    assert done.code == 5
    assert done.events[-1] == done.events[-1] | {"type": "result", "status": "limit", "exit_code": 5}


def test_6_without_data(home: Path) -> None:
    done = run(home, "run", "Ping", "--agent", "offline")
    assert (done.code, done.out) == (6, b"")
    assert done.err.startswith("mltrainer: error: no data were named (give --data")
