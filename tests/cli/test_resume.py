"""A chat that is killed goes on with the last word said; stored conversations can be read, searched and copied."""

import re
import signal
import sys
from pathlib import Path

from mltrainer.repl.prompt import APPROVAL_PROMPT, PROMPT
from tests.cli.program import SMALL, run
from tests.repl.pty_terminal import PtyTerminal

PROGRAM = [sys.executable, "-m", "mltrainer"]


def test_a_killed_chat_goes_on_with_the_last_word_said(home: Path) -> None:
    with PtyTerminal([*PROGRAM, "--agent", "offline", *SMALL], home) as terminal:
        terminal.prompts(PROMPT)
        terminal.types("use a confidence threshold of 60%\r")
        terminal.prompts(APPROVAL_PROMPT)
        terminal.types("no\r")
        terminal.prompts(PROMPT)
        terminal.types("Run a walk-forward test with random forest\r")
        terminal.prompts(APPROVAL_PROMPT)
        terminal.process.kill(signal.SIGKILL)
        terminal.ends()
    # Which data and which analyst is known from the session.
    with PtyTerminal([*PROGRAM, "chat", "--resume"], home) as terminal:
        text = terminal.prompts(APPROVAL_PROMPT)
        assert "SIMULATED" in text
        assert "Session S1 goes on where it ended." in text
        assert "You said: Run a walk-forward test with random forest" in text
        assert re.search(r"models +random_forest +stated", text)
        assert re.search(r"confidence_threshold +60 % +adjusted", text)
        terminal.types("yes\r")
        terminal.sees("Running trial T1")
        terminal.process.kill(signal.SIGKILL)
        terminal.ends()
    with PtyTerminal([*PROGRAM, "--resume", "S1"], home) as terminal:
        text = terminal.prompts(PROMPT)
        assert "Trials so far: T1" in text
        assert "Cancelled trial T1" in text
        terminal.types("/trials\r")
        terminal.sees(r"T1 +walk_forward_test +cancelled")
        terminal.prompts(PROMPT)
        terminal.types("/resume S9\r")
        terminal.sees("there is no session 'S9'")
        terminal.prompts(PROMPT)
        terminal.types("/resume\r")
        terminal.sees("there is no other session yet")
        terminal.prompts(PROMPT)
        copy = run(home, "sessions", "branch", "S1").out.decode().strip()
        terminal.types("/resume\r")
        terminal.sees(f"Session {copy} goes on where it ended")
        terminal.prompts(PROMPT)
        terminal.types("/settings\r")
        terminal.sees(r"confidence_threshold +60 % +set")
        terminal.prompts(PROMPT)

    done = run(home, "sessions", "search", "WALK-FORWARD")
    assert "S1" in done.out.decode()
    text = run(home, "sessions", "export", copy).out.decode()
    assert text.startswith(f"# Session {copy}\n\nBegun ")
    assert "> Run a walk-forward test with random forest" in text
    assert "**SIMULATED Proposal P2: walk forward test**" in text
    assert run(home, "sessions", "export", "S9").code == 2


def test_there_is_nothing_to_go_on_with(home: Path) -> None:
    done = run(home, "--resume")
    assert (done.code, done.err) == (
        2,
        "mltrainer: error: there is no session to go on with (see: mltrainer sessions list)\n",
    )
