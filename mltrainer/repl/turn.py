"""One turn at a terminal: work that Ctrl-C stops without ending the chat."""

import asyncio
import os
import signal
import traceback
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mltrainer.repl.terminal import no_echo
from mltrainer.settings.errors import MltrainerError

if TYPE_CHECKING:
    from mltrainer.render.screen import Screen

_TICK_SECONDS = 0.2


async def run_turn(work: Coroutine[Any, Any, Any], screen: "Screen", home: Path) -> None:
    """Run the work to its end, or until Ctrl-C; what goes wrong is shown, and the chat goes on.

    A fault of the program itself is written to ``errors.log`` in ``home``.
    """
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    ticker = asyncio.ensure_future(_tick(screen))
    loop.add_signal_handler(signal.SIGINT, task.cancel)
    screen.begin()
    try:
        with no_echo():
            await asyncio.wait({task})
    except asyncio.CancelledError:
        # The chat itself is to end: the work ends first.
        task.cancel()
        await asyncio.wait({task})
        raise
    finally:
        loop.remove_signal_handler(signal.SIGINT)
        ticker.cancel()
        screen.end()
    if not task.cancelled() and (error := task.exception()):
        show_error(error, screen, home)


def show_error(error: BaseException, screen: "Screen", home: Path) -> None:
    """Show what went wrong in a line and a hint."""
    from mltrainer.render.messages import error_blocks

    if isinstance(error, MltrainerError):
        screen.show(error_blocks(error.message, error.hint))
        return
    if not isinstance(error, Exception):
        raise error
    path = home / "errors.log"
    with os.fdopen(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a") as log:
        log.write("".join(traceback.format_exception(error)) + "\n")
    screen.show(error_blocks(f"{type(error).__name__}: {error}", f"this is a fault of mltrainer; see {path}"))


async def _tick(screen: "Screen") -> None:
    while True:
        await asyncio.sleep(_TICK_SECONDS)
        screen.tick()
