"""Folders for unfinished work: each is named for its process, so that what a killed one left can be swept away."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MARK = ".unfinished-"


@contextmanager
def scratch(cache: Path) -> Iterator[Path]:
    """Give a folder inside the cache that is gone afterwards; what dead processes left there goes too."""
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in cache.glob(f"{_MARK}*"):
        if not _lives(left.name.removeprefix(_MARK).partition("-")[0]):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=cache, prefix=f"{_MARK}{os.getpid()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _lives(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, ValueError):
        # Somebody else's, or not ours to judge.
        return True
    return True
