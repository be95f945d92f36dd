#!/usr/bin/env python
"""Measures what a person at the terminal feels: start-up, the first word of an answer, and the cost of streaming.

    .venv/bin/python scripts/bench/terminal.py

Start-up is CPU time in units of a bare interpreter. The first word is the time from Enter to its first letter on the
screen, with a server on the loopback that answers at once, least and median of ten turns. Streaming is the CPU time of
an answer that comes five letters at a time, in units of printing it whole.
"""

import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pexpect

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from mltrainer.render.console import make_console  # noqa: E402
from mltrainer.render.live import LiveLines  # noqa: E402
from mltrainer.render.markdown import print_markdown  # noqa: E402
from mltrainer.render.stream import MarkdownStream  # noqa: E402
from tests.agent.claude_server import ClaudeServer, say  # noqa: E402
from tests.render.test_markdown_stream import REPLY  # noqa: E402

PROGRAM = [sys.executable, "-m", "mltrainer"]
CHAT = [*PROGRAM, "--source", "simulated", "--simulate", "tickers=40,sessions=400"]
TURNS = 10
# The last thing that drawing a prompt does is to show the cursor.
DRAWN = "\x1b[?25h"
COMMANDS = (["--version"], ["--help"], ["models", "list"], ["trials", "list"], ["status"])


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="mltrainer-bench-") as folder:
        env = {"PATH": os.environ["PATH"], "HOME": folder, "MLTRAINER_HOME": folder, "TERM": "xterm-256color"}
        env["PROMPT_TOOLKIT_NO_CPR"] = "1"
        bare = min(cpu_seconds([sys.executable, "-c", "pass"], env) for _ in range(5))
        for command in COMMANDS:
            took = min(cpu_seconds([*PROGRAM, *command], env) for _ in range(5))
            print(f"{' '.join(command):12} {took / bare:5.1f} x a bare interpreter")
        with ClaudeServer([say(f"Word{turn:03d} and the rest.") for turn in range(TURNS + 1)]) as server:
            first_words(env | {"ANTHROPIC_API_KEY": "sk-ant-bench", "ANTHROPIC_BASE_URL": server.base_url}, bare)
    whole = least(lambda: print_markdown(terminal(), REPLY * 6))
    print(f"streaming    {least(stream) / whole:5.1f} x printing the answer whole")


def cpu_seconds(command: list[str], env: dict[str, str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=env, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def first_words(env: dict[str, str], bare: float) -> None:
    """Print what the first prompt cost and how soon answers begin."""
    chat = pexpect.spawn(CHAT[0], CHAT[1:], env=env, dimensions=(40, 100), encoding="utf-8", timeout=60)
    chat.delaybeforesend = None
    chat.expect_exact(DRAWN)
    ticks = Path(f"/proc/{chat.pid}/stat").read_text().rsplit(")", 1)[1].split()
    spent = (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")
    memory = next(line for line in Path(f"/proc/{chat.pid}/status").read_text().splitlines() if "VmHWM" in line)
    print(f"first prompt {spent / bare:5.1f} x a bare interpreter, {int(memory.split()[1]) / 1024:.0f} MB")
    waits = []
    for turn in range(TURNS + 1):
        chat.send(f"Hello {turn}")
        chat.expect_exact(f"Hello {turn}")
        started = time.perf_counter()
        chat.send("\r")
        chat.expect_exact(f"Word{turn:03d}")
        waits.append(time.perf_counter() - started)
        chat.expect_exact(DRAWN)
    chat.close(force=True)
    # The first turn waits for the library of the API to be loaded.
    rest = [1000 * wait for wait in waits[1:]]
    print(
        f"first word   {min(rest):5.0f} ms least, {statistics.median(rest):.0f} ms median; first turn {waits[0]:.1f} s"
    )


def terminal():
    return make_console(io.StringIO(), color=True, width=100)


def stream() -> None:
    console = terminal()
    answer = MarkdownStream(console, LiveLines(console.file, lambda: 100))
    text = REPLY * 6
    for start in range(0, len(text), 5):
        answer.feed(text[start : start + 5])
    answer.finish()


def least(work: Callable[[], object]) -> float:
    times = []
    for _ in range(5):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


if __name__ == "__main__":
    main()
