"""Runs asynchronous work until it is done, or until a signal ends it."""

import asyncio
import signal
from collections.abc import Callable, Coroutine
from typing import Any

Work = Coroutine[Any, Any, int]


def run_until_done(work: Work, *, on_signal: Callable[[int], None] | None = None) -> int:
    """Return the exit code of the work: its own, 130 after Ctrl-C, 143 after SIGTERM."""
    return asyncio.run(_guarded(work, on_signal))


async def _guarded(work: Work, on_signal: Callable[[int], None] | None) -> int:
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    received: list[int] = []

    def end(number: int) -> None:
        received.append(128 + number)
        if on_signal:
            on_signal(128 + number)
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end, number)
    try:
        return await task
    except asyncio.CancelledError:
        return received[0] if received else 130
