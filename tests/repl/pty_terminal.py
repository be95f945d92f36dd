"""A terminal with a screen: runs a program under a pty, types, and reads what a person would see."""

import os
import re
import time
from pathlib import Path
from typing import Any

import pexpect
import pyte

LONGEST_SECONDS = 60


class PtyTerminal:
    """A program under a pty, and the screen that it draws, with what has scrolled away above it."""

    def __init__(self, argv: list[str], home: Path, columns: int = 100, rows: int = 40, **environment: str) -> None:
        self.screen = pyte.HistoryScreen(columns, rows, history=5000)
        self.screen.write_process_input = self._reply
        self.stream = pyte.Stream(self.screen)
        self.raw = ""
        # Of the caller's environment only what a program needs: no keys, no colour wishes.
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
        env = kept | {"TERM": "xterm-256color", "MLTRAINER_HOME": str(home), "OMP_NUM_THREADS": "1"} | environment
        self.process: Any = pexpect.spawn(
            argv[0], argv[1:], dimensions=(rows, columns), env=env, encoding="utf-8", timeout=LONGEST_SECONDS
        )
        self.process.delaybeforesend = None

    def __enter__(self) -> "PtyTerminal":
        return self

    def __exit__(self, *error: object) -> None:
        self.process.close(force=True)

    def _reply(self, data: str) -> None:
        self.process.send(data)

    def _read(self) -> bool:
        """Read what was written, and tell whether the program may write more."""
        try:
            data = self.process.read_nonblocking(65536, timeout=0.05)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        self.stream.feed(data)
        # pyte does not answer the question where the cursor is by itself.
        for _ in range(data.count("\x1b[6n")):
            self._reply(f"\x1b[{self.screen.cursor.y + 1};{self.screen.cursor.x + 1}R")
        return True

    @property
    def text(self) -> str:
        """Return everything that can be read, by scrolling up as well."""
        above = ["".join(line[x].data for x in range(self.screen.columns)) for line in self.screen.history.top]
        return "\n".join(line.rstrip() for line in [*above, *self.screen.display]).rstrip()

    def sees(self, pattern: str, times: int = 1) -> str:
        """Wait until the pattern stands on the screen so many times, and return the whole text."""
        return self._wait(lambda: len(re.findall(pattern, self.text)) >= times, f"{pattern!r} {times} times")

    def prompts(self, ending: str) -> str:
        """Wait until the cursor stands behind this text, and return the whole text."""

        def there() -> bool:
            line = self.screen.display[self.screen.cursor.y][: self.screen.cursor.x]
            return line.rstrip().endswith(ending.rstrip())

        return self._wait(there, f"a prompt {ending!r}")

    def _wait(self, true: Any, what: str) -> str:
        end = time.monotonic() + LONGEST_SECONDS
        while not true():
            alive = self._read()
            if not true() and (not alive or time.monotonic() > end):
                raise AssertionError(f"never saw {what} in:\n{self.text}")
        return self.text

    def types(self, keys: str) -> None:
        self.process.send(keys)

    def resizes(self, columns: int) -> None:
        """Give the window another width, as a person who drags its side does."""
        self.screen.resize(columns=columns)
        self.process.setwinsize(self.screen.lines, columns)

    def ends(self) -> int | None:
        """Wait for the end of the program and return its exit code."""
        end = time.monotonic() + LONGEST_SECONDS
        while self._read():
            assert time.monotonic() < end, f"it never ended:\n{self.text}"
        self.process.wait()
        return int(self.process.exitstatus) if self.process.exitstatus is not None else None
