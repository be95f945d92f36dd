"""What every test may use."""

import os
from pathlib import Path

import pytest

# Before any library is loaded: on a busy machine their spinning threads cost several times the work.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder with real market data, or skip with the reason."""
    folder = Path(os.environ.get("MLTRAINER_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real market data are not here: {folder} (set MLTRAINER_TEST_DATA)")
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home folder, with no keys and nothing of the user's environment."""
    for name in list(os.environ):
        if name.startswith("MLTRAINER_") and name != "MLTRAINER_TEST_DATA" or name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("MLTRAINER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "home"
