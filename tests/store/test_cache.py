"""The cache stays within its limit: what was used longest ago goes, what is in use stays."""

import os
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from mltrainer.store.cache import cache_bytes, cache_size, prune, touch


def keep(cache: Path, kind: str, name: str, size: int, *, days_ago: float) -> Path:
    path = cache / kind / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "matrices":
        path.mkdir()
        (path / "X.npy").write_bytes(bytes(size))
    else:
        path.write_bytes(bytes(size))
    os.utime(path, (time.time(), time.time() - 86400 * days_ago))
    return path


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    oldest = keep(cache, "matrices", "a", 400, days_ago=9)
    older = keep(cache, "fits", "b.npz", 300, days_ago=5)
    touched = keep(cache, "said", "c.npz", 300, days_ago=8)
    newer = keep(cache, "matrices", "d", 200, days_ago=1)
    unfinished = cache / ".unfinished-1-x"
    unfinished.mkdir()
    touch(touched)
    assert cache_bytes(cache) == 1200
    assert prune(cache, limit=1200) == 0
    assert prune(cache, limit=1000) == 400
    assert [path.exists() for path in (oldest, older, touched, newer)] == [False, True, True, True]
    assert prune(cache, limit=700) == 300
    assert [path.exists() for path in (older, touched, newer)] == [False, True, True]
    assert unfinished.exists()


def test_what_is_in_use_stays_whatever_the_limit(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    used = keep(cache, "matrices", "a", 400, days_ago=0)
    assert prune(cache, limit=1) == 0
    assert used.exists()
    touch(cache / "fits" / "gone.npz")


@pytest.mark.parametrize(("free", "limit"), [(1, "2,048"), (100, "10,240"), (4000, "32,768")])
def test_the_size_is_told_and_a_tenth_of_the_disk_is_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, limit: str
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=free * 1024**3))
    assert cache_size(tmp_path) == f"0 MB of at most {limit} MB"
    keep(tmp_path / "cache", "fits", "a.npz", 3 * 1024**2, days_ago=0)
    assert cache_size(tmp_path).startswith("3 MB of at most")
    assert cache_bytes(tmp_path / "none") == 0
