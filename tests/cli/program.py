"""The installed program as a child process, the way scripts use it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

PROGRAM = [sys.executable, "-m", "mltrainer"]
LONGEST_SECONDS = 60
SIMULATED = ("--source", "simulated", "--workers", "1")
# The smallest market in which a screening works.
SMALL = (*SIMULATED, "--simulate", "tickers=20,sessions=300")


class Done(NamedTuple):
    """How a program ended."""

    code: int
    out: bytes
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return what a program needs of the caller's environment, and nothing else: no keys, no colours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
    own = {"MLTRAINER_HOME": str(home), "XDG_CONFIG_HOME": str(home / "config"), "OMP_NUM_THREADS": "1"}
    return kept | own | more


def start(home: Path, *arguments: str, **more: Any) -> "subprocess.Popen[bytes]":
    """Start the program with pipes on all sides; ``env`` adds variables."""
    env = environment(home, **more.pop("env", {}))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*PROGRAM, *arguments], env=env, **pipes | more)


def run(
    home: Path,
    *arguments: str,
    stdin: bytes = b"",
    env: dict[str, str] | None = None,
    before: Callable[[], None] | None = None,
) -> Done:
    """Run the program to its end with this input."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        input=stdin,
        env=environment(home, **env or {}),
        capture_output=True,
        timeout=LONGEST_SECONDS,
        preexec_fn=before,
    )
    return Done(done.returncode, done.stdout, done.stderr.decode())
