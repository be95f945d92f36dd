"""Bad input: one clear line that says what was found, the right exit code, and nothing half-written."""

import os
import resource
import sqlite3
from pathlib import Path

import pytest

from mltrainer.cli.main import run_command
from mltrainer.cli.options import stated_settings
from tests.cli.program import SIMULATED, Done, run

SCREEN = ("do", "momentum-screening", "--json")


def screen(home: Path, *options: str) -> Done:
    return run(home, *SCREEN, *options)


def one_line(done: Done) -> str:
    assert "Traceback" not in done.err
    assert done.err.startswith("mltrainer: error: ")
    assert done.err.count("\n") == 1 and done.err.endswith("\n")
    return done.err


def trials(home: Path) -> list[tuple[str, bool]]:
    """Return each stored trial's status and whether it has its end."""
    path = home / "mltrainer.db"
    if not path.exists():
        return []
    with sqlite3.connect(path) as db:
        return [(row[0], row[1] is not None) for row in db.execute("SELECT status, document FROM trials")]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--models", "foo"], ["no model 'foo'", "mltrainer models list"]),
        (["--models", "random_forrest"], ["random_forrest", "random_forest"]),
        (["--target", "700%"], ["target_return", "700%"]),
        (["--horizon", "10-7"], ["10-7 runs backwards", "7-10"]),
        (["--confidence", "150%"], ["confidence_threshold", "150%"]),
        (["--confidence", "85"], ["85 is not a fraction", "write 85%"]),
        (["--simulate", "tickers=many"], ["tickers", "many"]),
        (["--data", "bars.csv"], ["--data goes with --source files"]),
        (["--source", "crystal"], ["there is no source 'crystal'", "simulated"]),
    ],
    ids=lambda value: " ".join(value) if value and value[0].startswith("--") else "",
)
def test_a_wrong_value_is_refused_before_anything_runs(options: list[str], words: list[str], home: Path) -> None:
    done = screen(home, *SIMULATED, *options)
    line = one_line(done)
    assert done.code == 2
    assert [word for word in words if word not in line] == []
    assert trials(home) == []


@pytest.mark.parametrize(
    ("market", "options", "code", "words"),
    [
        ("tickers=25,sessions=300", ["--universe", "ZZZZ"], 2, ["the data have no ticker ZZZZ"]),
        ("tickers=3,sessions=300", [], 6, ["too few tickers", "at least 20 are needed"]),
        ("tickers=25,sessions=30", [], 6, ["too little data", "30 were found"]),
    ],
    ids=["unknown ticker", "3 tickers", "30 sessions"],
)
def test_data_that_do_not_suffice_are_said_to_be_so(
    market: str, options: list[str], code: int, words: list[str], home: Path
) -> None:
    done = screen(home, *SIMULATED, "--simulate", market, *options)
    line = one_line(done)
    assert done.code == code
    assert [word for word in words if word not in line] == []
    # A failed trial is on record, with its end; a ticker that is not there is refused before there is one.
    assert trials(home) == ([] if options else [("failed", True)])
    assert done.events[-1]["status"] == "failed"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["is empty"]),
        (
            b"date,ticker,open,high,low,volume\n2020-01-02,A,1,1,1,1\n",
            ["no column for close", "'date', 'ticker', 'open', 'high', 'low', 'volume'"],
        ),
        (None, ["does not exist"]),
        (b"PAR1 and then nothing", ["bars"]),
    ],
    ids=["empty", "without a column", "missing", "broken"],
)
def test_a_file_that_cannot_be_read_is_named(content: bytes | None, words: list[str], home: Path) -> None:
    path = home.parent / ("bars.parquet" if content and content.startswith(b"PAR1") else "bars.csv")
    if content is not None:
        path.write_bytes(content)
    done = screen(home, "--data", str(path))
    line = one_line(done)
    assert done.code == 6
    assert [word for word in [str(path), *words] if word not in line] == []
    assert trials(home) == ([] if content is None else [("failed", True)])


@pytest.mark.parametrize("command", [SCREEN, ("run", "Ping", "--agent", "offline"), ("trials", "list"), ("status",)])
def test_a_home_that_cannot_be_written_is_named(command: tuple[str, ...], home: Path) -> None:
    home.write_text("a file in its place")
    needs = SIMULATED if command[0] in ("do", "run") else ()
    done = run(home, *command, *needs)
    assert done.code == 1
    assert f"the home folder {home} cannot be written" in one_line(done)
    assert home.read_text() == "a file in its place"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_home_is_named(home: Path) -> None:
    home.mkdir(mode=0o500)
    done = run(home, "trials", "list")
    assert done.code == 1
    assert f"the home folder {home} cannot be written" in one_line(done)


def test_a_full_disk_is_said_and_leaves_the_store_as_it_was(home: Path) -> None:
    assert run(home, "trials", "list").code == 0

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    done = run(home, *SCREEN, *SIMULATED, before=fill)
    assert done.code == 1
    assert "cannot be used" in one_line(done)
    with sqlite3.connect(home / "mltrainer.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert trials(home) == []


def test_a_wrong_option_points_at_the_help_of_its_own_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["predictions", "list", "--nonsense"]) == 2
    assert "see: mltrainer predictions list --help" in capsys.readouterr().err


def test_a_universe_may_be_longer_than_the_name_of_a_file(tmp_path: Path) -> None:
    named = ",".join(f"T{number}" for number in range(200))
    assert stated_settings(named, None) == {"universe": named}
    path = tmp_path / "mine.txt"
    path.write_text("AAPL\n")
    assert stated_settings(str(path), 1) == {"universe": str(path), "seed": 1}
