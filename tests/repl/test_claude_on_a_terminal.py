"""The chat with Claude under a pty: the real program and SDK, a scripted server on the loopback."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from mltrainer.repl.prompt import APPROVAL_PROMPT, PROMPT
from tests.agent.claude_server import ClaudeServer, Refusal, Reply, say
from tests.repl.corpus import ALL, MARKUP, taken_over
from tests.repl.pty_terminal import PtyTerminal

PROGRAM = [sys.executable, "-m", "mltrainer", "--source", "simulated", "--workers", "1"]
CTRL_C, CTRL_D = "\x03", "\x04"
# A call, and the same trial in words: one proposal. Long enough to be met at work.
TEST = ("c1", "walk_forward_test", {"models": ["random_forest"]})


@contextmanager
def claude_chat(home: Path, script: Sequence[Reply | Refusal], columns: int = 100) -> Iterator[tuple]:
    with ClaudeServer(script) as server:
        keys = {"ANTHROPIC_API_KEY": "sk-ant-test", "ANTHROPIC_BASE_URL": server.base_url}
        market = ["--simulate", "tickers=60,sessions=700"]
        with PtyTerminal([*PROGRAM, *market], home, columns, **keys) as terminal:
            terminal.prompts(PROMPT)
            yield terminal, server


def test_ctrl_c_at_every_stage_stops_that_stage_and_never_the_chat(home: Path) -> None:
    script = [
        say("Half of a long answer that never ends", ending="hang"),
        say("I suggest we run a walk-forward test with RandomForest.", TEST),
        say("You stopped it."),
    ]
    with claude_chat(home, script) as (terminal, server):
        terminal.types("a draft" + CTRL_C)
        terminal.prompts(PROMPT)

        terminal.types("Tell me a story\r")
        terminal.sees("Half of a long")
        terminal.types(CTRL_C)
        terminal.sees("Interrupted. The conversation goes on.")
        terminal.prompts(PROMPT)

        terminal.types("Then propose something\r")
        text = terminal.prompts(APPROVAL_PROMPT)
        assert len(re.findall("Proposal P", text)) == 1
        # At the question Ctrl-C clears what was typed and decides nothing.
        terminal.types("yes" + CTRL_C)
        terminal.prompts(APPROVAL_PROMPT)
        assert "Running" not in terminal.text

        terminal.types("yes\r")
        terminal.sees(r"\[[#.]{16}\]")
        terminal.types(CTRL_C)
        terminal.sees("Cancelled trial T1")
        terminal.prompts(PROMPT)

        terminal.types("What happened?\r")
        text = terminal.sees("You stopped it")
        terminal.prompts(PROMPT)
        assert len(re.findall("You stopped it", terminal.text)) == 1
        terminal.sees(r"claude +\$0\.0\d")
        terminal.types(CTRL_D)
        assert terminal.ends() == 0
        # Every call has its answer, and the AI was told.
        sent = server.requests[-1]["messages"]
        results = [block for message in sent if message["role"] == "user" for block in message["content"]]
        answers = [one for one in results if one["type"] == "tool_result"]
        assert [one["tool_use_id"] for one in answers] == ["c1"]
        assert "interrupted by the user" in answers[0]["content"]


def test_edit_opens_the_arguments_as_lines_and_shows_the_changed_proposal(home: Path) -> None:
    with claude_chat(home, [say("I suggest we run a walk-forward test with RandomForest.")]) as (terminal, _):
        terminal.types("Go\r")
        terminal.prompts(APPROVAL_PROMPT)
        terminal.types("edit\r")
        terminal.sees("models=random_forest")
        # The cursor stands behind the last line.
        terminal.prompts("seed=58")
        # Ctrl-C clears the lines and decides nothing: the same proposal waits, and can be edited again.
        terminal.types(CTRL_C)
        terminal.prompts(APPROVAL_PROMPT)
        terminal.types("edit\r")
        terminal.prompts("seed=58")
        terminal.types("\x7f\x7f77\r")
        text = terminal.sees(r"seed +77 +stated")
        terminal.prompts(APPROVAL_PROMPT)
        assert "Running" not in text
        terminal.types("edit\r")
        terminal.prompts("seed=77")
        terminal.types("7x\r")
        terminal.sees("Error: seed: must be a whole number")
        terminal.prompts(APPROVAL_PROMPT)


def test_a_window_that_changes_its_size_during_a_trial_reads_well(home: Path) -> None:
    with claude_chat(home, [say("I suggest we run it.", TEST), say("Done.")], columns=120) as (terminal, _):
        terminal.types("Test it\r")
        terminal.prompts(APPROVAL_PROMPT)
        terminal.types("yes\r")
        terminal.sees(r"\[[#.]{16}\]")
        terminal.resizes(60)
        terminal.types(CTRL_C)
        terminal.sees("Cancelled trial T1")
        terminal.prompts(PROMPT)
        terminal.types("/cost\r")
        terminal.sees("total")
        terminal.prompts(PROMPT)
        assert all(len(line) <= 60 for line in terminal.screen.display)
        terminal.types(CTRL_D)
        assert terminal.ends() == 0


def test_what_claude_writes_never_takes_over_the_terminal(home: Path) -> None:
    evil = ("c1", "walk_forward_test", {"models": [ALL]})
    script = [
        say(ALL),
        say("I call it.", evil),
        say("Sorry."),
        Refusal(400, "invalid_request_error", ALL),
        say("Now it works."),
    ]
    with claude_chat(home, script) as (terminal, _):
        terminal.types("Attack\r")
        terminal.sees(re.escape("[bold red]loud[/bold red]"))
        terminal.prompts(PROMPT)
        terminal.types("Attack by a tool\r")
        terminal.sees("Sorry")
        terminal.prompts(PROMPT)
        terminal.types("Attack by an error\r")
        terminal.sees("Error: ")
        terminal.prompts(PROMPT)
        # After an error the same chat goes on.
        terminal.types("Once more\r")
        text = terminal.sees("Now it works")
        assert MARKUP.split()[0] in text
        assert r"\x1b]52;c;" in text
        assert "pwned" not in terminal.screen.title
        assert taken_over(terminal.raw) == []


def test_a_trial_in_the_background_is_announced_at_the_prompt_and_told_with_the_next_words(home: Path) -> None:
    quick = ("c1", "model_execution", {"models": ["logistic_regression"]})
    script = [say("I call it.", quick), say("It will come."), say("I see it."), say("Once more.", ("c2", *TEST[1:]))]
    with claude_chat(home, script) as (terminal, server):
        terminal.types("Go\r")
        terminal.prompts(APPROVAL_PROMPT)
        terminal.types("yes, in the background\r")
        terminal.sees(r"In the background: job 1 \(model execution\)")
        terminal.prompts(PROMPT)
        terminal.types("What comes?\r")
        terminal.sees("It will come")
        # The draft that is being typed stands below what is announced above it.
        terminal.prompts(PROMPT)
        terminal.types("a draft")
        text = terminal.sees("Trial T1 in the background is done: model execution")
        terminal.prompts("> a draft")
        assert text.count("T1 in the background is done") == 1 and "Running" not in text
        terminal.types(CTRL_C + "And now?\r")
        terminal.sees("I see it")
        terminal.prompts(PROMPT)
        told = str(server.requests[-1]["messages"][-1])
        assert "job 1 (model execution, T1) in the background is done" in told
        terminal.types("More\r")
        terminal.prompts(APPROVAL_PROMPT)
        terminal.types("in background\r")
        terminal.prompts(PROMPT)
        terminal.types(CTRL_D)
        terminal.sees(r"Still in the background: job 2 \(walk forward test")
        terminal.prompts(PROMPT)
        terminal.types("/jobs\r")
        terminal.sees(r"1 +T1 +model_execution +done\n")
        terminal.prompts(PROMPT)
        terminal.types(CTRL_D)
        terminal.sees("Leave again to cancel it and go", times=2)
        terminal.types(CTRL_D)
        assert terminal.ends() == 0
