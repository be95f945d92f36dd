"""The cache under the home folder: how large it is, and what goes when it grows too large.

An entry is a file, or a folder of matrices; what uses one touches it. Whatever is gone is computed again.
"""

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

# A tenth of what the disk has room for, so that the matrix of a large market, of some 10 GB, outlives its day.
SHARE = 0.1
LEAST, MOST = 2 * 1024**3, 32 * 1024**3
# Pruning leaves room, so that not every trial has to prune.
ROOM = 0.8
# Another process may be about to open what was used so lately.
IN_USE_SECONDS = 3600.0


def cache_folder(home: Path) -> Path:
    """Return the folder of the cache."""
    return home / "cache"


def touch(entry: Path) -> None:
    """Note that an entry is used; one that is gone meanwhile is nobody's loss."""
    with suppress(OSError):
        os.utime(entry)


def cache_bytes(cache: Path) -> int:
    """Return the size of the cache in bytes, unfinished work left out."""
    return sum(size for _, size, _ in _entries(cache))


def cache_limit(cache: Path) -> int:
    """Return how large the cache may grow, in bytes: a tenth of what is free or its own, from 2 GB up to 32."""
    disk = next(folder for folder in (cache, *cache.parents) if folder.is_dir())
    return int(min(max(LEAST, SHARE * (shutil.disk_usage(disk).free + cache_bytes(cache))), MOST))


def cache_size(home: Path) -> str:
    """Return the size of the cache and its limit in words."""
    cache = cache_folder(home)
    return f"{cache_bytes(cache) / 1024**2:,.0f} MB of at most {cache_limit(cache) / 1024**2:,.0f} MB"


def prune(cache: Path, limit: int | None = None) -> int:
    """Remove what was used longest ago until the cache is well below its limit; return the bytes removed.

    Safe beside other processes: an entry that was used within the hour stays, a folder leaves its place in one step,
    and an open file can be read to its end.
    """
    limit = cache_limit(cache) if limit is None else limit
    entries = sorted(_entries(cache))
    left = sum(size for _, size, _ in entries)
    if left <= limit:
        return 0
    before, settled = left, time.time() - IN_USE_SECONDS
    for used, size, path in entries:
        if left <= ROOM * limit or used > settled:
            break
        with suppress(OSError):
            gone = cache / f".unfinished-{os.getpid()}-{path.name}"
            path.rename(gone)
            shutil.rmtree(gone) if gone.is_dir() else gone.unlink()
            left -= size
    return before - left


def _entries(cache: Path) -> list[tuple[float, int, Path]]:
    """Return (last use, bytes, path) of every entry."""
    found = []
    for kind in cache.glob("[!.]*"):
        for path in kind.iterdir() if kind.is_dir() else ():
            with suppress(OSError):
                files = list(path.iterdir()) if path.is_dir() else [path]
                size = sum(file.stat().st_size for file in files)
                found.append((path.stat().st_mtime, size, path))
    return found
