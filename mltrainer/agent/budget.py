"""The budget of one conversation: what it may use, what it has used, and a warning before it is used up."""

import time
from collections.abc import Callable

from mltrainer.agent.policy import Limits, Used
from mltrainer.settings import events
from mltrainer.settings.errors import LimitReached
from mltrainer.settings.stream import EventStream


class Budget:
    """Watches the limits of a conversation from its begin on.

    Parameters
    ----------
    used
        Returns how many trials were started and what the AI has cost, None where no price is known.
    """

    def __init__(self, limits: Limits, stream: EventStream, used: Callable[[], tuple[int, float | None]]) -> None:
        self.limits = limits
        self._stream = stream
        self._counts = used
        self._begun = time.monotonic()
        self._warned: set[str] = set()

    def for_a_trial(self) -> LimitReached | None:
        """Return the limit that forbids one more trial, or None."""
        return self.limits.reached(self._used())

    def check(self) -> None:
        """Let the AI be asked once more.

        Raises
        ------
        LimitReached
            If the seconds or the dollars are used up.
        """
        if limit := self.limits.spent(self._used()):
            raise limit

    def warn(self) -> None:
        """Warn once of each budget that is nearly used up."""
        for name, text in self.limits.nearly(self._used()).items():
            if name not in self._warned:
                self._warned.add(name)
                self._stream.emit(events.Notice, text=f"A limit is near: {text}.")

    def _used(self) -> Used:
        trials, dollars = self._counts()
        return Used(trials, time.monotonic() - self._begun, dollars)
