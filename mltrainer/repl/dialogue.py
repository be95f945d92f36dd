"""The chat at a terminal. Only prompt_toolkit is loaded before the first prompt; the rest comes while it waits."""

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application, get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from mltrainer.render.blocks import Line, as_plain, wrap_line
from mltrainer.render.live import terminal_width
from mltrainer.render.simulated import simulated_line
from mltrainer.repl.completer import InputCompleter
from mltrainer.repl.completion import Known
from mltrainer.repl.keys import make_keys
from mltrainer.repl.setup import ChatSetup
from mltrainer.repl.terminal import forget_typed_keys
from mltrainer.repl.toolbar import ToolbarState, toolbar
from mltrainer.settings.errors import MltrainerError

if TYPE_CHECKING:
    from mltrainer.agent.conversation import Conversation
    from mltrainer.render.screen import Screen

PROMPT = "> "
APPROVAL_PROMPT = "Type 'yes' to execute, 'edit', or say what to change: "

# Only the terminal's own colours: they read on dark and on light backgrounds.
_STYLE = Style.from_dict(
    {
        "prompt": "bold",
        "simulated": "bold ansimagenta",
        "waiting": "bold",
        "hint": "bold",
        "completion-menu": "bg:default fg:default",
        "completion-menu.completion.current": "bg:default fg:default reverse",
        "completion-menu.meta.completion": "bg:default fg:default",
        "completion-menu.meta.completion.current": "bg:default fg:default reverse",
    }
)


