"""Work on arrays side by side in threads: numpy lets the others go on while it computes, and nothing is copied."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from mltrainer.trials.job import Job

Found = TypeVar("Found")


def in_threads(names: Sequence[str], work: Callable[[str], Found], job: Job, stage: str) -> Iterator[tuple[str, Found]]:
    """Yield (name, what ``work`` returns for it) in the order of the names, and say how far the stage is."""
    if not names:
        return
    with ThreadPoolExecutor(max(job.workers, 1)) as pool:
        job.stage(stage, 0, len(names))
        for done, (name, found) in enumerate(zip(names, pool.map(work, names), strict=True), start=1):
            job.stage(stage, done, len(names), model=name)
            yield name, found
