"""Opening a conversation behind the first prompt: what is slow comes while the user reads and types."""

import asyncio
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from mltrainer.repl.prompt import ChatPrompt
from mltrainer.repl.setup import ChatSetup

if TYPE_CHECKING:
    from mltrainer.agent.conversation import Conversation
    from mltrainer.render.screen import Screen
    from mltrainer.repl.announcing import Announcer


class Opening:
    """A conversation that is opened once, and the screen on which its events are shown.

    Attributes
    ----------
    conversation
        The conversation, None until it is open.

    Parameters
    ----------
    prompt
        What stands on the terminal meanwhile; it is given up where the conversation cannot be opened.
    opened
        Called when it is open.
    """

    def __init__(self, setup: ChatSetup, prompt: ChatPrompt, opened: Callable[[], None]) -> None:
        self.setup = setup
        self.conversation: Conversation | None = None
        self._opened = opened
        self._prompt = prompt
        self._task: asyncio.Task[Conversation] | None = None
        self._screen: Screen | None = None
        self._announcer: Announcer | None = None

    def begin(self) -> None:
        """Begin to open it, where that was not done."""
        if not self._task:
            self._task = asyncio.ensure_future(self._open())
            self._task.add_done_callback(self._tell)

    async def wait(self) -> "Conversation | None":
        """Return the conversation once it is open; a Ctrl-C gives the prompt back, and the opening goes on.

        Raises
        ------
        MltrainerError
            If it cannot be opened.
        """
        from mltrainer.repl.turn import run_turn

        self.begin()
        assert self._task
        await run_turn(_finished(self._task), self.screen, self.setup.home)
        return self._task.result() if self._task.done() else None

    async def close(self) -> None:
        """End the conversation in order, or its opening: what waits is declined."""
        if self._task and not self._task.done():
            self._task.cancel()
            await asyncio.wait({self._task})
        if self.conversation:
            if self.conversation.waiting:
                self.conversation.decline("the chat ended")
            await self.conversation.close()

    def announce(self) -> None:
        """Say what has ended in the background during a turn."""
        if self._announcer:
            self._announcer.release()

    @property
    def screen(self) -> "Screen":
        """Return the screen, made when it is first asked for."""
        if not self._screen:
            from mltrainer.render.console import make_console
            from mltrainer.render.screen import Screen

            live = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
            console = make_console(sys.stdout, color=self.setup.color)
            self._screen = Screen(console, live=live, said=self.setup.notice)
        return self._screen

    async def _open(self) -> "Conversation":
        await asyncio.to_thread(_load_screen)
        conversation = await self.setup.open()
        from mltrainer.repl.announcing import Announcer
        from mltrainer.repl.ledger import news

        self._announcer = Announcer(self.screen, self._prompt)
        conversation.stream.listeners.append(self._announcer)
        try:
            await conversation.start()
        except BaseException:
            await conversation.close()
            raise
        self.conversation = conversation
        self._opened()
        if found := await news(conversation):
            self._announcer.say(found)
        return conversation

    def _tell(self, task: "asyncio.Task[Conversation]") -> None:
        if not task.cancelled() and (error := task.exception()):
            self._prompt.give_up(error)


async def _finished(task: "asyncio.Task[Conversation]") -> None:
    """Wait for the opening without stopping it when the wait is stopped; what came of it is for the caller."""
    await asyncio.wait({task})


def _load_screen() -> None:
    """Load what the first answer needs, while the user still reads the first prompt."""
    import mltrainer.render.markdown
    import mltrainer.render.screen  # noqa: F401