class Dialogue:
    """Prompt and turn, one after the other; nothing is drawn while the prompt waits."""

    def __init__(self, setup: ChatSetup) -> None:
        self._setup = setup
        self._conversation: Conversation | None = None
        self._screen: Screen | None = None
        self._opening: asyncio.Task[Conversation] | None = None
        self._known = Known()
        self._hint = ""
        self._next = ""
        self._prompt: PromptSession[str] = self._make_prompt()

    async def run(self) -> int:
        """Talk until the user leaves, and return the exit code; a SIGTERM ends it in order, with 143."""
        talking = asyncio.ensure_future(self._talk())
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, talking.cancel, "terminated")
        try:
            return await talking
        except asyncio.CancelledError as error:
            if error.args != ("terminated",):
                talking.cancel()
                raise
            return 128 + signal.SIGTERM
        finally:
            loop.remove_signal_handler(signal.SIGTERM)
            await self._close()

    async def _talk(self) -> int:
        if self._setup.notice:
            self._print(self._setup.notice)
        if self._setup.simulated:
            self._print(simulated_line().text)
        try:
            if self._setup.resumed:
                await self._wait_opened()
            while True:
                try:
                    text = await self._ask()
                except EOFError:
                    return 0
                except KeyboardInterrupt:
                    # A signal from outside, or one that came when its turn had just ended: the line is given up.
                    continue
                if not await self._handle(text):
                    return 0
        except MltrainerError as error:
            # Only a conversation that cannot be opened ends the chat.
            self._print(f"Error: {error.message}" + (f"\nHint: {error.hint}" if error.hint else ""))
            return error.exit_code

    async def _ask(self) -> str:
        """Return what the user says next. Keys typed before a proposal was shown never answer it."""
        self._hint = ""
        if self._waiting():
            self._number_proposals()
            await forget_typed_keys(self._prompt.app.input)
        self._refresh_known()
        return await self._prompt.prompt_async(default=self._prefilled(), set_exception_handler=False)

    def _prefilled(self) -> str:
        """Return the arguments of the proposal that the user asked to edit, empty where he did not."""
        if not (self._conversation and self._conversation.editing):
            return ""
        from mltrainer.repl.editing import edit_text

        return edit_text(self._conversation.editing)

    async def _handle(self, text: str) -> bool:
        """Do what was said, and tell whether the chat goes on."""
        words = text.strip()
        if not words and not self._waiting():
            return True
        if words.lower() in ("quit", "exit") or words.lower().split()[:1] in (["/quit"], ["/exit"]):
            return False
        from mltrainer.repl.turn import run_turn

        conversation = await self._wait_opened()
        if not conversation:
            return True
        await run_turn(self._turn(words, text, conversation), self._shown(), self._setup.home)
        if self._next:
            wanted, self._next = self._next, ""
            await self._go_to(wanted)
        return True

    async def _wait_opened(self) -> "Conversation | None":
        """Return the conversation once it is open; a Ctrl-C gives the prompt back, and the opening goes on."""
        from mltrainer.repl.turn import run_turn

        opening = self._opened()
        await run_turn(_finished(opening), self._shown(), self._setup.home)
        return opening.result() if opening.done() else None

    async def _turn(self, words: str, text: str, conversation: "Conversation") -> None:
        if words.startswith("/"):
            await self._command(words, conversation)
            return
        if conversation.editing:
            from mltrainer.repl.editing import is_edit, read_edit

            if is_edit(text):
                await conversation.amend(read_edit(text, conversation.editing))
                return
        await conversation.say(text)

    async def _command(self, line: str, conversation: "Conversation") -> None:
        from mltrainer.repl.commands import run_command
        from mltrainer.repl.memory import Resume

        try:
            self._shown().show(await run_command(line, conversation))
        except Resume as wanted:
            self._next = wanted.session

    async def _go_to(self, session: str) -> None:
        """Leave this conversation and go on with a stored one; where that cannot be opened, stay here."""
        from mltrainer.repl.turn import show_error

        before = self._setup, self._conversation, self._screen, self._opening
        try:
            assert self._setup.reopen
            self._setup = self._setup.reopen(session)
            self._screen, self._opening = None, asyncio.ensure_future(self._open())
            await self._wait_opened()
        except MltrainerError as error:
            self._setup, self._conversation, self._screen, self._opening = before
            show_error(error, self._shown(), self._setup.home)
            return
        if left := before[1]:
            await _leave(left)

    def _number_proposals(self) -> None:
        """Say which number picks which proposal, where there are several."""
        waiting = self._conversation.waiting if self._conversation else []
        if len(waiting) > 1:
            names = [f"{place}: {one.id} {one.action.replace('_', ' ')}" for place, one in enumerate(waiting, 1)]
            self._shown().show([Line(""), Line("Waiting: " + ", ".join(names))])

    # Opening and closing

    def _opened(self) -> "asyncio.Task[Conversation]":
        """Return the opening of the conversation, begun if it is not."""
        if not self._opening:
            self._opening = asyncio.ensure_future(self._open())
            self._opening.add_done_callback(self._check_opened)
        return self._opening

    async def _open(self) -> "Conversation":
        await asyncio.to_thread(_load_screen)
        conversation = await self._setup.open()
        conversation.stream.listeners.append(self._shown())
        try:
            await conversation.start()
        except BaseException:
            await conversation.close()
            raise
        self._conversation = conversation
        self._refresh_known()
        self._prompt.app.invalidate()
        return conversation

    def _check_opened(self, opening: "asyncio.Task[Conversation]") -> None:
        """End the prompt where there is nothing to talk to."""
        if not opening.cancelled() and (error := opening.exception()) and self._prompt.app.is_running:
            self._prompt.app.exit(exception=error)

    async def _close(self) -> None:
        if self._opening and not self._opening.done():
            self._opening.cancel()
            await asyncio.wait({self._opening})
        if self._conversation:
            await _leave(self._conversation)

    def _shown(self) -> "Screen":
        if not self._screen:
            from mltrainer.render.console import make_console
            from mltrainer.render.screen import Screen

            live = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
            console = make_console(sys.stdout, color=self._setup.color)
            self._screen = Screen(console, live=live, said=self._setup.notice)
        return self._screen

    # The prompt

    def _make_prompt(self) -> "PromptSession[str]":
        session: PromptSession[str] = PromptSession(
            message=self._message,
            history=self._history(),
            completer=InputCompleter(lambda: self._known),
            complete_while_typing=Condition(lambda: get_app().current_buffer.text.startswith("/")),
            bottom_toolbar=self._toolbar,
            key_bindings=make_keys(self._show_hint),
            multiline=True,
            prompt_continuation="  ",
            style=_STYLE,
            color_depth=ColorDepth.DEPTH_4_BIT if self._setup.color else ColorDepth.DEPTH_1_BIT,
            reserve_space_for_menu=4,
            enable_suspend=True,
        )
        session.default_buffer.on_text_changed += lambda _: self._show_hint("")
        # The slow part begins once the first prompt is on the screen.
        session.app.after_render += self._begin_opening
        return session

    def _begin_opening(self, app: Application[str]) -> None:
        self._opened()

    def _history(self) -> History:
        path = self._setup.home / "history"
        try:
            self._setup.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError:
            # Opening the conversation says clearly that the home folder cannot be written.
            return InMemoryHistory()
        return FileHistory(str(path))

    def _message(self) -> StyleAndTextTuples:
        columns = get_app().output.get_size().columns
        # Broken between words where it is too long; the cursor stands behind the last.
        lines = wrap_line(prompt_for(self._waiting()).strip(), columns - 1)
        return [("", "\n"), ("class:prompt", "\n".join(lines) + " ")]

    def _waiting(self) -> int:
        return len(self._conversation.waiting) if self._conversation else 0

    def _show_hint(self, text: str) -> None:
        self._hint = text

    def _toolbar(self) -> StyleAndTextTuples:
        conversation = self._conversation
        state = ToolbarState(
            data=self._setup.data,
            agent=self._setup.agent,
            simulated=self._setup.simulated,
            as_of=str(conversation.data.get("last", "")) if conversation else "",
            settings=conversation.settings.current.model_dump() if conversation else {},
            dollars=conversation.dollars if conversation else None,
            waiting=self._waiting(),
            hint=self._hint,
        )
        return [*toolbar(state, get_app().output.get_size().columns)]

    def _refresh_known(self) -> None:
        if self._conversation:
            from mltrainer.repl.known import known_names

            self._known = known_names(self._conversation)

    def _print(self, text: str) -> None:
        print(as_plain([Line(text)], terminal_width()), end="", flush=True)


def prompt_for(waiting: int) -> str:
    """Return the prompt while so many proposals wait; a plain yes approves all of them, and it says so."""
    if waiting > 1:
        return f"Type 'yes' to execute all {waiting}, numbers to pick, 'edit', or say what to change: "
    return APPROVAL_PROMPT if waiting else PROMPT


async def _leave(conversation: "Conversation") -> None:
    """End a conversation in order: what waits is declined."""
    if conversation.waiting:
        conversation.decline("the chat ended")
    await conversation.close()


async def _finished(opening: "asyncio.Task[Conversation]") -> None:
    """Wait for the opening without stopping it when the wait is stopped; what came of it is for the caller."""
    await asyncio.wait({opening})


def _load_screen() -> None:
    """Load what the first answer needs, while the user still reads the first prompt."""
    import mltrainer.render.markdown
    import mltrainer.render.screen  # noqa: F401
