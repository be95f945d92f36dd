"""The events on a terminal: answers stream in, proposals and results stand as tables, a trial moves one line."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from mltrainer.render.blocks import Block, Line
from mltrainer.render.console import print_blocks
from mltrainer.render.live import LiveLines
from mltrainer.render.messages import event_blocks
from mltrainer.render.progress import Progress
from mltrainer.render.safe import safe_line
from mltrainer.render.stream import MarkdownStream, tail_rows
from mltrainer.settings import events
from mltrainer.settings.events import Event

if TYPE_CHECKING:
    from rich.console import Console


class Screen:
    """Listens to events and shows them.

    Between `begin` and `end` it owns the bottom of the terminal; `tick` lets the clock of a live line run on.

    Parameters
    ----------
    console
        Where to print.
    live
        Whether the terminal obeys cursor movements.
    said
        What stands on the screen already: the session's notice is not said twice.
    """

    def __init__(
        self, console: "Console", *, live: bool, said: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._clock = clock
        self._lines = LiveLines(console.file) if live else None
        self._progress = Progress(console.file, live=live, clock=clock)
        self._stream = MarkdownStream(console, self._lines, clock)
        self._said = said
        self._notice = ""
        self._answering = False
        self._thinking = ""
        self._turn_began: float | None = None
        self._simulated = False

    def __call__(self, event: Event) -> None:
        """Show an event."""
        if isinstance(event, events.TextDelta):
            self._hear(event)
        elif isinstance(event, events.Message):
            self._finish_message(event)
        elif isinstance(event, events.ActionProgress):
            self._end_answer()
            self._clear()
            self._progress.update(event)
        elif isinstance(event, events.SessionStarted):
            # It comes while the prompt is on the screen: the notice waits for the turn.
            self._notice = "" if event.notice in self._said else event.notice
            self._simulated = bool(event.data.get("simulated"))
        else:
            if isinstance(event, (events.ActionCompleted, events.ActionFailed, events.ActionCancelled)):
                self._progress.finish()
            blocks = event_blocks(event, simulated=self._simulated)
            if isinstance(event, (events.ProposalMade, events.ActionCompleted)):
                blocks = [Line(""), *blocks]
            self.show(blocks)

    def show(self, blocks: list[Block]) -> None:
        """Print blocks above whatever is live."""
        if blocks:
            self._end_answer()
            self._clear()
            print_blocks(self._console, blocks)

    def begin(self) -> None:
        """Begin a turn."""
        self._turn_began = self._clock()
        if self._notice:
            self.show([Line(self._notice, "dim")])
            self._notice = ""

    def end(self) -> None:
        """End a turn: nothing live is left behind."""
        self._end_answer()
        self._progress.finish()
        self._clear()
        self._turn_began = None

    def tick(self) -> None:
        """Draw what is live again, with the time that has passed."""
        if self._progress.running:
            self._progress.tick()
        elif self._answering:
            self._stream.draw()
        elif self._lines and self._turn_began is not None:
            seconds = self._clock() - self._turn_began
            if self._thinking:
                self._lines.show(tail_rows(f"({seconds:.0f} s) {safe_line(self._thinking)}", rows=2))
            elif seconds >= 1:
                self._lines.show([f"({seconds:.0f} s)"])

    def _hear(self, event: events.TextDelta) -> None:
        self._progress.pause()
        if event.kind == "thinking":
            # Only its end is shown while it lasts.
            self._thinking = (self._thinking + event.text)[-2000:]
        else:
            if not self._answering:
                self._clear()
                self._console.print()
                self._answering = True
            self._thinking = ""
            self._stream.feed(event.text)

    def _finish_message(self, event: events.Message) -> None:
        if event.role != "assistant":
            return
        if not self._answering and event.text:
            self._hear(events.TextDelta(time=event.time, session_id=event.session_id, text=event.text))
        self._end_answer()

    def _end_answer(self) -> None:
        if self._answering:
            self._stream.finish()
            self._answering = False
        self._thinking = ""

    def _clear(self) -> None:
        self._progress.pause()
        if self._lines:
            self._lines.clear()
