"""The terminal between two prompts: no echo while a turn runs, and no key typed early that answers a question."""

import asyncio
import select
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prompt_toolkit.input import Input

_QUIET_SECONDS = 0.1
_LONGEST_SECONDS = 1.0


@contextmanager
def no_echo() -> Iterator[None]:
    """Keep keys and ``^C`` from being written into what is live; Ctrl-C still interrupts."""
    if not sys.stdin.isatty():
        yield
        return
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    quiet = termios.tcgetattr(descriptor)
    quiet[3] &= ~(termios.ECHO | termios.ECHOCTL)
    termios.tcsetattr(descriptor, termios.TCSANOW, quiet)
    try:
        yield
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)


async def forget_typed_keys(source: "Input") -> None:
    """Throw away what was typed before now, and wait for a quiet moment, so that it answers no question.

    Someone who types on without a pause is not waited for longer than a second.
    """
    from prompt_toolkit.input.typeahead import clear_typeahead

    # Only in raw mode can keys be seen that no Enter has followed yet.
    with source.raw_mode():
        for _ in range(round(_LONGEST_SECONDS / _QUIET_SECONDS)):
            _discard(source)
            await asyncio.sleep(_QUIET_SECONDS)
            if not select.select([source.fileno()], [], [], 0)[0]:
                break
        _discard(source)
    clear_typeahead(source)


def _discard(source: "Input") -> None:
    """Drop what waits to be read."""
    try:
        termios.tcflush(source.fileno(), termios.TCIFLUSH)
    except termios.error:
        # Not a terminal but a pipe: what came through it is read and dropped, without waiting for more.
        if select.select([source.fileno()], [], [], 0)[0]:
            source.read_keys()
            source.flush_keys()
