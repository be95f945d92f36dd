"""Where models are fitted: by the options, else by the user's configuration, and never in silence elsewhere."""

from pathlib import Path

import pytest

from mltrainer.cli.options import chosen_scheduler
from mltrainer.settings.errors import UsageError
from mltrainer.settings.scheduler import host_and_port
from mltrainer.store.config import PROJECT, user_file


@pytest.mark.parametrize(
    ("written", "address", "host", "port"),
    [
        ("tcp://127.0.0.1:8786", "tcp://127.0.0.1:8786", "127.0.0.1", 8786),
        ("head.cluster-1:1", "tcp://head.cluster-1:1", "head.cluster-1", 1),
        ("tls://[::1]:8786", "tls://[::1]:8786", "::1", 8786),
    ],
)
def test_an_address_is_read_as_people_write_it(written: str, address: str, host: str, port: int, home: Path) -> None:
    assert chosen_scheduler("dask", written) == address
    assert chosen_scheduler(None, written) == address
    assert host_and_port(address) == (host, port)


@pytest.mark.parametrize(
    "wrong", ["garbage", "", ":8786", "tcp://host", "tcp://host:0", "tcp://host:99999", "http://host:80", "tcp://::1:1"]
)
def test_what_is_no_address_is_refused_with_the_way_to_write_one(wrong: str, home: Path) -> None:
    with pytest.raises(UsageError) as caught:
        chosen_scheduler("dask", wrong)
    assert caught.value.hint


def test_a_password_in_an_address_is_not_repeated(home: Path) -> None:
    with pytest.raises(UsageError) as caught:
        chosen_scheduler("dask", "tcp://user:secret@host:8786")
    assert "secret" not in caught.value.message + caught.value.hint


def test_engine_and_scheduler_must_go_together(home: Path) -> None:
    assert chosen_scheduler(None, None) is None
    assert chosen_scheduler("local", None) is None
    for engine, scheduler, words in (
        ("dask", None, "needs --scheduler"),
        ("local", "host:1", "goes with --engine dask"),
        ("ray", None, "no engine 'ray'"),
    ):
        with pytest.raises(UsageError, match=words):
            chosen_scheduler(engine, scheduler)


def test_the_user_may_configure_a_cluster_and_a_project_may_not(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = '[options]\nengine = "dask"\nscheduler = "head:8786"\n'
    user_file().parent.mkdir(parents=True)
    user_file().write_text(said)
    assert chosen_scheduler(None, None) == "tcp://head:8786"
    assert chosen_scheduler("local", None) is None
    user_file().write_text('[options]\nscheduler = "user:secret@head:8786"\n')
    with pytest.raises(UsageError, match="takes no user and no password"):
        chosen_scheduler(None, None)
    user_file().unlink()
    (tmp_path / PROJECT).write_text(said)
    with pytest.raises(UsageError, match="a project may not set it"):
        chosen_scheduler(None, None)
