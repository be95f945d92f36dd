"""The tests of keys need a terminal that knows more than lines, whatever the one is that they are started from."""

import pytest


@pytest.fixture(autouse=True)
def capable_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say that the terminal is a usual one; a test of a dumb one says so itself."""
    monkeypatch.setenv("TERM", "xterm-256color")
