"""The prompt of the chat: its words, style, history, completion, keys and tool bar."""

import os
from asyncio import Future, ensure_future
from collections.abc import Callable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app, get_app_or_none, run_in_terminal
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples, fragment_list_to_text
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style
from prompt_toolkit.utils import is_dumb_terminal

from mltrainer.render.blocks import wrap_line
from mltrainer.repl.completer import InputCompleter
from mltrainer.repl.completion import Known
from mltrainer.repl.keys import make_keys
from mltrainer.repl.terminal import forget_typed_keys
from mltrainer.repl.toolbar import ToolbarState, toolbar

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
        "scrollbar.background": "bg:default",
        "scrollbar.button": "bg:default reverse",
        "search": "bg:default fg:default underline",
        "completion-menu.meta.completion": "bg:default fg:default",
        "completion-menu.meta.completion.current": "bg:default fg:default reverse",
    }
)


class ChatPrompt:
    """Asks the user for the next words.

    Attributes
    ----------
    hint
        A short word in the tool bar until the next key.
    known
        What completion can name.

    Parameters
    ----------
    home
        Where the history of the input is kept.
    state
        Returns what the tool bar shows.
    drawn
        Called each time the prompt stands on the screen.
    """

    def __init__(
        self, home: Path, *, color: bool, state: Callable[[], ToolbarState], drawn: Callable[[], None]
    ) -> None:
        self.hint = ""
        self.known = Known()
        self._state = state
        self._drawn = drawn
        # Held, so that what is written above the prompt is not collected before it is written.
        self._writing: Future[None] | None = None
        self._session: PromptSession[str] = PromptSession(
            message=self._message,
            history=_history(home),
            completer=InputCompleter(lambda: self.known),
            complete_while_typing=Condition(lambda: get_app().current_buffer.text.startswith("/")),
            bottom_toolbar=self._toolbar,
            key_bindings=make_keys(self._show_hint),
            multiline=True,
            prompt_continuation="  ",
            style=_STYLE,
            color_depth=ColorDepth.DEPTH_4_BIT if color else ColorDepth.DEPTH_1_BIT,
            reserve_space_for_menu=4,
            enable_suspend=True,
        )
        self._session.default_buffer.on_text_changed += lambda _: self._show_hint("")
        self._session.app.after_render += lambda _: drawn()

    async def ask(self, prefilled: str = "", *, careful: bool = False) -> str:
        """Return what the user says next.

        Parameters
        ----------
        careful
            Keys typed before now answer nothing.

        Raises
        ------
        EOFError
            If the user leaves.
        KeyboardInterrupt
            If a signal gave up the line.
        """
        self.hint = ""
        if careful:
            await forget_typed_keys(self._session.app.input)
        if is_dumb_terminal():
            # There the library draws its own plain line, and never says that it did.
            self._drawn()
        return await self._session.prompt_async(default=prefilled, set_exception_handler=False)

    def above(self, write: Callable[[], None]) -> None:
        """Write something above the prompt, where it waits."""
        if (app := get_app_or_none()) and app.is_running:
            self._writing = ensure_future(run_in_terminal(self._on_its_own(write) if is_dumb_terminal() else write))

    def _on_its_own(self, write: Callable[[], None]) -> Callable[[], None]:
        """Return what writes below the prompt of a dumb terminal, which nothing draws again, and writes that anew."""

        def written() -> None:
            out = self._session.output
            out.write("\n")
            out.flush()
            write()
            out.write(fragment_list_to_text(self._message()) + self._session.default_buffer.text)
            out.flush()

        return written

    def give_up(self, error: BaseException) -> None:
        """End the prompt with an error, where it waits."""
        if (app := get_app_or_none()) and app.is_running and not app.is_done:
            app.exit(exception=error)

    def redraw(self) -> None:
        """Draw the prompt and its tool bar again."""
        self._session.app.invalidate()

    def _message(self) -> StyleAndTextTuples:
        columns = get_app().output.get_size().columns
        # Broken between words where it is too long; the cursor stands behind the last.
        lines = wrap_line(prompt_for(self._state().waiting).strip(), columns - 1)
        return [("", "\n"), ("class:prompt", "\n".join(lines) + " ")]

    def _toolbar(self) -> StyleAndTextTuples:
        return [*toolbar(self._state(), get_app().output.get_size().columns)]

    def _show_hint(self, text: str) -> None:
        self.hint = text


def prompt_for(waiting: int) -> str:
    """Return the prompt while so many proposals wait; a plain yes approves all of them, and it says so."""
    if waiting > 1:
        return f"Type 'yes' to execute all {waiting}, numbers to pick, 'edit', or say what to change: "
    return APPROVAL_PROMPT if waiting else PROMPT


def _history(home: Path) -> History:
    path = home / "history"
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError:
        # Opening the conversation says clearly that the home folder cannot be written.
        return InMemoryHistory()
    return FileHistory(str(path))
