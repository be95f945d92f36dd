"""How far a trial is: one line that changes in place on a terminal, a line for each stage elsewhere."""

import time
from collections.abc import Callable
from typing import IO

from mltrainer.render.blocks import cell_width
from mltrainer.render.live import LiveLines, terminal_width
from mltrainer.render.numbers import duration
from mltrainer.render.safe import safe_line
from mltrainer.settings.events import ActionProgress

_BAR = 16


def progress_line(event: ActionProgress, *, elapsed: float, width: int | None = None) -> str:
    """Return the line for an event: stage, model, fold, bar, elapsed and remaining time.

    In a narrow window the parts that matter least go first.

    Parameters
    ----------
    elapsed
        Seconds since the trial began, which runs on between two events.
    width
        Columns to fit in; None for no limit.
    """
    filled = round(_BAR * event.done / event.total) if event.total else 0
    counted = f"{event.done}/{event.total}"
    waited = max(elapsed - event.elapsed, 0.0)
    parts = [
        (0, safe_line(event.stage)),
        (1, safe_line(event.model) if event.model else ""),
        (4, f"fold {event.fold}" if event.fold is not None else ""),
        (5, f"[{'#' * filled}{'.' * (_BAR - filled)}]"),
        (2, counted),
        (3, duration(elapsed)),
        (6, "" if event.remaining is None else f"about {duration(max(event.remaining - waited, 0.0))} left"),
    ]
    kept = [part for part in parts if part[1]]
    while True:
        line = " ".join(text for _, text in kept)
        if width is None or cell_width(line) <= width or len(kept) == 1:
            return line if width is None else line[:width]
        kept.remove(max(kept))


class Progress:
    """Shows how far a trial is while it runs.

    Parameters
    ----------
    stream
        Where to write.
    live
        Whether the stream is a terminal that obeys cursor movements. Elsewhere a line is written when the stage or the
        model changes.
    """

    def __init__(
        self,
        stream: IO[str],
        *,
        live: bool,
        clock: Callable[[], float] = time.monotonic,
        width: Callable[[], int] = terminal_width,
    ) -> None:
        self._stream = stream
        self._lines = LiveLines(stream, width) if live else None
        self._clock = clock
        self._width = width
        self._latest: ActionProgress | None = None
        self._began = 0.0
        self._announced: tuple[str, str | None] | None = None

    @property
    def running(self) -> bool:
        """Tell whether a trial is shown."""
        return self._latest is not None

    def update(self, event: ActionProgress) -> None:
        """Take in how far the trial is now."""
        if self._latest is None or event.trial_id != self._latest.trial_id:
            self._began = self._clock() - event.elapsed
            self._announced = None
        self._latest = event
        if self._lines:
            self.tick()
        elif (event.stage, event.model) != self._announced:
            self._announced = (event.stage, event.model)
            self._stream.write(progress_line(event, elapsed=event.elapsed) + "\n")
            self._stream.flush()

    def tick(self) -> None:
        """Let the time run on: a long fit must not look as if it hung."""
        if self._latest and self._lines:
            # One column stays free: a line as wide as the window would scroll it.
            width = max(self._width() - 1, 1)
            self._lines.show([progress_line(self._latest, elapsed=self._clock() - self._began, width=width)])

    def pause(self) -> None:
        """Take the line away so that something else can be written; the next update or tick brings it back."""
        if self._lines:
            self._lines.clear()

    def finish(self) -> None:
        """Take the line away for good."""
        self.pause()
        self._latest = None
