"""Unfinished work lies apart and is swept away, also when its process was killed."""

import os
from pathlib import Path

from mltrainer.trials.scratch import scratch


def test_what_a_dead_process_left_is_swept_and_what_a_living_one_uses_stays(tmp_path: Path) -> None:
    dead, living = tmp_path / ".unfinished-999999999-a", tmp_path / f".unfinished-{os.getppid()}-b"
    dead.mkdir()
    living.mkdir()

    with scratch(tmp_path) as folder:
        (folder / "half").write_text("half")
        assert not dead.exists()
        assert living.exists()

    assert not folder.exists()
