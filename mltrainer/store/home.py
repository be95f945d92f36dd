"""Where the product keeps its state: one folder that belongs to the user alone."""

import os
from pathlib import Path

from mltrainer.settings.errors import MltrainerError
from mltrainer.store.config import read_file, user_file


def home_folder(option: Path | None = None) -> Path:
    """Return the home folder: the option, ``MLTRAINER_HOME``, the user's configuration, or the XDG data folder."""
    if option:
        return option.expanduser().absolute()
    if named := os.environ.get("MLTRAINER_HOME"):
        return Path(named).expanduser().absolute()
    if configured := read_file(user_file()).options.get("home"):
        return Path(configured)
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "mltrainer"


def index_file(home: Path) -> Path:
    """Return where the membership of the S&P 500 is kept once it is imported."""
    return home / "universe" / "sp500_membership.csv"


def import_file(home: Path, name: str) -> Path:
    """Return where bars that were imported under a name are kept."""
    return home / "imports" / f"{name}.parquet"


def make_private(folder: Path) -> Path:
    """Create a folder that only its owner can read.

    Raises
    ------
    MltrainerError
        If it cannot be created or written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise unwritable(folder, PermissionError("not writable"))
    return folder


def make_private_file(path: Path) -> None:
    """Create a file for SQLite that only its owner can read, where it is not there yet.

    One that is there is not opened: to close it would drop all locks that this process holds on it, and another process
    would take away the log of a database in use (sqlite.org/howtocorrupt.html, section 2.2).

    Raises
    ------
    MltrainerError
        If it cannot be created or written.
    """
    try:
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        elif not os.access(path, os.R_OK | os.W_OK):
            raise PermissionError(f"{path.name} is not writable")
    except OSError as error:
        raise unwritable(path.parent, error) from None


def unwritable(folder: Path, error: OSError) -> MltrainerError:
    """Return the error for a folder that cannot be written."""
    return MltrainerError(
        f"the home folder {folder} cannot be written ({error.strerror or error})",
        hint="choose another with --home or MLTRAINER_HOME",
        code="home_unwritable",
    )
