"""A file that is being written is seen whole or not at all."""

from pathlib import Path

import pytest

from mltrainer.store.whole import whole_file


def test_what_was_there_stays_until_all_is_written_and_where_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.json"
    with whole_file(path) as file:
        file.write(b"first")
        assert not path.exists()
    with pytest.raises(RuntimeError), whole_file(path) as file:
        file.write(b"second")
        raise RuntimeError
    assert path.read_bytes() == b"first"
    assert [one.name for one in path.parent.iterdir()] == ["file.json"]
