"""Names of files and tickers, models and prompts that would take over a terminal never reach it as they are."""

import math
import re
import sys
from datetime import date, timedelta
from pathlib import Path

from tests.cli.program import run
from tests.repl.corpus import ESCAPES, MARKUP, taken_over
from tests.repl.pty_terminal import PtyTerminal

PROGRAM = [sys.executable, "-m", "mltrainer"]


def bars(path: Path, names: list[str], sessions: int = 40) -> Path:
    """Write bars whose tickers have these names."""
    days = [day for at in range(2 * sessions) if (day := date(2020, 1, 6) + timedelta(at)).weekday() < 5][:sessions]
    lines = ["date,ticker,open,high,low,close,volume"]
    for place, name in enumerate(names):
        for at, day in enumerate(days):
            close = 50 + place + 3 * math.sin(at / 3 + place)
            quoted = '"' + name.replace('"', '""') + '"'
            lines.append(f"{day},{quoted},{close:.2f},{close + 1:.2f},{close - 1:.2f},{close + 0.1:.2f},100000")
    path.write_text("\n".join(lines))
    return path


def test_arguments_of_every_kind_are_shown_and_not_obeyed(home: Path) -> None:
    evil = "".join(ESCAPES.values()) + MARKUP
    for arguments in (
        ["models", "show", evil],
        ["trials", "show", evil],
        ["do", "momentum-screening", "--source", "simulated", "--models", evil],
        ["do", "regime-detection", "--data", f"/nowhere/{evil[:100]}", "--json"],
        ["run", "x", "--source", "simulated", "--agent", evil],
    ):
        done = run(home, *arguments)
        assert done.code in (2, 6)
        assert taken_over(done.err + done.out.decode()) == []
        assert done.err.startswith("mltrainer: error: ") and done.err.count("\n") == 1


def test_tickers_and_file_names_in_a_chat_are_shown_and_not_obeyed(home: Path) -> None:
    folder = home.parent
    names = [f"X{place}{text}" for place, text in enumerate(ESCAPES.values()) if "\r" not in text]
    path = bars(folder / "bars \x1b]0;pwned\x07\x9b31m\u202e.csv", names)
    argv = [*PROGRAM, "--data", str(path), "--agent", "offline", "--universe", "all"]
    with PtyTerminal(argv, home) as terminal:
        terminal.prompts("> ")
        terminal.types("/data\r")
        terminal.sees(r"tickers +\d+")
        terminal.prompts("> ")
        terminal.types("/momentum-screening universe=all\r")
        terminal.sees("Type 'yes' to execute")
        terminal.types("yes\r")
        terminal.sees("Error: |failed")
        terminal.types("/settings universe=X1")
        terminal.types("\t")
        terminal.sees(re.escape("X1\\x1b[2J"))
        assert taken_over(terminal.raw) == []
    checked = run(home, "data", "check", "--data", str(path))
    assert taken_over(checked.out.decode() + checked.err) == []
