"""Folders for unfinished work: each is named for its process, so that what a killed one left can be swept away."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mltrainer.store.store import lives

MARK = ".unfinished-"


@contextmanager
def scratch(cache: Path) -> Iterator[Path]:
    """Give a folder inside the cache that is gone afterwards; what dead processes left there goes too."""
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in cache.glob(f"{MARK}*"):
        process = left.name.removeprefix(MARK).partition("-")[0]
        if process.isdecimal() and not lives(int(process)):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=cache, prefix=f"{MARK}{os.getpid()}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
