"""How often a vendor may be asked."""

import re
import time
from collections import deque
from collections.abc import Callable

from mltrainer.settings.errors import UsageError

_SECONDS = {"s": 1.0, "sec": 1.0, "second": 1.0, "min": 60.0, "minute": 60.0, "h": 3600.0, "hour": 3600.0}
_RATE = re.compile(r"(\d+)\s*/\s*([a-z]+)")


class Pace:
    """At most ``count`` requests within any ``seconds``.

    A window that slides, not a bucket that refills: after five requests at once the sixth waits until the first is a
    minute old, so that no minute, wherever it starts, holds more than five.

    Parameters
    ----------
    count
        Requests in a window; 0 for no limit.
    seconds
        The length of the window.
    clock, pause
        The time in seconds, and how to wait.
    """

    def __init__(
        self,
        count: int,
        seconds: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.count = count
        self.seconds = seconds
        self.pause = pause
        self._clock = clock
        self._started: deque[float] = deque(maxlen=max(count, 1))

    def wait(self) -> None:
        """Wait until the next request may start, and count it."""
        if not self.count:
            return
        if len(self._started) == self.count:
            left = self._started[0] + self.seconds - self._clock()
            if left > 0:
                self.pause(left)
        self._started.append(self._clock())

    def estimate(self, requests: int) -> float:
        """Return how many seconds so many requests must wait, beyond the time that the answers take."""
        if not self.count or requests <= self.count:
            return 0.0
        return (requests - 1) // self.count * self.seconds

    def __str__(self) -> str:
        if not self.count:
            return "no limit"
        per = {1.0: "second", 60.0: "minute", 3600.0: "hour"}.get(self.seconds, f"{self.seconds:g} s")
        return f"{self.count} a {per}"


def read_pace(text: str) -> Pace:
    """Read ``5/min``, ``120/minute``, ``10/s`` or ``unlimited``.

    Raises
    ------
    UsageError
        If it is none of these.
    """
    plain = text.strip().lower()
    if plain == "unlimited":
        return Pace(0, 1.0)
    match = _RATE.fullmatch(plain)
    if not match or int(match[1]) < 1 or match[2] not in _SECONDS:
        raise UsageError(
            f"MLTRAINER_POLYGON_RATE is {text!r}, which is no rate",
            hint="write 5/min (the free plan) or unlimited",
            code="wrong_rate",
        )
    return Pace(int(match[1]), _SECONDS[match[2]])
