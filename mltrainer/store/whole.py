"""Files that are there whole or not at all, whoever reads them and whatever happens while they are written."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes its place when all of it is written; where that fails, what was there before stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, work = tempfile.mkstemp(dir=path.parent, suffix=path.suffix)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.replace(work, path)
    except BaseException:
        os.unlink(work)
        raise
