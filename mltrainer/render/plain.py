"""What a pipe gets: the answer on the one stream, everything else on the other; or the events as NDJSON."""

import json
import os
from typing import IO

from mltrainer.render.error_line import error_line
from mltrainer.render.messages import event_blocks, failure_of, is_answer
from mltrainer.render.progress import Progress
from mltrainer.render.safe import SafeStream, make_safe
from mltrainer.render.show import show
from mltrainer.settings.events import (
    ActionCancelled,
    ActionCompleted,
    ActionFailed,
    ActionProgress,
    ErrorEvent,
    Event,
    Message,
    SessionStarted,
    TextDelta,
)
from mltrainer.settings.stream import Listener


class PlainConsumer:
    """Listens to events and writes the AI's answers and the result tables to ``out``, all else to ``err``.

    A stream that is a terminal gets tables in its width and colours; a pipe gets plain text of any width.

    Answers are written as they arrive, byte for byte once made safe; what follows one another is set apart by an empty
    line. A write to a closed pipe raises ``BrokenPipeError``, which is the caller's to handle.
    """

    def __init__(self, out: IO[str], err: IO[str]) -> None:
        self._out = out
        self._err = err
        self._progress = Progress(err, live=err.isatty() and os.environ.get("TERM") != "dumb")
        self._safe = SafeStream()
        self._streamed = ""
        self._wrote = False
        self._simulated = False

    def __call__(self, event: Event) -> None:
        """Write what this event has to say."""
        if isinstance(event, ActionProgress):
            self._progress.update(event)
        elif isinstance(event, TextDelta):
            if event.kind == "text":
                self._progress.pause()
                self._stream(self._safe.feed(event.text))
        elif isinstance(event, Message):
            if event.role == "assistant":
                self._finish_answer(event.text)
        else:
            self._end_line()
            if isinstance(event, SessionStarted):
                self._simulated = bool(event.data.get("simulated"))
            if isinstance(event, (ActionCompleted, ActionFailed, ActionCancelled)):
                self._progress.finish()
            self._progress.pause()
            if isinstance(event, (ActionFailed, ErrorEvent)):
                self._err.write(error_line(failure_of(event), event.hint))
                self._err.flush()
                return
            blocks = event_blocks(event, simulated=self._simulated)
            if blocks and is_answer(event):
                self._set_apart()
                show(blocks, self._out)
                self._out.flush()
            elif blocks:
                show(blocks, self._err)
                self._err.flush()

    def end_progress(self) -> None:
        """Take the line of progress away; the work it spoke of is over."""
        self._progress.finish()

    def _finish_answer(self, text: str) -> None:
        """End an answer; one that did not come in pieces is written now."""
        self._progress.pause()
        if self._streamed:
            self._end_line()
        elif text:
            safe = make_safe(text)
            self._set_apart()
            self._out.write(safe if safe.endswith("\n") else safe + "\n")
            self._out.flush()

    def _stream(self, text: str) -> None:
        if text:
            if not self._streamed:
                self._set_apart()
            self._out.write(text)
            self._out.flush()
            self._streamed = text

    def _end_line(self) -> None:
        """End a streamed answer with a line feed if it has none."""
        self._stream(self._safe.close())
        if self._streamed and not self._streamed.endswith("\n"):
            self._out.write("\n")
            self._out.flush()
        self._streamed = ""

    def _set_apart(self) -> None:
        """Write an empty line between what is written and what follows."""
        if self._wrote:
            self._out.write("\n")
        self._wrote = True


def without_failure(consumer: PlainConsumer) -> Listener:
    """Return a listener that leaves the failure of a trial to the command's own last line."""

    def listen(event: Event) -> None:
        if isinstance(event, ActionFailed):
            consumer.end_progress()
        else:
            consumer(event)

    return listen


class JsonConsumer:
    """Listens to events and writes each as one line of JSON, in ASCII so that no terminal can be deceived.

    Parameters
    ----------
    deltas
        Whether to write the pieces of an answer too, before the whole of it.
    """

    def __init__(self, out: IO[str], deltas: bool = False) -> None:
        self._out = out
        self._deltas = deltas

    def __call__(self, event: Event) -> None:
        """Write the event."""
        if isinstance(event, TextDelta) and not self._deltas:
            return
        line = json.dumps(event.model_dump(mode="json", exclude_none=True), allow_nan=False)
        self._out.write(line + "\n")
        self._out.flush()
