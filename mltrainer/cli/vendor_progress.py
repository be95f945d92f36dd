"""What a fetch says on stderr: what it will take, and how far it is."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any


def estimate(requests: int, pace: Any) -> str:
    """Return how many requests there will be, and how long the vendor's pace makes them last."""
    if not requests:
        return "everything is there already"
    wait = pace.estimate(requests)
    took = f"at least {span(wait)}" if wait else "no waiting"
    return f"{requests} request{'s' if requests > 1 else ''}, {pace}: {took}"


def progress() -> Callable[[str, int, int], None]:
    """Return what shows progress on stderr: one line that moves at a terminal, a line a tenth elsewhere."""
    moving = sys.stderr.isatty()
    started = datetime.now(UTC)
    shown = 0

    def tell(what: str, done: int, total: int) -> None:
        nonlocal shown
        if moving:
            took = (datetime.now(UTC) - started).total_seconds()
            left = f", about {span(took / done * (total - done))} left" if done < total else ""
            end = "\n" if done == total else ""
            sys.stderr.write(f"\r\x1b[K{done} of {total}  {what}{left}{end}")
            sys.stderr.flush()
        elif done * 10 // total > shown:
            shown = done * 10 // total
            say(f"{done} of {total}  {what}")

    return tell


def span(seconds: float) -> str:
    """Return a time in words: seconds, minutes or hours."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def say(line: str) -> None:
    """Write a line to stderr at once."""
    print(line, file=sys.stderr, flush=True)
