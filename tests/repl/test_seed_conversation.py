"""The seed conversation with the installed program, under a pty with a screen."""

import re
import sys
from pathlib import Path

import pytest

from mltrainer.repl.prompt import APPROVAL_PROMPT, PROMPT
from tests.repl.pty_terminal import PtyTerminal

PROGRAM = [sys.executable, "-m", "mltrainer", "--source", "simulated", "--agent", "offline", "--workers", "1"]
CTRL_C, CTRL_D = "\x03", "\x04"


@pytest.mark.slow
def test_propose_approve_see_adjust_interrupt_and_leave(home: Path) -> None:
    with PtyTerminal([*PROGRAM, "--simulate", "tickers=30,sessions=340"], home, columns=100) as terminal:
        text = terminal.prompts(PROMPT)
        assert "SIMULATED" in text
        assert "offline" in text

        terminal.types("Start momentum analysis\r")
        text = terminal.prompts(APPROVAL_PROMPT)
        assert "I suggest we initiate momentum screening using RandomForest and XGBoost" in text
        assert re.search(r"confidence_threshold +85 % +stated", text)
        assert "test_block 63 sessions;" in " ".join(text.partition("Defaults: ")[2].split())

        terminal.types("yes, but with logistic regression\r")
        text = terminal.sees(r"models +logistic_regression +stated")
        terminal.prompts(APPROVAL_PROMPT)
        assert "Running trial" not in text

        terminal.types("yes\r")
        text = terminal.sees("mltrainer trials rerun T1")
        assert re.search(r"logistic_regression +0\.\d\d\d", text)
        assert re.search(r"volatility_only +0\.\d\d\d", text)
        assert "SIMULATED Trial T1: momentum screening, succeeded" in text
        # The result went to the analyst by itself, and it has the next proposal.
        terminal.prompts(APPROVAL_PROMPT)
        assert "Trial T1 ended" in terminal.text

        terminal.types("no\r")
        terminal.prompts(PROMPT)
        terminal.types("/walk-forward-test models=random_forest,xgboost,lightgbm\r")
        terminal.prompts(APPROVAL_PROMPT)
        terminal.types("yes\r")
        terminal.sees(r"\[[#.]{16}\]")
        terminal.types(CTRL_C)
        terminal.sees("Cancelled trial T2")
        terminal.prompts(PROMPT)

        terminal.types("/trials\r")
        text = terminal.sees(r"T2 +walk_forward_test +cancelled")
        assert re.search(r"T1 +momentum_screening +succeeded +SIMULATED", text)
        terminal.prompts(PROMPT)
        terminal.types("Report on the progress\r")
        terminal.sees("What was tried in this session")
        terminal.prompts(PROMPT)
        terminal.types(CTRL_D)
        assert terminal.ends() == 0


@pytest.mark.slow
def test_on_forty_columns_nothing_is_approved_by_an_end_of_input(home: Path) -> None:
    with PtyTerminal([*PROGRAM, "--simulate", "tickers=30,sessions=340"], home, columns=40, NO_COLOR="1") as terminal:
        terminal.prompts(PROMPT)
        terminal.types("Start momentum analysis\r")
        terminal.sees(r"what\s+to\s+change:")
        assert all(len(line) <= 40 for line in terminal.text.splitlines())
        assert re.search(r"universe +top-200 +d\n", terminal.text)
        assert "embargo 0 sessions;" in " ".join(terminal.text.split())
        assert re.search(r"\x1b\[(\d+;)*3[0-7]m", terminal.raw) is None
        terminal.types(CTRL_D)
        assert terminal.ends() == 0
        assert "Running trial" not in terminal.text
