"""The SQLite database of the store: opened, migrated, and clear about trouble."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mltrainer.settings.errors import MltrainerError
from mltrainer.store.home import make_private, make_private_file, unwritable
from mltrainer.store.migrations import migrate

_DAMAGED = "its file mltrainer.db is damaged: put a copy of it back, or choose another folder with --home"


class Database:
    """One database in a home folder. Several processes may use it at the same time.

    Parameters
    ----------
    home
        The folder of the store; created for the owner alone if it is not there. What is kept in one that cannot be
        written can be read.

    Raises
    ------
    MltrainerError
        If the folder cannot be created or its database cannot be used.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        path = home / "mltrainer.db"
        self._only_read = path.exists() and not (os.access(home, os.W_OK | os.X_OK) and os.access(path, os.W_OK))
        if not self._only_read:
            make_private(home)
            make_private_file(path)
        with self._clear_errors():
            self._db = _read_only(path) if self._only_read else sqlite3.connect(path, isolation_level=None, timeout=30)
            self._db.row_factory = sqlite3.Row
            if not self._only_read:
                self._db.execute("PRAGMA journal_mode=WAL")
                self._db.execute("PRAGMA synchronous=NORMAL")
            migrate(self._db)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            if self._only_read and "readonly" in str(error):
                raise unwritable(self.home, PermissionError("not writable")) from None
            damaged = getattr(error, "sqlite_errorcode", None) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
            raise MltrainerError(
                f"the store in {self.home} cannot be used ({error})",
                hint=_DAMAGED if damaged else "free some space, or choose another folder with --home",
                code="store_damaged" if damaged else "store_unusable",
            ) from error

    def _write(self, sql: str, values: Sequence[Any]) -> int:
        if self._only_read:
            raise unwritable(self.home, PermissionError("not writable"))
        with self._clear_errors():
            return self._db.execute(sql, values).lastrowid or 0

    def _read(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with self._clear_errors():
            return self._db.execute(sql, values).fetchall()


def _read_only(path: Path) -> sqlite3.Connection:
    """Open a database that cannot be written; without a log beside it nobody else writes it either."""
    log = path.with_name(f"{path.name}-wal")
    mode = "mode=ro" if log.exists() else "immutable=1"
    return sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None, timeout=30)


def number_of(id: str, letters: str = "Tt") -> int:
    """Return the number in an id such as ``T3``, -1 where there is none."""
    text = id.strip().lstrip(letters)
    return int(text) if text.isdecimal() and len(text) < 18 else -1
