"""The chat under a pty with a screen, with a scripted conversation behind it."""

import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mltrainer.repl.prompt import APPROVAL_PROMPT, PROMPT
from tests.repl.pty_terminal import PtyTerminal

SCRIPT = Path(__file__).with_name("scripted_chat.py")
CTRL_C, CTRL_D = "\x03", "\x04"


@contextmanager
def open_chat(home: Path, seconds: float = 0.0, columns: int = 100, **environment: str) -> Iterator[PtyTerminal]:
    argv = [sys.executable, str(SCRIPT), str(home), str(seconds)]
    with PtyTerminal(argv, home, columns, **environment) as terminal:
        terminal.prompts(PROMPT)
        yield terminal


def test_a_proposal_is_run_by_yes_and_the_screen_reads_well(home: Path) -> None:
    with open_chat(home) as terminal:
        terminal.types("Start momentum analysis\r")
        text = terminal.prompts(APPROVAL_PROMPT)
        assert (
            "I suggest momentum screening.\n\nIt takes a while.\n\nProposal P1: momentum screening on SIMULATED" in text
        )
        assert "confidence_threshold  85 %" in text
        terminal.types("yes\r")
        text = terminal.sees("Nothing qualifies")
        assert text.count("It takes a while.") == 1
        assert "fold 1" not in text
        terminal.prompts(PROMPT)
        terminal.types(CTRL_D)
        assert terminal.ends() == 0


def test_ctrl_c_stops_the_trial_at_once_without_a_trace_on_the_screen(home: Path) -> None:
    with open_chat(home, seconds=60) as terminal:
        terminal.types("Start momentum analysis\r")
        terminal.prompts(APPROVAL_PROMPT)
        terminal.types("yes\r")
        terminal.sees(r"fit xgboost fold 1 \[####\.+\] 1/4 [1-9]")
        terminal.types("typed during the trial" + CTRL_C)
        text = terminal.sees("Cancelled trial T1")
        terminal.prompts(PROMPT)
        assert "^C" not in text
        assert "fold 1" not in terminal.text
        assert "during the trial" not in text.split("Cancelled")[0]
        terminal.types("/quit\r")
        assert terminal.ends() == 0


def test_sigterm_ends_the_chat_in_order(home: Path) -> None:
    with open_chat(home) as terminal:
        terminal.process.kill(signal.SIGTERM)
        assert terminal.ends() == 143
    with open_chat(home, seconds=60) as terminal:
        terminal.types("Start momentum analysis\r")
        terminal.prompts(APPROVAL_PROMPT)
        terminal.types("yes\r")
        terminal.sees("fit xgboost")
        terminal.process.kill(signal.SIGTERM)
        assert terminal.ends() == 143
        assert "Traceback" not in terminal.text


def test_type_ahead_never_approves(home: Path) -> None:
    with open_chat(home) as terminal:
        terminal.types("Start momentum analysis\r")
        terminal.types("yes\r")
        terminal.prompts(APPROVAL_PROMPT)
        terminal.types("no\r")
        terminal.prompts(PROMPT)
        assert "Approved" not in terminal.text
        terminal.types(CTRL_D)
        assert terminal.ends() == 0


def test_a_word_typed_early_does_not_wait_in_the_question(home: Path) -> None:
    with open_chat(home) as terminal:
        terminal.types("Start momentum analysis slowly\r")
        terminal.sees("I suggest")
        terminal.types("yes")
        terminal.prompts(APPROVAL_PROMPT)
        terminal.types("\r")
        terminal.prompts(PROMPT)
        assert "Approved" not in terminal.text
        assert "yes" not in terminal.text.split(APPROVAL_PROMPT.rstrip())[-1]


def test_the_tool_bar_and_the_hint_stand_below_the_prompt(home: Path) -> None:
    with open_chat(home) as terminal:
        terminal.sees(r"SIMULATED  simulated 2018-02-07  random_forest\+xgboost 7-10 \+7% at 85% top-200  offline")
        terminal.types("some words" + CTRL_C + CTRL_C)
        terminal.sees("Ctrl-D or /quit leaves")
        terminal.prompts(PROMPT)
        terminal.types("/tria")
        terminal.sees("List the stored trials")
        terminal.types("\t")
        terminal.prompts("/trials")


@pytest.mark.parametrize("columns", [40, 200])
def test_every_width_reads_well(columns: int, home: Path) -> None:
    with open_chat(home, columns=columns) as terminal:
        terminal.types("Start momentum analysis\r")
        terminal.sees("what to change:" if columns > 60 else r"what to\s+change:|change:")
        terminal.types("no\r")
        terminal.prompts(PROMPT)
        terminal.types("/show T1\r")
        text = terminal.sees("Proof: 34 fits")
        assert "NVDA" in text
        assert "volatility_only  0.690" in text
        assert any(line.startswith("confidence_threshold  85 %") for line in text.splitlines())
        assert ("no room for" in text) == (columns == 40)


def test_no_color_and_a_dumb_terminal(home: Path) -> None:
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        with open_chat(home, **environment) as terminal:
            terminal.types("Start momentum analysis\r")
            terminal.sees("what to change:")
            terminal.types("yes\r")
            terminal.sees("Nothing qualifies")
            terminal.prompts(PROMPT)
            for color in range(30, 38):
                assert f"[{color}m" not in terminal.raw
                assert f";{color}m" not in terminal.raw
            terminal.types(CTRL_D)
            assert terminal.ends() == 0


def test_ctrl_r_finds_what_was_typed_before_and_enter_takes_it(home: Path) -> None:
    with open_chat(home) as terminal:
        terminal.types("/show T1 baselines\r")
        terminal.sees("volatility_only")
        terminal.prompts(PROMPT)
        terminal.types("/trials\r")
        terminal.sees("momentum_screening")
        terminal.prompts(PROMPT)
        terminal.types("\x12base")
        terminal.sees(r"> /show T1 baselines")
        # The first Enter ends the search with the cursor where the word was found, the second one sends the line.
        terminal.types("\r")
        terminal.prompts("> /show T1")
        terminal.types("\r")
        terminal.sees("volatility_only", times=2)
        terminal.prompts(PROMPT)


def test_only_colours_that_read_on_light_and_on_dark_are_used(home: Path) -> None:
    with open_chat(home) as terminal:
        terminal.types("Start momentum analysis\r")
        terminal.prompts(APPROVAL_PROMPT)
        terminal.types("yes\r")
        terminal.sees("Nothing qualifies")
        terminal.prompts(PROMPT)
        terminal.types("/show T1\r")
        terminal.sees("Proof: 34 fits")
        terminal.types("/tri")
        terminal.sees("List the stored trials")
        codes = {
            int(code)
            for sequence in re.findall(r"\x1b\[([\d;]*)m", terminal.raw)
            for code in sequence.split(";")
            if code
        }
    # Bold, dim, italic, underlined, reversed, and the named colours but black and white; no background, no palette.
    assert codes & {31, 32, 33, 35, 36}
    assert codes <= {0, 1, 2, 3, 4, 7, *range(21, 30), 31, 32, 33, 34, 35, 36, 39, 49}


def test_a_window_of_any_width_may_change_at_the_prompt(home: Path) -> None:
    with open_chat(home, columns=60) as terminal:
        for columns in (200, 40, 100):
            terminal.resizes(columns)
            terminal.types("/data\r")
            terminal.sees("faults")
            terminal.prompts(PROMPT)
            assert all(len(line.rstrip()) <= columns for line in terminal.screen.display)
        terminal.types("Start momentum analysis\r")
        terminal.prompts(APPROVAL_PROMPT)
